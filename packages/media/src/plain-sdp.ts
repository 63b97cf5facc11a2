import type { Jsep } from '@soft-handset/protocol';
import { MediaError, type PlainSdp, type ToPeerOptions } from './engine.ts';
import { engineToPeer } from './engine-to-peer.ts';
import { engineToHandset, handsetToEngine } from './jsep-sdp.ts';
import { peerToEngine } from './peer-to-engine.ts';
import { type Addresses, type EngineReach, type Family, hostNamesIn, leastReach } from './plain-sdp-read.ts';
import { emptyMemory, kinds, type SdpMemory } from './sdp-memory.ts';
import { freshOrigin, type SdpOrigin, stampOrigin } from './sdp-origin.ts';
import { type SdpSections, splitSdp } from './sdp-sections.ts';

/** Addresses of host names, of one family; a name that stands for nothing is left out. */
export type ResolveHosts = (names: readonly string[], family: Family) => Promise<Addresses>;

export interface SdpAdapterOptions {
  readonly resolveHosts: ResolveHosts;
  readonly random: () => number;
  /** What the engine can do towards the peer; the least unless given. */
  readonly reach?: EngineReach;
}

type From = 'peer' | 'handset';

/** What is wanted of SRTP towards the peer. */
type SrtpWish = Pick<ToPeerOptions, 'srtp' | 'srtpProfile'>;

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
  readonly #reach: EngineReach;
  /** As the last answer left it. */
  #stable: SdpMemory = emptyMemory;
  /** The offer that was made last. Answers to it may come twice: in a 183 and, with another target, in the 200. */
  #offer: { readonly from: From; readonly memory: SdpMemory } | undefined;
  #isAnswered = true;
  #wanted: SrtpWish = {};
  #origin: SdpOrigin;

  constructor({ resolveHosts, random, reach = leastReach }: SdpAdapterOptions) {
    this.#resolveHosts = resolveHosts;
    this.#reach = reach;
    this.#origin = freshOrigin(random);
  }

  /** What the engine shall do about SRTP in the SDP that it makes for the peer: as was asked for, or as the peer has it. */
  get srtp(): SrtpWish {
    const { peer, secured } = (this.#isAnswered ? undefined : this.#offer?.memory) ?? this.#stable;
    if (this.#wanted.srtp) return this.#wanted;
    return kinds.some((kind) => peer.live[kind] && secured[kind]) ? { srtp: 'optional' } : {};
  }

  /** At once where no host name is to be looked up. */
  fromPeer({ type, sdp }: PlainSdp): FromPeer | Promise<FromPeer> {
    const before = this.#before(type, 'peer');
    const sections = splitSdp(sdp);
    const cross = (addresses?: Addresses): FromPeer => {
      const step = peerToEngine(type, sections, before, addresses, this.#reach);
      this.#checkSrtp(step.memory);
      return {
        sdp: step.sdp,
        toHandset: (made) => {
          const last = engineToHandset(made, step.memory);
          this.#commit(type, 'peer', last.memory);
          return last.sdp;
        },
      };
    };
    return this.#resolve(sections)?.then(cross) ?? cross();
  }

  /** @param wish what the peer's media must be from now on; without `srtp` nothing changes */
  fromHandset(
    jsep: Jsep,
    { srtp, srtpProfile }: SrtpWish = {},
  ): { jsep: Jsep; toPeer: (made: PlainSdp) => PlainSdp } {
    if (srtp) this.#wanted = { srtp, ...(srtpProfile && { srtpProfile }) };
    const step = handsetToEngine(jsep, this.#before(jsep.type, 'handset'));
    if (jsep.type === 'answer') this.#checkSrtp(step.memory);
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

  /**
   * The offer that is open is refused.
   * @param agreed the peer's SDP that holds
   * @returns that SDP as the answer to the refused offer, for an engine that has gone along with the offer already
   */
  async rollback(agreed: string | undefined): Promise<string | undefined> {
    const refused = this.#isAnswered ? undefined : this.#offer;
    if (!refused) return undefined;
    this.#offer = undefined;
    this.#isAnswered = true;
    if (agreed === undefined) return undefined;
    const sections = splitSdp(agreed);
    return peerToEngine('answer', sections, refused.memory, await this.#resolve(sections), this.#reach).sdp;
  }

  /** Undefined where there is nothing to look up. */
  #resolve(sections: SdpSections): Promise<Addresses> | undefined {
    const families = this.#reach.ipv6 ? ([4, 6] as const) : ([4] as const);
    const asked = families.flatMap((family) => {
      const names = hostNamesIn(sections, family);
      return names.length > 0 ? [this.#resolveHosts(names, family)] : [];
    });
    if (asked.length === 0) return undefined;
    return Promise.all(asked).then((found) => new Map(found.flatMap((addresses) => [...addresses])));
  }

  /** The engine would do without, where the peer does. */
  #checkSrtp({ peer, secured }: SdpMemory): void {
    if (this.#wanted.srtp !== 'mandatory') return;
    if (kinds.every((kind) => !peer.live[kind] || secured[kind])) return;
    throw new MediaError('sdp-refused', 'The peer has no SRTP, and nothing else will do');
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
    this.#isAnswered = type === 'answer';
  }
}
