import { type PeerSrtp } from './engine.ts';
import { type SdesCrypto, suites } from './sdes-crypto.ts';
import { freshKey, type SrtpKey, type SrtpSuite } from './srtp-keys.ts';
import type { SrtpKeys } from './srtp-pair.ts';

/** What an m-line of ours says of SRTP. */
export interface SdesWords {
  /** RTP/SAVP: nothing else will do. */
  readonly isSecure: boolean;
  readonly cryptos: readonly SdesCrypto[];
}

/** What is agreed on: the keys, and which of the lines was taken. */
export interface SdesChoice {
  readonly keys: SrtpKeys;
  readonly tag: number;
}

export const plainWords: SdesWords = { isSecure: false, cryptos: [] };

/**
 * SDES of one m-line of a call (RFC 4568 §5.1). `optional` is one m-line of plain RTP that has keys beside it, as PBXs
 * offer it too: whoever does not know them ignores them. Our keys stay the same while they are in use, so that a
 * renegotiation does not begin the streams anew.
 */
export class SdesLine {
  readonly #keys = new Map<SrtpSuite, SrtpKey>();
  #inUse: SrtpSuite | undefined;

  /** For an offer of ours; what is in use is offered again. */
  offer(wanted: PeerSrtp | undefined, profile?: SrtpSuite): SdesWords {
    if (!wanted && !this.#inUse) return plainWords;
    return {
      isSecure: wanted === 'mandatory',
      cryptos: suites
        .filter((suite) => isOf(suite, profile))
        .map((suite, index) => ({ tag: index + 1, key: this.#keyOf(suite) })),
    };
  }

  /** The peer's line that an answer of ours takes: the first one that we know (§5.1.2) and that may be taken. */
  choiceOf(offered: readonly SdesCrypto[], profile?: SrtpSuite): SdesChoice | undefined {
    const first = offered.find(({ key }) => isOf(key.suite, profile));
    return first && { tag: first.tag, keys: { ours: this.#keyOf(first.key.suite), theirs: first.key } };
  }

  answer({ keys, tag }: SdesChoice): SdesWords {
    return { isSecure: false, cryptos: [{ tag, key: keys.ours }] };
  }

  /** What the peer's answer took of our offer. Its tag is not looked at: a suite has one key. */
  takenUp(answered: readonly SdesCrypto[]): SdesChoice | undefined {
    return this.choiceOf(answered.filter(({ key }) => this.#keys.has(key.suite)));
  }

  /** From now on. A key that was in use and is no more is not used again: its streams would begin anew. */
  settle(choice: SdesChoice | undefined): void {
    const before = this.#inUse;
    this.#inUse = choice?.keys.ours.suite;
    if (before && before !== this.#inUse) this.#keys.delete(before);
  }

  #keyOf(suite: SrtpSuite): SrtpKey {
    const key = this.#keys.get(suite) ?? freshKey(suite);
    this.#keys.set(suite, key);
    return key;
  }
}

function isOf(suite: SrtpSuite, profile: SrtpSuite | undefined): boolean {
  return profile === undefined || suite === profile;
}
