import type { Jsep } from '@soft-handset/protocol';
import { type ResolveHosts, SdpAdapter } from '../src/plain-sdp.ts';
import { browserAnswer } from './browser.ts';
import { generated, processed } from './nosip-model.ts';

/** A call through the adapter with the model of Janus in the middle; each step tells what the engine was given. */
export function adapterLadder(resolveHosts: ResolveHosts = () => Promise.resolve(new Map())) {
  const adapter = new SdpAdapter({ resolveHosts, random: () => 0.5 });

  async function peerSays(type: 'offer' | 'answer', sdp: string): Promise<{ engine: string; jsep: Jsep }> {
    const crossing = await adapter.fromPeer({ type, sdp });
    return { engine: crossing.sdp, jsep: crossing.toHandset(processed(type, crossing.sdp)) };
  }

  function handsetSays(jsep: Jsep): { engine: string; sdp: string } {
    const crossing = adapter.fromHandset(jsep);
    return { engine: crossing.jsep.sdp, sdp: crossing.toPeer(generated(crossing.jsep)).sdp };
  }

  return {
    adapter,
    handsetSays,
    peerOffers: (sdp: string) => peerSays('offer', sdp),
    peerAnswers: (sdp: string) => peerSays('answer', sdp),
    /** The peer offers, the handset answers like a browser; the answer for the peer. */
    answered: async (sdp: string, refuse: readonly string[] = []): Promise<string> => {
      const { jsep } = await peerSays('offer', sdp);
      return handsetSays(browserAnswer(jsep, refuse)).sdp;
    },
  };
}
