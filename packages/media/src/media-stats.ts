/*
 * What an engine knows of how well media gets through. Each direction of an m-line has two stretches: from its source to
 * the engine, and from there to whom it is for. What an engine cannot know is left out.
 */

export interface StretchStats {
  readonly packets?: number;
  /** Of RTP packets, headers included. */
  readonly bytes?: number;
  /** All in all. Towards a receiver: as it reports by RTCP. */
  readonly lost?: number;
  /** RFC 3550 §6.4.1. */
  readonly jitterMs?: number;
  /** There and back, by the RTCP reports of the far end (RFC 3550 §6.4.1). */
  readonly roundTripMs?: number;
}

export interface DirectionStats {
  /** From the source to us. */
  readonly received: StretchStats;
  /** From us to whom it is for. */
  readonly sent: StretchStats;
  /** What that ear may think of it: {@link mosOf}. Sound only, and not before a second of it. */
  readonly mos?: number;
}

export interface LineStats {
  readonly mid: string;
  readonly type: 'audio' | 'video';
  /** In lower case. */
  readonly codec?: string;
  readonly fromHandset: DirectionStats;
  readonly fromPeer: DirectionStats;
}

/** The part of a media session that counts. */
export interface CountedMedia {
  /** As it is now, for each m-line that has been agreed. @throws MediaError `timeout`, `closed` */
  stats(): Promise<readonly LineStats[]>;
  /** The same at the end of the session. Resolves soon after it, never rejects; empty where the engine was lost. */
  readonly finalStats: Promise<readonly LineStats[]>;
}

/** An m-line's direction with its estimate, for sound of a second or more. */
export function directionStats(
  received: StretchStats,
  sent: StretchStats,
  type: LineStats['type'],
): DirectionStats {
  const mos = type === 'audio' ? mosOf(received, sent) : undefined;
  return { received, sent, ...(mos !== undefined && { mos }) };
}

/** A second of sound in packets of 20 ms. */
const leastPackets = 50;
/** Loss robustness of G.711 with concealment (ITU-T G.113 Appendix I); no values are published for Opus. */
const lossRobustness = 25.1;
/** One frame and its look-ahead. */
const codecMs = 25;

/**
 * Mean opinion score, 1 to 4.5, by the E-model in its simplified form: ITU-T G.107 with its default values and no equipment
 * impairment but loss, R = 93.2 - Id - Ie,eff with Ie,eff = 95 Ppl / (Ppl + Bpl) (G.107 §3.5); Id = 0.024 d + 0.11 (d - 177.3)
 * above 177.3 ms (Cole and Rosenbluth, "Voice over IP performance monitoring", 2001), d being half of each round trip, twice
 * the jitter for its buffer, and the codec; R to MOS as in G.107 Annex B. Burstiness of loss is not in it.
 */
export function mosOf(received: StretchStats, sent: StretchStats): number | undefined {
  const { packets = 0 } = received;
  if (packets < leastPackets) return undefined;
  const lost = (received.lost ?? 0) + (sent.lost ?? 0);
  const lossPercent = (100 * lost) / (packets + (received.lost ?? 0));
  const roundTripMs = (received.roundTripMs ?? 0) + (sent.roundTripMs ?? 0);
  const jitterMs = Math.max(received.jitterMs ?? 0, sent.jitterMs ?? 0);
  const delayMs = roundTripMs / 2 + 2 * jitterMs + codecMs;
  const delay = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
  const loss = (95 * lossPercent) / (lossPercent + lossRobustness);
  return mosOfR(93.2 - delay - loss);
}

function mosOfR(r: number): number {
  if (r <= 0) return 1;
  const mos = 1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r);
  return Math.round(100 * Math.max(1, Math.min(4.5, mos))) / 100;
}
