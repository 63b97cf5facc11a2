import { expect, test } from 'vitest';
import { checkRequest, checkResponse, parseCSeq } from '../src/check.ts';
import { canAnswer } from '../src/make.ts';
import { parseContacts, parseNameAddr } from '../src/name-addr.ts';
import { parseMessage } from '../src/parse.ts';
import { isSentBy } from '../src/received.ts';
import { parseUri } from '../src/uri.ts';
import { parseVia } from '../src/via.ts';
import { faultOf, requestOf, responseOf, wire } from './text.ts';

/*
 * The cases of RFC 4475 that concern a parser, each under the name it has there. Messages are our own transcription: what makes
 * the case is kept, the rest is short.
 */

test('wsinv (§3.1.1.1): white space, folding, odd cases and compact forms everywhere', () => {
  const request = requestOf(`INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : 3
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

v=0`);

  expect(checkRequest(request)).toBeUndefined();
  expect(parseNameAddr(request.headers.get('To')!)).toMatchObject({
    uri: { user: 'vivekg' },
    params: new Map([['tag', '1918181833n']]),
  });
  expect(parseNameAddr(request.headers.get('From')!)).toMatchObject({
    displayName: 'J Rosenberg \\"',
    params: new Map([['tag', '98asjd8']]),
  });
  expect(parseCSeq(request.headers.get('CSeq')!)).toEqual({ number: 9, method: 'INVITE' });
  expect(request.headers.list('Via').map((via) => parseVia(via))).toMatchObject([
    { transport: 'UDP', host: '192.0.2.2', params: new Map([['branch', '390skdjuw']]) },
    { transport: 'TCP', host: 'spindle.example.com', params: new Map([['branch', 'z9hG4bK9ikj8']]) },
    { transport: 'UDP', host: '192.168.255.111', params: new Map([['branch', 'z9hG4bK30239']]) },
  ]);
  expect(request.headers.get('Subject')).toBe('');
  expect(request.headers.get('newfangledheader')).toBe('newfangled value continued newfangled value');
  expect(parseContacts(request.headers.getAll('Contact'))).toMatchObject([
    {
      displayName: 'Quoted string ""',
      params: new Map([
        ['newparam', 'newvalue'],
        ['secondparam', ''],
        ['q', '0.33'],
      ]),
    },
  ]);
});

