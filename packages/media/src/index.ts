export * from './engine.ts';
export type { CountedMedia, DirectionStats, LineStats, StretchStats } from './media-stats.ts';
export type { RecordedMedia, RecordingParts, RecordingWish } from './media-recording.ts';
export {
  createEmbeddedEngine,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type PortRange,
} from './embedded-engine.ts';
export type { Latching } from './embedded-latch.ts';
export { createEnginePool, type EnginePool, type EnginePoolOptions, type PoolServer } from './engine-pool.ts';
export { startLocalJanus, type LocalJanus, type LocalJanusOptions } from './local-janus.ts';
export { createNosipEngine, type NosipEngineOptions } from './nosip-engine.ts';
export type { NosipClientOptions } from './nosip-client.ts';
export type { MediaLog } from './media-log.ts';
export type { Clock } from './clock.ts';
export type { ResolveHosts } from './plain-sdp.ts';
