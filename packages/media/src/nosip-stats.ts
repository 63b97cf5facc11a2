import type { MediaSessionHandler } from './engine.ts';
import type { LineStats } from './media-stats.ts';
import type { AgreedLine } from './sdp-agreed.ts';

type SlowLink = Parameters<NonNullable<MediaSessionHandler['slowLink']>>[0];

/**
 * What Janus tells of its own accord: losses where they were many (`slowlink`), and nothing else. How much went through,
 * jitter and round trips are known to its Admin API only, which is not asked.
 */
export class NosipStats {
  readonly #lost = new Map<string, { fromHandset?: number; toHandset?: number }>();

  slowLink({ mid, uplink, lost }: SlowLink): void {
    const known = this.#lost.get(mid) ?? {};
    const way = uplink ? 'fromHandset' : 'toHandset';
    this.#lost.set(mid, { ...known, [way]: (known[way] ?? 0) + lost });
  }

  of(agreed: readonly AgreedLine[]): readonly LineStats[] {
    return agreed.map(({ mid, kind, codec }) => {
      const { fromHandset, toHandset } = this.#lost.get(mid) ?? {};
      return {
        mid,
        type: kind,
        ...(codec !== undefined && { codec }),
        fromHandset: { received: fromHandset === undefined ? {} : { lost: fromHandset }, sent: {} },
        fromPeer: { received: {}, sent: toHandset === undefined ? {} : { lost: toHandset } },
      };
    });
  }
}
