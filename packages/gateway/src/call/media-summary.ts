import type { DirectionStats, LineStats } from '@soft-handset/media';

/** One m-line of a call that is over, for its line in the log: each stretch where something is known of it. */
export function mediaSummary(lines: readonly LineStats[]): readonly Readonly<Record<string, unknown>>[] {
  return lines.map(({ type, codec, fromHandset, fromPeer }) => ({
    type,
    ...(codec !== undefined && { codec }),
    ...(hasFacts(fromHandset) && { fromHandset }),
    ...(hasFacts(fromPeer) && { fromPeer }),
  }));
}

function hasFacts({ received, sent }: DirectionStats): boolean {
  return Object.keys(received).length + Object.keys(sent).length > 0;
}
