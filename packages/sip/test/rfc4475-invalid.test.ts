import { describe, expect, test } from 'vitest';
import { torture, withBody } from './torture.ts';

/* RFC 4475 §3.1.2: requests that are wrong. Our own transcription, each through the whole stack; the responses are in rfc4475-responses.test.ts. */

interface Facts {
  readonly to?: string;
  readonly from?: string;
  readonly via?: string;
  readonly cseq?: string;
  readonly more?: string;
}

/** A whole INVITE with an offer; what makes the case stands in the facts. */
function invite(start: string, facts: Facts = {}): string {
  return withBody(`${start}
Max-Forwards: 70
Via: ${facts.via ?? 'SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw'}
To: ${facts.to ?? 'sip:j.user@example.com'}
From: ${facts.from ?? 'sip:caller@example.net;tag=134161461246'}
Call-ID: torture.0ha0isndaksdjasdf3234nas
CSeq: ${facts.cseq ?? '8 INVITE'}
Contact: <sip:caller@host5.example.net>
Expires: 9999
Content-Type: application/sdp
${facts.more ?? ''}`);
}

const plain = 'INVITE sip:user@example.com SIP/2.0';

const refused: readonly (readonly [name: string, text: string, status: number])[] = [
  [
    'badinv01 (§3.1.2.1): separators with nothing between them in Via and Contact',
    `INVITE sip:user@example.com SIP/2.0
To: sip:j.user@example.com
From: sip:caller@example.net;tag=134161461246
Max-Forwards: 7
Call-ID: badinv01.0ha0isndaksdjasdf3234nas
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.15;;,;,,
Contact: "Joe" <sip:joe@example.org>;;;;
Content-Length: 0

`,
    400,
  ],
  [
    'clerr (§3.1.2.2): a Content-Length beyond the datagram',
    invite(plain).replace(/Content-Length: \d+/, 'Content-Length: 9999'),
    400,
  ],
  [
    'ncl (§3.1.2.3): a negative Content-Length',
    invite(plain).replace(/Content-Length: \d+/, 'Content-Length: -999'),
    400,
  ],
  [
    'scalar02 (§3.1.2.4): numbers beyond all bounds',
    `REGISTER sip:example.com SIP/2.0
Via: SIP/2.0/UDP host129.example.com;branch=z9hG4bK342sdfoi3
To: <sip:user@example.com>
From: <sip:user@example.com>;tag=239232jh3
CSeq: 36893488147419103232 REGISTER
Call-ID: scalar02.23o0pd9vanlq3wnrlnewofjas9ui32
Max-Forwards: 300
Expires: 10000000000000000000000
Contact: <sip:user@host129.example.com>;expires=280297596632815
Content-Length: 0

`,
    400,
  ],
  [
    'quotbal (§3.1.2.6): a quoted string that never ends',
    invite(plain, { to: '"Mr. J. User <sip:j.user@example.com>' }),
    400,
  ],
  [
    'ltgtruri (§3.1.2.7): brackets around the Request-URI',
    invite('INVITE <sip:user@example.com> SIP/2.0'),
    400,
  ],
  ['lwsruri (§3.1.2.8): a space in the Request-URI', invite('INVITE sip:user@example.com; lr SIP/2.0'), 400],
  ['lwsstart (§3.1.2.9): two spaces between the parts', invite('INVITE  sip:user@example.com  SIP/2.0'), 400],
  [
    'escruri (§3.1.2.11): headers in the Request-URI',
    invite('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0'),
    400,
  ],
  [
    'regbadct (§3.1.2.13): a Contact with `?` that has no brackets',
    `REGISTER sip:example.com SIP/2.0
To: sip:user@example.com
From: sip:user@example.com;tag=998332
Max-Forwards: 70
Call-ID: regbadct.k345asrl3fdbv@10.0.0.1
CSeq: 1 REGISTER
Via: SIP/2.0/UDP 135.180.130.133:5060;branch=z9hG4bKkdjuw
Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E
l: 0

`,
    400,
  ],
  [
    'badaspec (§3.1.2.14): spaces within the brackets',
    invite(plain, { to: '"Watson, Thomas" < sip:t.watson@example.org >' }),
    400,
  ],
  [
    'baddn (§3.1.2.15): a comma in a display name without quotes',
    invite(plain, { from: 'Bell, Alexander <sip:a.g.bell@example.com>;tag=43' }),
    400,
  ],
  [
    'mismatch01 (§3.1.2.17): the CSeq of another method',
    invite('OPTIONS sip:user@example.com SIP/2.0', { cseq: '8 INVITE' }),
    400,
  ],
  [
    'mismatch02 (§3.1.2.18): an unknown method, and the CSeq of a known one',
    invite('NEWMETHOD sip:user@example.com SIP/2.0', { cseq: '8 INVITE' }),
    400,
  ],
  [
    'badvers (§3.1.2.16): another version of the protocol',
    invite('INVITE sip:user@example.com SIP/7.0', { via: 'SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw' }),
    505,
  ],
];

describe('refused, and no call of it', () => {
  for (const [name, text, status] of refused) {
    test(`${name}: ${status}`, async () => {
      const { statuses, response, calls, owned, stats } = await torture(text);

      expect({ statuses, calls, owned }).toEqual({ statuses: [status], calls: [], owned: [] });
      expect(stats['malformedMessages']).toBe(1);
      expect(response?.message.headers.count('Via')).toBe(1);
    });
  }
});

test('trws (§3.1.2.10): spaces behind the version are refused with 400', async () => {
  const { statuses } = await torture(
    `OPTIONS sip:user@example.com SIP/2.0  
Via: SIP/2.0/UDP host1.examle.com;branch=z9hG4bK299342093
To: <sip:remote-target@example.com>
From: <sip:local-resource@example.com>;tag=329429089
Call-ID: trws.oicu34958239neffasdhr2345r
Accept: application/sdp
CSeq: 238923 OPTIONS
Max-Forwards: 70
Content-Length: 0

`,
  );

  expect(statuses).toEqual([400]);
});

test('baddate (§3.1.2.12): a Date in another zone is nobody’s business here, the call comes', async () => {
  const { statuses, calls } = await torture(invite(plain, { more: 'Date: Fri, 01 Jan 2010 16:00:00 EST\n' }));

  expect(statuses).toEqual([200]);
  expect(calls).toHaveLength(1);
});

test('none of them is answered if it is an ACK', async () => {
  for (const [, text] of refused) {
    const ack = text.replace(/^\w+/, 'ACK').replace(/(CSeq: \d+) \w+/, '$1 ACK');

    const { statuses } = await torture(ack);

    expect(statuses).toEqual([]);
  }
});
