/** What makes a call better or worse to listen to. */
export interface Impairments {
  /** 0 to 100. */
  readonly lossPercent: number;
  /** One way, from mouth to ear, as far as it is known. */
  readonly delayMs: number;
  readonly codec: string | undefined;
}

/** Packet loss robustness with concealment: ITU-T G.113 Appendix I has the G codecs; for Opus that of wide-band codecs with PLC. */
const robustness: Readonly<Record<string, number>> = {
  pcmu: 25.1,
  pcma: 25.1,
  g722: 25.1,
  g729: 19,
  opus: 20,
};
const equipment: Readonly<Record<string, number>> = { g729: 11 };
/** Packets, coder and sound card, before the network. */
const ownDelayMs = 40;

/** Mean opinion score, 1 to 4.4: the E-model of ITU-T G.107 with its default values, delay and loss being what is measured. */
export function mosOf({ lossPercent, delayMs, codec = '' }: Impairments): number {
  const name = codec.toLowerCase();
  const ie = equipment[name] ?? 0;
  const bpl = robustness[name] ?? 10;
  const delay = delayMs + ownDelayMs;
  // G.107 §7.4 as Cole and Rosenbluth simplify it: linear, steeper from 177.3 ms on.
  const id = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  // G.107 §7.5, random loss.
  const ieEff = ie + ((95 - ie) * lossPercent) / (lossPercent + bpl);
  return mosOfR(93.2 - id - ieEff);
}

/** G.107 Annex B. */
function mosOfR(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}
