import type { Jsep } from '@soft-handset/protocol';
import { MediaError, type PlainSdp } from './engine.ts';
import { engineToPeer } from './engine-to-peer.ts';
import { engineToHandset, handsetToEngine } from './jsep-sdp.ts';
import { peerToEngine } from './peer-to-engine.ts';
import { hostNamesIn } from './plain-sdp-read.ts';
import { emptyMemory, type SdpMemory } from './sdp-memory.ts';
import { freshOrigin, type SdpOrigin, stampOrigin } from './sdp-origin.ts';
import { splitSdp } from './sdp-sections.ts';

/** IPv4 addresses of host names; a name that stands for nothing is left out. */
export type ResolveHosts = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

export interface SdpAdapterOptions {
  readonly resolveHosts: ResolveHosts;
  readonly random: () => number;
}

type From = 'peer' | 'handset';

/** A peer's SDP on its way: as the engine is to have it, and what makes the handset's of the engine's answer. */
export interface FromPeer {
  readonly sdp: string;
  readonly toHandset: (made: Jsep) => Jsep;
}

/**
 * The adapter between a SIP peer, an engine that takes one audio and one video m-line, and a browser: the memory of one
 * call around the pure steps of its neighbours. A crossing is begun with what a side says and ended with what the engine
 * made of it; one that is never ended leaves no trace.
 *
 *   peer ──peerToEngine──▶ engine ──engineToHandset──▶ handset
 *   peer ◀──engineToPeer── engine ◀──handsetToEngine── handset
 */
export class SdpAdapter {
  readonly #resolveHosts: ResolveHosts;
  /** As the last answer left it. */
  #stable: SdpMemory = emptyMemory;
  /** The offer that was made last. Answers to it may come twice: in a 183 and, with another target, in the 200. */
  #offer: { readonly from: From; readonly memory: SdpMemory } | undefined;
  #origin: SdpOrigin;

  constructor({ resolveHosts, random }: SdpAdapterOptions) {
    this.#resolveHosts = resolveHosts;
    this.#origin = freshOrigin(random);
  }

  /** At once where no host name is to be looked up. */
  fromPeer({ type, sdp }: PlainSdp): FromPeer | Promise<FromPeer> {
    const before = this.#before(type, 'peer');
    const sections = splitSdp(sdp);
    const cross = (addresses?: ReadonlyMap<string, string>): FromPeer => {
      const step = peerToEngine(type, sections, before, addresses);
      return {
        sdp: step.sdp,
        toHandset: (made) => {
          const last = engineToHandset(made, step.memory);
          this.#commit(type, 'peer', last.memory);
          return last.sdp;
        },
      };
    };
    const names = hostNamesIn(sections);
    return names.length > 0 ? this.#resolveHosts(names).then(cross) : cross();
  }

  fromHandset(jsep: Jsep): { jsep: Jsep; toPeer: (made: PlainSdp) => PlainSdp } {
    const step = handsetToEngine(jsep, this.#before(jsep.type, 'handset'));
    return {
      jsep: step.sdp,
      toPeer: (made) => {
        const last = engineToPeer(made, step.memory);
        const stamped = stampOrigin(last.sdp, this.#origin);
        this.#origin = stamped.origin;
        this.#commit(jsep.type, 'handset', last.memory);
        return { type: jsep.type, sdp: stamped.sdp };
      },
    };
  }

  /** An offer replaces one that was never answered; an answer belongs to the other side's offer. */
  #before(type: PlainSdp['type'], from: From): SdpMemory {
    if (type === 'offer') return this.#stable;
    if (this.#offer && this.#offer.from !== from) return this.#offer.memory;
    // An answer to an offer that did not come through here, such as a re-INVITE that only holds.
    if (from === 'peer' && this.#stable !== emptyMemory) return this.#stable;
    throw new MediaError('sdp-refused', 'There is no offer that this could answer');
  }

  #commit(type: PlainSdp['type'], from: From, memory: SdpMemory): void {
    if (type === 'offer') this.#offer = { from, memory };
    else this.#stable = memory;
  }
}
