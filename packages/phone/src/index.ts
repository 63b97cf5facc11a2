import { SoftHandset } from './soft-handset.ts';

export { SoftHandset };
export type { SoftHandsetEvents } from './element-events.ts';
export type { CreateHandler } from './phone.ts';
export type { PhoneState } from './phone-model.ts';
export type { CallRecord } from './call-record.ts';

/** Importing this module is enough to use `<soft-handset>`; importing it twice does no harm. */
if (!customElements.get('soft-handset')) customElements.define('soft-handset', SoftHandset);
