export { createTestkit, type Testkit, type TestkitOptions } from './testkit.ts';
export type { FarCall } from './far-call.ts';
export type { FarCallOptions, FarMessage, FarPhone } from './far-phone.ts';
export type { KitDevice, KitDevices } from './browser/kit-devices.ts';
export type { KitTrack } from './browser/kit-media.ts';
