export * from './engine.ts';
export { startLocalJanus, type LocalJanus, type LocalJanusOptions } from './local-janus.ts';
