import type { LineStats, StretchStats } from '@soft-handset/media';
import { Counter, Histogram, type Registry } from 'prom-client';

/** How well media got through, over all calls that are over. */
export class MediaMetrics {
  readonly #mos: Histogram<'ear'>;
  readonly #packets: Counter<'stretch'>;
  readonly #lost: Counter<'stretch'>;

  constructor(registry: Registry) {
    this.#mos = new Histogram({
      name: 'soft_handset_call_mos',
      help: 'Estimated MOS of the sound at the end of calls (E-model, ITU-T G.107), by whose ear it reached',
      labelNames: ['ear'],
      buckets: [1.5, 2, 2.5, 3, 3.3, 3.6, 3.8, 4, 4.2, 4.4],
      registers: [registry],
    });
    this.#packets = new Counter({
      name: 'soft_handset_media_packets_total',
      help: 'RTP packets of calls that are over, by the stretch of the way',
      labelNames: ['stretch'],
      registers: [registry],
    });
    this.#lost = new Counter({
      name: 'soft_handset_media_lost_total',
      help: 'RTP packets that were lost in calls that are over, by the stretch of the way',
      labelNames: ['stretch'],
      registers: [registry],
    });
  }

  add(lines: readonly LineStats[]): void {
    for (const { fromHandset, fromPeer } of lines) {
      this.#count('from_handset', fromHandset.received);
      this.#count('to_peer', fromHandset.sent);
      this.#count('from_peer', fromPeer.received);
      this.#count('to_handset', fromPeer.sent);
      if (fromHandset.mos !== undefined) this.#mos.observe({ ear: 'peer' }, fromHandset.mos);
      if (fromPeer.mos !== undefined) this.#mos.observe({ ear: 'handset' }, fromPeer.mos);
    }
  }

  #count(stretch: string, { packets = 0, lost = 0 }: StretchStats): void {
    this.#packets.inc({ stretch }, packets);
    this.#lost.inc({ stretch }, lost);
  }
}
