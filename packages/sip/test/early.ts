import type { EarlyOffer, IncomingInvite, InviteSession, PeerReoffer } from '../src/contract.ts';
import { asksIn } from './asks.ts';
import type { Asks } from './asks.ts';
import { ourSdp, peerSdp } from './established.ts';
import { bench, recorder } from './ladder.ts';
import type { Bench, Heard } from './ladder.ts';

const allowsUpdate = 'Allow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK';

interface Recorded extends Bench {
  readonly events: string[];
  readonly offers: PeerReoffer[];
}

export interface Calling extends Recorded {
  readonly session: InviteSession;
  readonly invite: Heard;
  readonly earlyOffers: EarlyOffer[];
  /** Requests of the fork of that tag. */
  readonly asks: (fork: string) => Asks;
  /** A provisional response that asks for PRACK. */
  readonly ringsReliably: (
    rSeq: number,
    facts?: { readonly status?: string; readonly tag?: string; readonly sdp?: string },
  ) => Promise<void>;
}

/** We call, and the peer has our INVITE. `sdp: ''`: without an offer. */
export async function calling(
  facts: { readonly sdp?: string; readonly takesEarlyOffers?: boolean } = {},
): Promise<Calling> {
  const made = bench();
  const { peer } = made;
  const { events, handler } = recorder();
  const offers: PeerReoffer[] = [];
  const earlyOffers: EarlyOffer[] = [];
  const { sdp = ourSdp, takesEarlyOffers = false } = facts;
  const userAgent = made.stack.createUserAgent({ aor: 'sip:alice@example.org', contactUser: 'alice-1' });
  const session = userAgent.invite(
    'sip:bob@192.0.2.9',
    {
      ...handler,
      reoffered: (offer) => void offers.push(offer),
      ...(takesEarlyOffers && { offeredEarly: (offer: EarlyOffer) => void earlyOffers.push(offer) }),
    },
    sdp === '' ? {} : { sdp },
  );
  const invite = await peer.hears('INVITE');
  const asks = (fork: string) =>
    asksIn(peer, {
      callId: session.callId,
      ours: invite.header('From'),
      theirs: `${invite.header('To')};tag=${fork}`,
    });
  const ringsReliably: Calling['ringsReliably'] = (rSeq, { status = '183 Session Progress', ...rest } = {}) =>
    peer.answers(invite, status, { ...rest, headers: ['Require: 100rel', `RSeq: ${rSeq}`, allowsUpdate] });
  return { ...made, session, invite, events, offers, earlyOffers, asks, ringsReliably };
}

export interface CalledEarly extends Recorded {
  readonly session: IncomingInvite;
  /** Requests of the caller with our tag, known once we have rung. */
  readonly asks: (ringing: Heard) => Asks;
  /** Acknowledges a reliable provisional response. */
  readonly pracks: (ringing: Heard, facts?: { readonly body?: string }) => Promise<void>;
  readonly cancels: () => Promise<void>;
}

/** The peer calls us, and nothing but 100 has been said. `sdp: ''`: without an offer. */
export async function calledBy(
  facts: { readonly sdp?: string; readonly headers?: readonly string[] } = {},
): Promise<CalledEarly> {
  const made = bench();
  const { peer } = made;
  const { events, handler } = recorder();
  const offers: PeerReoffer[] = [];
  const sessions: IncomingInvite[] = [];
  const { sdp = peerSdp, headers = ['Supported: 100rel'] } = facts;
  const userAgent = made.stack.createUserAgent({ aor: 'sip:alice@example.org', contactUser: 'alice-1' });
  userAgent.onInvite = (session) => {
    sessions.push(session);
    session.attach({ ...handler, reoffered: (offer) => void offers.push(offer) });
  };
  const request = (method: string) => `${method} sip:alice-1@192.0.2.1:5060 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKinvite
    From: <sip:bob@example.org>;tag=peer
    To: <sip:alice@example.org>
    Call-ID: call-1
    CSeq: 100 ${method}`;
  const more = [`Contact: ${peer.contact}`, allowsUpdate, ...headers].join('\n');
  await peer.sends(
    `${request('INVITE')}\n${more}\n${sdp === '' ? '' : 'Content-Type: application/sdp\n'}\n${sdp}`,
  );
  await peer.hears('100');
  const theirs = '<sip:bob@example.org>;tag=peer';
  const asks = (ringing: Heard) => asksIn(peer, { callId: 'call-1', ours: ringing.header('To'), theirs });
  let pracked = 100;
  return {
    ...made,
    events,
    offers,
    session: sessions[0]!,
    asks: (ringing) => {
      const ask = asks(ringing);
      return (method, given) => ask(method, { cseq: method === 'ACK' ? 100 : ++pracked, ...given });
    },
    pracks: (ringing, { body = '' } = {}) =>
      asks(ringing)('PRACK', {
        cseq: ++pracked,
        body,
        headers: [`RAck: ${ringing.header('RSeq')} ${ringing.header('CSeq')}`],
      }),
    cancels: () => peer.sends(`${request('CANCEL')}\n\n`),
  };
}
