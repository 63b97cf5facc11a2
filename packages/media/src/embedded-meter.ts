import { directionStats, type DirectionStats } from './media-stats.ts';
import { ReceivedQuality } from './received-quality.ts';
import { SentQuality } from './sent-quality.ts';
import type { Kind } from './sdp-memory.ts';

/** The four stretches of one m-line. */
export class LineMeter {
  readonly fromHandset = new ReceivedQuality();
  readonly toPeer = new SentQuality();
  readonly fromPeer = new ReceivedQuality();
  readonly toHandset = new SentQuality();

  /** What each side has said, and how it got through. */
  directions(kind: Kind): { readonly fromHandset: DirectionStats; readonly fromPeer: DirectionStats } {
    return {
      fromHandset: directionStats(this.fromHandset.stats, this.toPeer.stats, kind),
      fromPeer: directionStats(this.fromPeer.stats, this.toHandset.stats, kind),
    };
  }
}
