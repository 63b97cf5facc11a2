import { expect } from 'vitest';
import { ourSdp } from './established.ts';
import { addressesOnly, bench, expectNothingLeft } from './ladder.ts';
import type { Heard } from './ladder.ts';
import { wire } from './text.ts';

export interface Outcome {
  /** Final responses to the message, retransmissions left out. */
  readonly statuses: readonly number[];
  /** The first of them. */
  readonly response: Heard | undefined;
  /** The offers of the calls that the message made; '' for an INVITE without one. */
  readonly calls: readonly string[];
  /** The methods of what went to the stack's owner: a registrar, a proxy. */
  readonly owned: readonly string[];
  readonly stats: Readonly<Record<string, number>>;
}

export const sdp = `v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0
`;

/** A head with as many octets of body as it says. */
export function withBody(head: string, body = sdp): string {
  return `${head}Content-Length: ${wire(body).length}\n\n${body}`;
}

/**
 * One message as a datagram through transport, transactions and user agent. A user agent with that contact user accepts each call, and
 * the peer never says another word of it; an owner of the stack answers 200 to what is for nobody. Afterwards the stack serves the next
 * request, and in the end nothing is left of either.
 */
export async function torture(message: string | Buffer, user = 'user'): Promise<Outcome> {
  const made = bench({ dns: addressesOnly(async () => ['192.0.2.9']) });
  const { peer, stack, clock } = made;
  const calls: string[] = [];
  const owned: string[] = [];
  stack.onRequest = (transaction) => {
    owned.push(transaction.request.method);
    transaction.respond(200);
  };
  const userAgent = stack.createUserAgent({ aor: `sip:alice@example.com`, contactUser: user });
  userAgent.onInvite = (session) => {
    calls.push(session.offer ?? '');
    session.attach({ ended: () => undefined });
    session.accept(ourSdp);
  };

  await peer.sendsBytes(typeof message === 'string' ? wire(message) : message);

  const heard = peer.drain().filter(({ message: one }) => one.kind === 'response' && one.status >= 200);
  await peer.sends(`OPTIONS sip:${encodeURIComponent(user)}@192.0.2.1 SIP/2.0
    Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKafterwards
    From: <sip:next@example.org>;tag=n
    To: <sip:${encodeURIComponent(user)}@192.0.2.1>
    Call-ID: afterwards
    CSeq: 1 OPTIONS\n\n`);
  await peer.hears('200');
  await clock.advance(64_000);
  await expectNothingLeft(made);
  return {
    statuses: heard.flatMap(({ message: one }) => (one.kind === 'response' ? [one.status] : [])),
    response: heard[0],
    calls,
    owned,
    stats: stack.stats,
  };
}

/** The response says what RFC 3261 §8.2.6 copies, as far as the request had it. */
export function expectCopied(response: Heard | undefined, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) expect(response?.header(name)).toContain(value);
}
