export * from './jsep.ts';
export * from './janus-api.ts';
export * from './janus-errors.ts';
export * from './nosip.ts';
export * from './sipserver-requests.ts';
export * from './sipserver-events.ts';
export * from './sipserver-errors.ts';
export * from './parse.ts';
