import { expect, test } from 'vitest';
import { torture, withBody } from './torture.ts';

/* The messages of RFC 5118 §4: IPv6 where it may be mistaken. Our own transcription, each through the whole stack. */

const message = (start: string, via = '[2001:db8::9:1];branch=z9hG4bKas3-111', more = '') => `${start} SIP/2.0
To: sip:user@example.com
From: sip:user@example.com;tag=81x2
Via: SIP/2.0/UDP ${via}
Call-ID: SSG9559905523997077@hlau_4100
Max-Forwards: 70
Contact: "Caller" <sip:caller@[2001:db8::1]>
CSeq: 98176 ${start.split(' ')[0]}
${more}`;
const bare = (start: string, via?: string) => `${message(start, via)}Content-Length: 0\n\n`;

for (const [name, text, status] of [
  ['§4.1: an IPv6 reference', bare('REGISTER sip:[2001:db8::10]'), 200],
  ['§4.2: an IPv6 address without its brackets', bare('REGISTER sip:2001:db8::10'), 400],
  ['§4.3: what looks like a port is part of the address', bare('REGISTER sip:[2001:db8::10:5070]'), 200],
  ['§4.4: a port behind the brackets', bare('REGISTER sip:[2001:db8::10]:5070'), 200],
  [
    '§4.5: `received` with brackets',
    bare('OPTIONS sip:user@[2001:db8::10]', '[2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3'),
    200,
  ],
  [
    '§4.5: `received` without brackets, as RFC 3261 has it',
    bare('OPTIONS sip:user@[2001:db8::10]', '[2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3'),
    200,
  ],
  [
    '§4.7: addresses of both families in Via, of a call that is not there',
    bare(
      'BYE sip:user@[2001:db8::10]',
      '[2001:db8::9:1]:5060;received=[2001:db8::9:255];branch=z9hG4bKas3-111\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
    ),
    481,
  ],
  [
    '§4.10: three colons, as the ABNF of RFC 3261 writes it',
    bare('OPTIONS sip:user@[2001:db8:::192.0.2.1]'),
    400,
  ],
  ['§4.10: the same with two', bare('OPTIONS sip:user@[2001:db8::192.0.2.1]'), 200],
] as const) {
  test(`${name}: ${status}`, async () => {
    const { statuses } = await torture(text);

    expect(statuses).toEqual([status]);
  });
}

for (const [name, via, body] of [
  [
    '§4.6: IPv6 in the SDP',
    undefined,
    'v=0\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\ns=Live\nc=IN IP6 2001:db8::20\nt=3338481189 3370017201\nm=audio 6000 RTP/AVP 2\n',
  ],
  [
    '§4.8: both families in the SDP, a line each',
    undefined,
    'v=0\no=bob 280744730 28977631 IN IP4 host.example.com\ns=\nt=0 0\nm=audio 22334 RTP/AVP 0\nc=IN IP4 192.0.2.1\nm=video 6024 RTP/AVP 107\nc=IN IP6 2001:db8::1\n',
  ],
  [
    '§4.9: IPv4 addresses that look like IPv6 ones',
    '[::ffff:192.0.2.10];branch=z9hG4bKbh19',
    'v=0\no=- 3 3 IN IP4 192.0.2.10\ns=-\nc=IN IP6 ::ffff:192.0.2.10\nt=0 0\nm=audio 3456 RTP/AVP 0\n',
  ],
] as const) {
  test(`${name}: the call comes with its offer untouched`, async () => {
    const { statuses, calls } = await torture(
      withBody(message('INVITE sip:user@[2001:db8::10]', via, 'Content-Type: application/sdp\n'), body),
    );

    expect(statuses).toEqual([200]);
    expect(calls).toEqual([body.replaceAll('\n', '\r\n')]);
  });
}