test('intmeth (§3.1.1.2): every character that a method, a URI, a tag and a Call-ID may have', () => {
  const method = "!interesting-Method0123456789_*+`.%indeed'~";
  const user = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*";
  const password = "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)";
  const request = requestOf(`${method} sip:${user}:${password}@example.com SIP/2.0
Via: SIP/2.0/TCP host1.example.com;branch=z9hG4bK-.!%66*_+\`'~
To: "BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:${user}@example.com>
From: token1~\` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="работающий";tag=_token~1'+\`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word\`~)(><:\\/"][?}{
CSeq: 139122385 ${method}
Max-Forwards: 255
extensionHeader-!.%*+_\`'~: 大停電
Content-Length: 0

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request.method).toBe(method);
  expect(parseUri(request.uri)).toMatchObject({ user, password, host: 'example.com' });
  expect(parseNameAddr(request.headers.get('To')!)?.displayName).toBe('BEL:\u0007 NUL:\u0000 DEL:\u007f');
  const from = parseNameAddr(request.headers.get('From')!);
  expect(from?.displayName).toBe("token1~` token2'+_ token3*%!.-");
  expect(from?.params.get('tag')).toBe("_token~1'+`*%!-.");
  expect(from?.params.get("fromparam''~+*_!.-%")).toBe('"работающий"');
  expect(request.headers.get("EXTENSIONHEADER-!.%*+_`'~")).toBe('大停電');
});

const plain = `Max-Forwards: 70
Call-ID: torture@192.0.2.1
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw
`;
const addressed = `${plain}From: <sip:caller@example.net>;tag=323
To: sip:j.user@example.com
`;

test('esc01 (§3.1.1.3): escapes in URIs mean the character, reserved ones stay escaped', () => {
  const request = requestOf(`INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0
${plain}To: sip:%75se%72@example.com
From: <sip:I%20have%20spaces@example.net>;tag=938
CSeq: 234234 INVITE
Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(parseUri(request.uri)).toMatchObject({ user: 'sips%3Auser%40example.com', host: 'example.net' });
  expect(parseNameAddr(request.headers.get('To')!)?.uri.user).toBe('user');
  expect(parseNameAddr(request.headers.get('From')!)?.uri.user).toBe('I%20have%20spaces');
  const contact = parseNameAddr(request.headers.get('Contact')!)!.uri;
  expect(contact.user).toBe('caller');
  expect([...contact.params]).toEqual([
    ['lr', ''],
    ['name', 'v%61lue%25%34%31'],
  ]);
});

test('escnull (§3.1.1.4): escaped NULs are characters like others', () => {
  const request = requestOf(`REGISTER sip:example.com SIP/2.0
${plain}To: sip:null-%00-null@example.com
From: sip:null-%00-null@example.com;tag=839923423
CSeq: 14398234 REGISTER
Contact: <sip:%00@host5.example.com>
Contact: <sip:%00%00@host5.example.com>
L:0

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(parseNameAddr(request.headers.get('To')!)?.uri.user).toBe('null-%00-null');
  const contacts = parseContacts(request.headers.getAll('Contact'));
  expect(contacts).toMatchObject([{ uri: { user: '%00' } }, { uri: { user: '%00%00' } }]);
});

test('esc02 (§3.1.1.5): a percent sign in a method or display name is no escape', () => {
  const request = requestOf(`RE%47IST%45R sip:registrar.example.com SIP/2.0
${plain}To: "%Z%45" <sip:resource@example.com>
From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23
CSeq: 29344 RE%47IST%45R

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request.method).toBe('RE%47IST%45R');
  expect(parseNameAddr(request.headers.get('To')!)?.displayName).toBe('%Z%45');
});

test('lwsdisp (§3.1.1.6): no space between display name and bracket', () => {
  expect(parseNameAddr('caller<sip:caller@example.com>;tag=323')).toMatchObject({
    displayName: 'caller',
    params: new Map([['tag', '323']]),
  });
});

test('longreq (§3.1.1.7): long values of every kind', () => {
  const long = (word: string) => word.repeat(400);
  const request = requestOf(`INVITE sip:${'user'.repeat(50)}@example.com SIP/2.0
To: "I have a user name of ${long('extreme ')}proportion"<sip:user@example.com:6000;unknownparam1=${long('v')};${long('n')}>
From: sip:amazinglylong${long('a')}callername@example.net;tag=12${long('9')}424
${Array.from({ length: 34 }, (_, hop) => `v: SIP/2.0/TCP sip${hop}.example.com`).join('\n')}
Call-ID: longreq.one${long('really')}longcallid
CSeq: 3882340 INVITE
Max-Forwards: 70
Unknown-${long('Long')}-Name: ${long('value ')}
Contact: <sip:amazinglylongcallername@host5.example.net>

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request.headers.list('Via')).toHaveLength(34);
});

test('dblreq (§3.1.1.8): octets behind the body are not looked at', () => {
  const request = requestOf(`REGISTER sip:example.com SIP/2.0
${addressed}CSeq: 8 REGISTER
Content-Length: 0

INVITE sip:joe@example.com SIP/2.0
${addressed}CSeq: 8 INVITE

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request).toMatchObject({ method: 'REGISTER', body: '' });
});

test('semiuri (§3.1.1.9): semicolons before the @ belong to the user', () => {
  expect(parseUri('sip:user;par=u%40example.net@example.com')).toMatchObject({
    user: 'user;par=u%40example.net',
    host: 'example.com',
    params: new Map(),
  });
});

test('transports (§3.1.1.10): transports that nobody knows', () => {
  const names = ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'];
  const request = requestOf(`OPTIONS sip:user@example.com SIP/2.0
To: sip:user@example.com
From: <sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: transports.kijh4akdnaqjkwendsasfdj
CSeq: 60 OPTIONS
${names.map((name, hop) => `Via: SIP/2.0/${name} t${hop}.example.com;branch=z9hG4bK${hop}`).join('\n')}
l: 0

`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request.headers.list('Via').map((via) => parseVia(via)?.transport)).toEqual(names);
});

test('mpart01 (§3.1.1.11): a body with octets that are no text does not spoil the headers', () => {
  const body = Buffer.from([
    0x2d, 0x2d, 0x37, 0x0d, 0x0a, 0x30, 0x82, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x0d, 0x0a,
  ]);
  const head = wire(`MESSAGE sip:kumiko@example.org SIP/2.0
${addressed}CSeq: 1 MESSAGE
Content-Type: multipart/mixed;boundary=7
Content-Length: ${body.length}

`);

  const result = parseMessage(Buffer.concat([head, body]));

  expect(result).toMatchObject({ ok: true, message: { method: 'MESSAGE' } });
});

test('unreason (§3.1.1.12): a reason phrase in any script', () => {
  const response = responseOf(`SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять - простое
${addressed}CSeq: 35 INVITE
Contact: <sip:user@host198.example.com>

`);

  expect(checkResponse(response)).toBeUndefined();
  expect(response.reason).toBe('= 2**3 * 5**2 но сто девяносто девять - простое');
});

test('noreason (§3.1.1.13): an empty reason phrase', () => {
  expect(responseOf(`SIP/2.0 100 \n${addressed}CSeq: 35 INVITE\n\n`)).toMatchObject({
    status: 100,
    reason: '',
  });
});

const invite = (start: string, headers: string) => `${start}\n${headers}CSeq: 8 INVITE\n\n`;
const ok = 'INVITE sip:user@example.com SIP/2.0';

for (const [name, text, reason] of [
  [
    'badinv01 (§3.1.2.1): extra separators in Via',
    invite(ok, addressed.replace('branch=z9hG4bKkdjuw', ';,;,,')),
    'Malformed Via',
  ],
  [
    'badinv01 (§3.1.2.1): extra separators in Contact',
    invite(ok, `${addressed}Contact: "Joe" <sip:joe@example.org>;;;;\n`),
    'Malformed Contact',
  ],
  [
    'scalar02 (§3.1.2.4): CSeq beyond 2^31',
    `REGISTER sip:example.com SIP/2.0\n${addressed}CSeq: 36893488147419103232 REGISTER\n\n`,
    'Malformed CSeq',
  ],
  [
    'scalar02 (§3.1.2.4): Max-Forwards beyond 255',
    invite(ok, addressed.replace('70', '300')),
    'Malformed Max-Forwards',
  ],
  [
    'quotbal (§3.1.2.6): a quoted string that never ends',
    invite(ok, addressed.replace('To: ', 'To: "Mr. J. User <').replace('.com', '.com>')),
    'Malformed To',
  ],
  [
    'ltgtruri (§3.1.2.7): brackets around the Request-URI',
    invite('INVITE <sip:user@example.com> SIP/2.0', addressed),
    'Malformed Request-URI',
  ],
  [
    'escruri (§3.1.2.11): headers in the Request-URI',
    invite('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0', addressed),
    'Malformed Request-URI',
  ],
  [
    'regbadct (§3.1.2.13): a Contact that needs brackets',
    `REGISTER sip:example.com SIP/2.0\n${addressed}CSeq: 8 REGISTER\nContact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\n\n`,
    'Malformed Contact',
  ],
  [
    'badaspec (§3.1.2.14): spaces within the brackets',
    invite(ok, addressed.replace('sip:j.user@example.com', '"Watson, Thomas" < sip:t.watson@example.org >')),
    'Malformed To',
  ],
  [
    'baddn (§3.1.2.15): a comma in a display name without quotes',
    invite(ok, addressed.replace('<sip:caller', 'Bell, Alexander <sip:caller')),
    'Malformed From',
  ],
  [
    'mismatch01 (§3.1.2.17): CSeq of another method',
    `OPTIONS sip:user@example.com SIP/2.0\n${addressed}CSeq: 8 INVITE\n\n`,
    'CSeq does not match the method',
  ],
  [
    'mismatch02 (§3.1.2.18): CSeq of another method, the method unknown',
    `NEWMETHOD sip:user@example.com SIP/2.0\n${addressed}CSeq: 8 INVITE\n\n`,
    'CSeq does not match the method',
  ],
  ['insuf (§3.3.1): no From', invite(ok, addressed.replace(/From.*\n/, '')), 'Missing From'],
  ['multi01 (§3.3.8): two Call-IDs', invite(ok, `${addressed}Call-ID: other\n`), 'More than one Call-ID'],
  ['multi01 (§3.3.8): two CSeqs', invite(ok, `${addressed}CSeq: 9 INVITE\n`), 'More than one CSeq'],
  [
    'multi01 (§3.3.8): two Max-Forwards',
    invite(ok, `${addressed}Max-Forwards: 5\n`),
    'More than one Max-Forwards',
  ],
  [
    'unksm2 (§3.3.4): a To that is no SIP address',
    invite(ok, addressed.replace('sip:j.user@example.com', 'isbn:2983792873')),
    'Malformed To',
  ],
] as const) {
  test(`${name} is refused with 400`, () => {
    expect(checkRequest(requestOf(text))).toEqual({ status: 400, reason });
  });
}

for (const [name, text, reason] of [
  [
    'clerr (§3.1.2.2): Content-Length larger than the datagram',
    invite(ok, `${addressed}Content-Length: 9999\n`),
    'Body shorter than Content-Length',
  ],
  [
    'ncl (§3.1.2.3): a negative Content-Length',
    invite(ok, `${addressed}Content-Length: -999\n`),
    'Malformed Content-Length',
  ],
  [
    'mcl01 (§3.3.9): two Content-Lengths that differ',
    invite(ok, `${addressed}Content-Length: 8\nContent-Length: 5\n`),
    'Malformed Content-Length',
  ],
  [
    'lwsruri (§3.1.2.8): a space in the Request-URI',
    invite('INVITE sip:user@example.com; lr SIP/2.0', addressed),
    'Malformed request line',
  ],
  [
    'lwsstart (§3.1.2.9): two spaces in the request line',
    invite('INVITE  sip:user@example.com  SIP/2.0', addressed),
    'Malformed request line',
  ],
  [
    'trws (§3.1.2.10): spaces at the end of the request line',
    invite('OPTIONS sip:remote-target@example.com SIP/2.0  ', addressed),
    'Malformed request line',
  ],
] as const) {
  test(`${name} does not parse`, () => {
    expect(faultOf(text)).toMatchObject({ status: 400, reason });
  });
}

test('badvers (§3.1.2.16): another version is answered 505', () => {
  const fault = faultOf(invite('OPTIONS sip:t.watson@example.org SIP/7.0', addressed));

  expect(fault.status).toBe(505);
  expect(canAnswer(fault.request!)).toBe(true);
});

test('baddate (§3.1.2.12): a Date that means nothing to us hurts nobody', () => {
  const request = requestOf(invite(ok, `${addressed}Date: Fri, 01 Jan 2010 16:00:00 EST\n`));

  expect(checkRequest(request)).toBeUndefined();
  expect(request.headers.list('Date')).toEqual(['Fri, 01 Jan 2010 16:00:00 EST']);
});

test('scalarlg (§3.1.2.5): a response with a CSeq beyond 2^31 is dropped', () => {
  const response = responseOf(
    `SIP/2.0 503 Service Unavailable\n${addressed}CSeq: 9292394834772304023312 OPTIONS\n\n`,
  );

  expect(checkResponse(response)).toEqual({ reason: 'Malformed CSeq' });
});

test('bigcode (§3.1.2.19): a status code beyond all numbers is dropped', () => {
  expect(
    faultOf(`SIP/2.0 4294967301 better not break the receiver\n${addressed}CSeq: 35 INVITE\n\n`),
  ).toEqual({
    ok: false,
    status: 400,
    reason: 'Malformed status line',
  });
});

test('badbranch (§3.2.1): a branch with nothing behind the cookie is for the transactions to judge', () => {
  const request = requestOf(invite(ok, addressed.replace('z9hG4bKkdjuw', 'z9hG4bK')));

  expect(checkRequest(request)).toBeUndefined();
});

for (const [name, uri] of [
  ['unkscm (§3.3.2)', 'nobodyKnowsThisScheme:totallyopaquecontent'],
  ['novelsc (§3.3.3)', 'soap.beep://192.0.2.103:3002'],
] as const) {
  test(`${name}: a scheme we do not know is answered 416`, () => {
    expect(checkRequest(requestOf(invite(`INVITE ${uri} SIP/2.0`, addressed)))).toMatchObject({
      status: 416,
    });
  });
}

test('bcast (§3.3.10): a response that belongs to another is recognised', () => {
  const response = responseOf(`SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923
Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23
To: <sip:a@example.net>;tag=2
From: <sip:b@example.net>;tag=1
Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf
CSeq: 35 INVITE

`);

  expect(isSentBy(response, { host: '192.0.2.198', port: 5060 })).toBe(true);
  expect(isSentBy(response, { host: '192.0.2.198', port: 5062 })).toBe(false);
  expect(isSentBy(response, { host: '192.0.2.4', port: 5060 })).toBe(false);
});

test('cparam02 (§3.3.13): parameters inside brackets are the URI’s, behind them the header’s', () => {
  const [inside] = parseContacts(['<sip:+19725552222@gw1.example.net;unknownparam>']) as never[];
  const [behind] = parseContacts(['sip:+19725552222@gw1.example.net;unknownparam']) as never[];

  expect(inside).toMatchObject({ uri: { params: new Map([['unknownparam', '']]) }, params: new Map() });
  expect(behind).toMatchObject({ uri: { params: new Map() }, params: new Map([['unknownparam', '']]) });
});

test('inv2543 (§3.4.1): an INVITE of the first RFC, without branch, tag, Max-Forwards and Content-Length', () => {
  const request = requestOf(`INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Content-Type: application/sdp

v=0
`);

  expect(checkRequest(request)).toBeUndefined();
  expect(request.body).toBe('v=0\r\n');
});
