export { createSoftHandler } from './soft-handler.ts';
export { listMediaDevices } from './devices.ts';
export { HandsetError } from './handset-error.ts';
export { messageFor, type Language } from './messages.ts';
export { version } from './version.ts';
export * from './soft-handler-types.ts';
export * from './service-types.ts';
