import { describe, expect, test } from 'vitest';
import { sdp, torture, withBody } from './torture.ts';

/* RFC 4475 §3.2 to §3.4: what is well formed and yet not fine above the parser. */

const head = (start: string, more = '', party = 'sip:j_user@example.com') => `${start}
To: ${party}
From: sip:caller@example.net;tag=8814
Max-Forwards: 70
Call-ID: layers.dfknq234oi243099adsdfnawe3
CSeq: 1893884 ${start.split(' ')[0]}
Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw3923
Contact: <sip:caller@host1.example.net>
${more}`;

const bare = (start: string, more = '', party?: string) => `${head(start, more, party)}Content-Length: 0\n\n`;

test('badbranch (§3.2.1): a branch of nothing but the cookie is matched as RFC 2543 did', async () => {
  const { statuses } = await torture(`OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: sip:caller@example.org;tag=33242
Max-Forwards: 3
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK
Accept: application/sdp
Call-ID: badbranch.sadonfo23i420jv0as0derf3j3n
CSeq: 8 OPTIONS
l: 0

`);

  expect(statuses).toEqual([200]);
});

test('insuf (§3.3.1): without Call-ID, From and To it is refused all the same', async () => {
  const { statuses, response, calls } = await torture(
    withBody(`INVITE sip:user@example.com SIP/2.0
CSeq: 193942 INVITE
Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf
Content-Type: application/sdp
`),
  );

  expect({ statuses, calls }).toEqual({ statuses: [400], calls: [] });
  expect(response?.branch).toBe('z9hG4bKkdj.insuf');
});

for (const [name, text, status] of [
  [
    'unkscm (§3.3.2): a Request-URI of a scheme that nobody knows',
    bare('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0'),
    416,
  ],
  [
    'novelsc (§3.3.3): a Request-URI of a scheme for others',
    bare('OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0'),
    416,
  ],
  [
    'unksm2 (§3.3.4): a To, From and Contact of other schemes',
    `REGISTER sip:example.com SIP/2.0
To: isbn:2983792873
From: <http://www.example.com>;tag=3234233
Call-ID: unksm2.daksdj@hyphenated-host.example.com
CSeq: 234902 REGISTER
Max-Forwards: 70
Via: SIP/2.0/UDP 192.0.2.21:5060;branch=z9hG4bKkdjuw
Contact: <name:John_Smith>
l: 0

`,
    400,
  ],
  [
    'multi01 (§3.3.8): several values of headers that have one',
    withBody(`INVITE sip:user@company.com SIP/2.0
Contact: <sip:caller@host25.example.net>
Via: SIP/2.0/UDP 192.0.2.25;branch=z9hG4bKkdjuw
Max-Forwards: 70
CSeq: 5 INVITE
Call-ID: multi01.98asdh@192.0.2.1
CSeq: 59 INVITE
Call-ID: multi01.98asdh@192.0.2.2
From: sip:caller@example.com;tag=3413415
To: sip:user@example.com
To: sip:other@example.net
From: sip:caller@example.net;tag=2923420123
Content-Type: application/sdp
Max-Forwards: 5
`),
    400,
  ],
  [
    'mcl01 (§3.3.9): two Content-Lengths that differ',
    `${head('OPTIONS sip:user@example.com SIP/2.0')}Content-Length: 13\nContent-Length: 5\nContent-Type: text/plain\n\nThere's no way to know how many octets are supposed to be here.\n`,
    400,
  ],
] as const) {
  test(`${name}: ${status}`, async () => {
    const { statuses, calls, owned } = await torture(text);

    expect({ statuses, calls, owned }).toEqual({ statuses: [status], calls: [], owned: [] });
  });
}

test('bext01 (§3.3.5): extensions that nobody knows are named; those asked of proxies are none of ours', async () => {
  const { statuses, response } = await torture(
    bare(
      'OPTIONS sip:user@example.com SIP/2.0',
      `Require: nothingSupportsThis, nothingSupportsThisEither
Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis
`,
    ),
  );

  expect(statuses).toEqual([420]);
  expect(response?.header('Unsupported')).toBe('nothingSupportsThis, nothingSupportsThisEither');
});

test('invut (§3.3.6): a body of a type that nobody knows is refused with what we take', async () => {
  const { statuses, response, calls } = await torture(
    withBody(
      head('INVITE sip:user@example.com SIP/2.0', 'Content-Type: application/unknownformat\n'),
      '<audio>\n <pcmu port="443"/>\n</audio>\n',
    ),
  );

  expect({ statuses, calls }).toEqual({ statuses: [415], calls: [] });
  expect(response?.header('Accept')).toContain('application/sdp');
});

test('zeromf (§3.3.11): Max-Forwards 0 matters to who forwards; we are where it ends', async () => {
  const text = bare('OPTIONS sip:user@example.com SIP/2.0').replace('Max-Forwards: 70', 'Max-Forwards: 0');

  const { statuses } = await torture(text);

  expect(statuses).toEqual([200]);
});

describe('sdp01 (§3.3.15): an INVITE that takes no SDP', () => {
  const invite = (accept: string) =>
    withBody(
      head('INVITE sip:user@example.com SIP/2.0', `Accept: ${accept}\nContent-Type: application/sdp\n`),
    );

  for (const accept of ['text/nobodyKnowsThis', '', 'application/sdp;q=0.0, text/plain', 'audio/*']) {
    test(`Accept "${accept}": 406`, async () => {
      const { statuses, response, calls } = await torture(invite(accept));

      expect({ statuses, calls }).toEqual({ statuses: [406], calls: [] });
      expect(response?.header('Accept')).toContain('application/sdp');
    });
  }

  for (const accept of ['text/plain, Application/SDP;level=1', 'application/*;q=0.1', '*/*']) {
    test(`Accept "${accept}": 200`, async () => {
      const { statuses } = await torture(invite(accept));

      expect(statuses).toEqual([200]);
    });
  }
});

test('inv2543 (§3.4.1): a call of the first RFC, without branch, tag, Max-Forwards and Content-Length', async () => {
  const { statuses, response, calls } = await torture(
    `INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Contact: <sip:+13035551111@ift.client.example.net>
Content-Type: application/sdp

${sdp}`,
    'UserB',
  );

  expect(statuses).toEqual([200]);
  expect(calls).toHaveLength(1);
  expect(response?.header('Record-Route')).toBe('<sip:UserB@example.com;maddr=ss1.example.com>');
});

test('inv2543 (§3.4.1): as it stands there, without a Contact: in RFC 2543 the caller is at his From', async () => {
  const { statuses, calls } = await torture(
    `INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Content-Type: application/sdp

${sdp}`,
    'UserB',
  );

  expect(statuses).toEqual([200]);
  expect(calls).toHaveLength(1);
});

test('RFC 3261 §8.1.1.8: an INVITE of today without a Contact is refused, for that is how its BYE would find it', async () => {
  const { statuses, calls } = await torture(
    `INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com;branch=z9hG4bKtoday
From: <sip:+13035551111@ift.client.example.net>;tag=a
To: <sip:+16505552222@ss1.example.net>
Call-ID: today
CSeq: 56 INVITE
Content-Type: application/sdp

${sdp}`,
    'UserB',
  );

  expect({ statuses, calls }).toEqual({ statuses: [400], calls: [] });
});
