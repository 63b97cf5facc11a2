/*
 * Sound in numbers and in words, out of getStats (W3C webrtc-stats). Pure: reports go in, words come out.
 */

/** What one report says about the sound. Counters only grow; two samples make a rate. */
export interface SoundSample {
  at: number;
  /** 0..1, linear. */
  ourLevel: number;
  theirLevel: number;
  received: number;
  lost: number;
  jitterMs: number;
  delayMs: number | undefined;
  codec: string | undefined;
}

/** Four words: Good sound, Unsteady, Poor, No sound. */
export type Quality = 'good' | 'unsteady' | 'poor' | 'none';

export interface Sound {
  quality: Quality;
  lossPercent: number;
  jitterMs: number;
  delayMs: number | undefined;
  codec: string | undefined;
}

/** One line of an RTCStatsReport: what matters here, whatever the browser adds. */
type Line = Record<string, unknown>;

export function readSample(report: Iterable<[string, unknown]> | RTCStatsReport, at: number): SoundSample {
  const lines = new Map<string, Line>(report as Iterable<[string, Line]>);
  const all = [...lines.values()];
  const audio = (type: string): Line => all.find((line) => line.type === type && line.kind === 'audio') ?? {};
  const inbound = audio('inbound-rtp');
  const pair = all.find((line) => line.type === 'candidate-pair' && line.nominated === true);
  const seconds = numberOf(audio('remote-inbound-rtp').roundTripTime) ?? numberOf(pair?.currentRoundTripTime);
  const mime = lines.get(String(inbound.codecId))?.mimeType;
  return {
    at,
    ourLevel: numberOf(audio('media-source').audioLevel) ?? 0,
    theirLevel: numberOf(inbound.audioLevel) ?? 0,
    received: numberOf(inbound.packetsReceived) ?? 0,
    lost: numberOf(inbound.packetsLost) ?? 0,
    jitterMs: Math.round((numberOf(inbound.jitter) ?? 0) * 1000),
    delayMs: seconds === undefined ? undefined : Math.round(seconds * 1000),
    codec: typeof mime === 'string' ? mime.replace(/^audio\//i, '') : undefined,
  };
}

/** The sound between two samples, a few seconds apart. */
export function soundBetween(before: SoundSample, after: SoundSample): Sound {
  const received = after.received - before.received;
  const lost = Math.max(0, after.lost - before.lost);
  const lossPercent = received + lost === 0 ? 0 : (100 * lost) / (received + lost);
  const { jitterMs, delayMs, codec } = after;
  return {
    quality: wordFor(received, lossPercent, jitterMs, delayMs ?? 0),
    lossPercent,
    jitterMs,
    delayMs,
    codec,
  };
}

/** Limits after ITU-T G.114 (delay) and what Opus and G.711 concealment can hide (loss, jitter). */
function wordFor(received: number, lossPercent: number, jitterMs: number, delayMs: number): Quality {
  if (received === 0) return 'none';
  if (lossPercent > 8 || jitterMs > 80 || delayMs > 600) return 'poor';
  if (lossPercent > 2 || jitterMs > 35 || delayMs > 300) return 'unsteady';
  return 'good';
}

/** A linear level as the share of the ladder that is lit: -60..0 dBFS. */
export function meterShare(level: number): number {
  if (level <= 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(level) + 60) / 60));
}

/** The ladder rises at once and falls slowly, so that the eye can follow. */
export function fall(shown: number, now: number): number {
  return Math.max(now, shown - 0.06, 0);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
