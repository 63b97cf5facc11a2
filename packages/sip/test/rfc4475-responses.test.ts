import { expect, test } from 'vitest';
import { bench, expectNothingLeft } from './ladder.ts';
import type { Heard } from './ladder.ts';
import { wire } from './text.ts';

/* The responses of RFC 4475, each to a request of ours that waits for one: what is to be dropped must not end it. */

async function answered(responseTo: (request: Heard) => string) {
  const made = bench();
  const { stack, peer, clock } = made;
  const userAgent = stack.createUserAgent({ aor: 'sip:alice@example.org', contactUser: 'alice' });
  let status: number | undefined;
  void userAgent.request('OPTIONS', 'sip:bob@192.0.2.9').then((response) => (status = response.status));
  const request = await peer.hears('OPTIONS');

  await peer.sendsBytes(wire(responseTo(request)));

  const after = status;
  peer.drain();
  await peer.answers(request, '486 Busy Here');
  await clock.advance(64_000);
  await expectNothingLeft(made);
  return { status: after, atLast: status };
}

const copied = (request: Heard, changes: Readonly<Record<string, string>> = {}) =>
  ['Via', 'From', 'To', 'Call-ID', 'CSeq']
    .map((name) => `${name}: ${changes[name] ?? request.header(name)}\n`)
    .join('');

for (const [name, start, status] of [
  [
    'unreason (§3.1.1.12): a reason in any script',
    'SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое',
    200,
  ],
  ['noreason (§3.1.1.13): an empty reason, its space there', 'SIP/2.0 200 ', 200],
] as const) {
  test(`${name} is a response`, async () => {
    const outcome = await answered((request) => `${start}\n${copied(request)}Content-Length: 0\n\n`);

    expect(outcome).toEqual({ status, atLast: status });
  });
}

for (const [name, response] of [
  [
    'scalarlg (§3.1.2.5): numbers beyond all bounds',
    (request: Heard) =>
      `SIP/2.0 503 Service Unavailable\n${copied(request, { CSeq: '9292394834772304023312 OPTIONS' })}Retry-After: 949302838503028349304023988\nWarning: 1812 overture "In Progress"\nContent-Length: 0\n\n`,
  ],
  [
    'bigcode (§3.1.2.19): a status code beyond 699',
    (request: Heard) =>
      `SIP/2.0 4294967301 better not break the receiver\n${copied(request)}Content-Length: 0\n\n`,
  ],
  [
    'bcast (§3.3.10): a response to the broadcast address, whose top Via is not ours',
    (request: Heard) =>
      `SIP/2.0 200 OK\nVia: SIP/2.0/UDP 192.0.2.198;branch=${request.branch}\n${copied(request, { Via: `SIP/2.0/UDP 255.255.255.255;branch=${request.branch}` })}Content-Length: 0\n\n`,
  ],
] as const) {
  test(`${name} is dropped, and the real response counts`, async () => {
    expect(await answered(response)).toEqual({ status: undefined, atLast: 486 });
  });
}
