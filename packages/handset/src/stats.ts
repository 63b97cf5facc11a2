import { isUp } from './call-state.ts';
import type { HandsetCall } from './call.ts';
import { mosOf } from './mos.ts';
import type { CallStats } from './stats-types.ts';

const periodMs = 2_000;

/** What one look at getStats says; https://www.w3.org/TR/webrtc-stats/ has the names. */
interface Counts {
  readonly at: number;
  readonly received: number;
  readonly lost: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly bufferedS: number;
  readonly emitted: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** The numbers of one call, each look against the one before. */
export class StatsWatch {
  readonly #call: HandsetCall;
  #before: Counts | undefined;
  #last: CallStats | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(call: HandsetCall) {
    this.#call = call;
  }

  /** Until the call is over, or nobody listens any more. */
  start(): void {
    if (this.#timer !== undefined || this.#call.state === 'ended') return;
    this.#timer = setInterval(() => void this.#tell(), periodMs);
  }

  /** What is asked twice in a second is answered alike: so few packets say nothing. */
  async look(): Promise<CallStats> {
    if (this.#last !== undefined && Date.now() - this.#last.at < 1_000) return this.#last;
    const report = await this.#call.peerConnection?.getStats();
    const entries: Entry[] = [];
    report?.forEach((entry: Entry) => entries.push(entry));
    const now = countsOf(entries);
    const stats = statsOf(entries, now, this.#before);
    this.#before = now;
    this.#last = stats;
    return stats;
  }

  async #tell(): Promise<void> {
    const { core } = this.#call;
    if (core.state === 'ended' || !core.hears('stats')) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (!isUp(core.state)) return;
    try {
      core.emit('stats', await this.look());
    } catch (error) {
      core.ports.handler.debug('the statistics', error);
    }
  }
}

/** The same over two reports of one connection; `before` is the earlier one. */
export function compareReports(entries: readonly Entry[], before?: readonly Entry[]): CallStats {
  return statsOf(entries, countsOf(entries), before && countsOf(before));
}

function countsOf(entries: readonly Entry[]): Counts {
  const inbound = soundOf(entries, 'inbound-rtp');
  const outbound = soundOf(entries, 'outbound-rtp');
  return {
    at: numberIn(inbound ?? outbound, 'timestamp') ?? Date.now(),
    received: numberIn(inbound, 'packetsReceived') ?? 0,
    lost: numberIn(inbound, 'packetsLost') ?? 0,
    bytesReceived: numberIn(inbound, 'bytesReceived') ?? 0,
    bytesSent: numberIn(outbound, 'bytesSent') ?? 0,
    bufferedS: numberIn(inbound, 'jitterBufferDelay') ?? 0,
    emitted: numberIn(inbound, 'jitterBufferEmittedCount') ?? 0,
  };
}

function statsOf(entries: readonly Entry[], now: Counts, before: Counts | undefined): CallStats {
  const inbound = soundOf(entries, 'inbound-rtp');
  const remote = soundOf(entries, 'remote-inbound-rtp');
  const byId = new Map(entries.map((entry) => [entry['id'], entry]));
  const pair = byId.get(byId.get(entries.find(is('transport'))?.['id'])?.['selectedCandidatePairId']);
  const since = before ?? { ...now, received: 0, lost: 0, bufferedS: 0, emitted: 0 };
  const received = now.received - since.received;
  const lost = Math.max(0, now.lost - since.lost);
  const lossPercent = received + lost > 0 ? (100 * lost) / (received + lost) : undefined;
  const emitted = now.emitted - since.emitted;
  const bufferMs = emitted > 0 ? (1000 * (now.bufferedS - since.bufferedS)) / emitted : undefined;
  const jitterMs = milliseconds(numberIn(inbound, 'jitter'));
  const roundTripMs = milliseconds(
    numberIn(remote, 'roundTripTime') ?? numberIn(pair, 'currentRoundTripTime'),
  );
  const codec = textIn(byId.get(inbound?.['codecId']), 'mimeType')?.replace(/^audio\//i, '');
  const sentLoss = numberIn(remote, 'fractionLost');
  return {
    at: Date.now(),
    roundTripMs,
    bufferMs,
    jitterMs,
    lossPercent,
    sentLossPercent: sentLoss === undefined ? undefined : 100 * sentLoss,
    codec,
    receivedKbps: before && kbps(now.bytesReceived - before.bytesReceived, now.at - before.at),
    sentKbps: before && kbps(now.bytesSent - before.bytesSent, now.at - before.at),
    mos:
      lossPercent === undefined
        ? undefined
        : mosOf({ lossPercent, codec, delayMs: (roundTripMs ?? 0) / 2 + (bufferMs ?? 2 * (jitterMs ?? 0)) }),
    path: textIn(byId.get(pair?.['localCandidateId']), 'candidateType'),
  };
}

function is(type: string) {
  return (entry: Entry): boolean => entry['type'] === type;
}

function soundOf(entries: readonly Entry[], type: string): Entry | undefined {
  return entries.find((entry) => entry['type'] === type && entry['kind'] === 'audio');
}

function numberIn(entry: Entry | undefined, name: string): number | undefined {
  const value = entry?.[name];
  return typeof value === 'number' ? value : undefined;
}

function textIn(entry: Entry | undefined, name: string): string | undefined {
  const value = entry?.[name];
  return typeof value === 'string' ? value : undefined;
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : 1000 * seconds;
}

function kbps(bytes: number, ms: number): number | undefined {
  return ms > 0 ? (8 * bytes) / ms : undefined;
}
