import { isSameKey, type SrtpKey } from './srtp-keys.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

/** What offer and answer have settled: each side encrypts with its own key (RFC 4568 §5.1). */
export interface SrtpKeys {
  readonly ours: SrtpKey;
  readonly theirs: SrtpKey;
}

/** SRTP of one m-line, both ways. */
export interface SrtpPair {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

export const SrtpPair = {
  /** A key that stays the same goes on counting: to begin anew would repeat its key stream. */
  after(before: SrtpPair | undefined, keys: SrtpKeys | undefined): SrtpPair | undefined {
    if (!keys) return undefined;
    const { ours, theirs } = keys;
    return {
      sender: before && isSameKey(before.sender.key, ours) ? before.sender : new SrtpSender(ours),
      receiver: before && isSameKey(before.receiver.key, theirs) ? before.receiver : new SrtpReceiver(theirs),
    };
  },
};
