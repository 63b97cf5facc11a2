import type {
  InviteSession,
  InviteSessionHandler,
  PeerReoffer,
  ServerTransaction,
  SipStackOptions,
  UserAgent,
} from '../src/contract.ts';
import { asksIn } from './asks.ts';
import type { Asks } from './asks.ts';
import { bench, recorder } from './ladder.ts';
import type { Bench, Heard } from './ladder.ts';

export interface Established extends Bench {
  readonly userAgent: UserAgent;
  readonly session: InviteSession;
  readonly events: string[];
  readonly offers: PeerReoffer[];
  readonly requests: ServerTransaction[];
  readonly asks: Asks;
  /** Our 200, where the peer called. */
  readonly ok: Heard | undefined;
}

export const ourSdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';
export const peerSdp = 'v=0\r\no=- 2 1 IN IP4 192.0.2.9\r\ns=-\r\n';

/**
 * A call that stands, begun by us or by the peer. `without`: what the session's owner does not take; `headers`: in the peer's INVITE or
 * its 200.
 */
export async function established(
  role: 'uac' | 'uas',
  without: readonly (keyof InviteSessionHandler)[] = [],
  options: Partial<SipStackOptions> = {},
  headers: readonly string[] = [],
  more: Partial<InviteSessionHandler> = {},
): Promise<Established> {
  const made = bench(options);
  const { peer, stack } = made;
  const userAgent = stack.createUserAgent({
    aor: 'sip:alice@example.org',
    contactUser: 'alice-1',
    credentials: { username: 'alice', password: 'secret' },
  });
  const { events, handler: recording } = recorder();
  const offers: PeerReoffer[] = [];
  const requests: ServerTransaction[] = [];
  const handler: InviteSessionHandler = {
    ...recording,
    ...more,
    ...(without.includes('reoffered') ? {} : { reoffered: (offer: PeerReoffer) => void offers.push(offer) }),
    ...(without.includes('request')
      ? {}
      : { request: (transaction: ServerTransaction) => void requests.push(transaction) }),
  };
  const dialog = role === 'uac' ? await calls() : await isCalled();
  events.length = 0;
  const asks = asksIn(peer, { callId: dialog.session.callId, ours: dialog.ours, theirs: dialog.theirs });
  return { ...made, userAgent, ok: dialog.ok, session: dialog.session, events, offers, requests, asks };

  async function calls() {
    const session = userAgent.invite('sip:bob@192.0.2.9', handler, { sdp: ourSdp });
    const invite = await peer.hears('INVITE');
    await peer.answers(invite, '200 OK', { sdp: peerSdp, headers });
    await peer.hears('ACK');
    return { session, ours: invite.header('From'), theirs: `${invite.header('To')};tag=peer`, ok: undefined };
  }

  async function isCalled() {
    let session: InviteSession | undefined;
    userAgent.onInvite = (incoming) => {
      session = incoming;
      incoming.attach(handler);
      incoming.accept(ourSdp);
    };
    const from = '<sip:bob@example.org>;tag=peer';
    const invite = (method: string, to: string) => `${method} sip:alice-1@192.0.2.1:5060 SIP/2.0
      Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${peer.newBranch()}
      From: ${from}
      To: ${to}
      Call-ID: call-1
      CSeq: 100 ${method}
      Contact: ${peer.contact}`;
    await peer.sends(
      `${[invite('INVITE', '<sip:alice@example.org>'), ...headers].join('\n')}\nContent-Type: application/sdp\n\n${peerSdp}`,
    );
    await peer.hears('100');
    const ok = await peer.hears('200');
    const ours = ok.header('To');
    await peer.sends(`${invite('ACK', ours)}\n\n`);
    return { session: session!, ours, theirs: from, ok };
  }
}
