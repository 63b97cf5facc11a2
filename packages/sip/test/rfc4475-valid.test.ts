import { expect, test } from 'vitest';
import { wire } from './text.ts';
import { expectCopied, sdp, torture, withBody } from './torture.ts';

/*
 * RFC 4475 §3.1.1: messages that look wrong and are not. Our own transcription, each through the whole stack; what the parser makes of
 * each part is in torture.test.ts.
 */

const offer = sdp.replaceAll('\n', '\r\n');

test('wsinv (§3.1.1.1): a call, in spite of white space and folds wherever they may be', async () => {
  const { statuses, response, calls } = await torture(
    withBody(
      `INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
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
`,
    ),
    'vivekg',
  );

  expect(statuses).toEqual([200]);
  expect(calls).toEqual([offer]);
  expectCopied(response, { 'Call-ID': 'wsinv.ndaksdj@192.0.2.1', From: 'tag = 98asjd8' });
  expect(response?.message.headers.list('Via')).toHaveLength(3);
});

test('wsinv (§3.1.1.1): with its To tag it is for a dialog that is not there', async () => {
  const { statuses, calls } = await torture(
    `INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
f : <sip:jdrosen@example.com> ; tag = 98asjd8
Call-ID: wsinv.2@192.0.2.1
cseq: 0009
  INVITE
v: SIP / 2.0 / UDP 192.0.2.2;branch=390skdjuw
m: <sip:jdrosen@example.com>
l: 0

`,
    'vivekg',
  );

  expect(statuses).toEqual([481]);
  expect(calls).toEqual([]);
});

test('intmeth (§3.1.1.2): a method of all characters there are is unknown, not malformed', async () => {
  const method = "!interesting-Method0123456789_*+`.%indeed'~";
  const user = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*";
  const request = `${method} sip:${user}:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0
Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-.!%66*_+\`'~
To: "BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~\` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="работающий";tag=_token~1'+\`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word\`~)(><:\\/"][?}{
CSeq: 139122385 ${method}
Max-Forwards: 255
extensionHeader-!.%*+_\`'~: 大停電
Content-Length: 0

`;

  const { statuses, response } = await torture(request, user);

  expect(statuses).toEqual([501]);
  expect(response?.header('Allow')).toContain('INVITE');
  expectCopied(response, {
    CSeq: `139122385 ${method}`,
    From: 'работающий',
    To: 'BEL:\\\u0007 NUL:\\\u0000',
  });
});

test('esc01 (§3.1.1.3): who is called is found behind the escapes, and a sips that is only text is no sips', async () => {
  const { statuses, calls } = await torture(
    withBody(`INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0
To: sip:%75se%72@example.com
From: <sip:I%20have%20spaces@example.net>;tag=938
Max-Forwards: 87
i: esc01.239409asdfakjkn23onasd0-3234
CSeq: 234234 INVITE
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw
C: application/sdp
Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>
`),
    'sips:user@example.com',
  );

  expect(statuses).toEqual([200]);
  expect(calls).toEqual([offer]);
});

test('escnull (§3.1.1.4): a REGISTER with escaped NULs reaches the registrar', async () => {
  const { statuses, owned } = await torture(`REGISTER sip:example.com SIP/2.0
To: sip:null-%00-null@example.com
From: sip:null-%00-null@example.com;tag=839923423
Max-Forwards: 70
Call-ID: escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd
CSeq: 14398234 REGISTER
Via: SIP/2.0/UDP host5.example.net;branch=z9hG4bKkdjuw
Contact: <sip:%00@host5.example.com>
Contact: <sip:%00%00@host5.example.com>
L:0

`);

  expect({ statuses, owned }).toEqual({ statuses: [200], owned: ['REGISTER'] });
});

test('esc02 (§3.1.1.5): RE%47IST%45R is not REGISTER', async () => {
  const { statuses, owned } = await torture(`RE%47IST%45R sip:user@registrar.example.com SIP/2.0
To: "%Z%45" <sip:resource@example.com>
From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23
Call-ID: esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf
Via: SIP/2.0/UDP host.example.com;branch=z9hG4bK209%fzsnel234
CSeq: 29344 RE%47IST%45R
Max-Forwards: 70
Contact: <sip:alias1@host1.example.com>
C%6Fntact: <sip:alias2@host2.example.com>
Contact: <sip:alias3@host3.example.com>
l: 0

`);

  expect({ statuses, owned }).toEqual({ statuses: [501], owned: [] });
});

test('longreq (§3.1.1.7): a call, in spite of long values of every kind', async () => {
  const long = (word: string) => word.repeat(30);
  const user = 'user'.repeat(8);
  const { statuses, response, calls } = await torture(
    withBody(`INVITE sip:${user}@example.com SIP/2.0
To: "I have a user name of ${long('extreme ')}proportion"<sip:user@example.com:6000;unknownparam1=very${long('long')}value;${long('long')}parametername=shortvalue;very${long('long')}WithNoValue>
F: sip:amazinglylong${long('a')}callername@example.net;tag=12982${long('9')}424;unknownheaderparam${long('name')}=unknown${long('value')}
Call-ID: longreq.one${long('really')}longcallid
CSeq: 3882340 INVITE
Unknown-${long('Long')}-Name: unknown-${long('long')}-value; ${long('param')}=x
Via: SIP/2.0/UDP sip33.example.com
${Array.from({ length: 33 }, (_, hop) => `v: SIP/2.0/TCP sip${hop}.example.com;branch=very${long('long')}${hop}`).join('\n')}
Max-Forwards: 70
Contact: <sip:amazinglylongcallername@host5.example.net>
Content-Type: application/sdp
`),
    user,
  );

  expect(statuses).toEqual([200]);
  expect(calls).toEqual([offer]);
  expect(response?.message.headers.list('Via')).toHaveLength(34);
});

test('dblreq (§3.1.1.8): what stands behind the body in the datagram is no second request', async () => {
  const { statuses, owned, calls } = await torture(`REGISTER sip:example.com SIP/2.0
To: sip:j.user@example.com
From: sip:j.user@example.com;tag=43251j3j324
Max-Forwards: 8
I: dblreq.0ha0isndaksdj99sdfafnl3lk233412
Contact: sip:j.user@host.example.com
CSeq: 8 REGISTER
Via: SIP/2.0/UDP 192.0.2.125;branch=z9hG4bKkdjuw23492
Content-Length: 0


INVITE sip:user@example.com SIP/2.0
t: sip:user@example.com
From: sip:caller@example.net;tag=141334
Max-Forwards: 8
Call-ID: dblreq.0ha0isnda977644900765@192.0.2.15
CSeq: 8 INVITE
Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bKkdjuw380234
Contact: <sip:caller@host5.example.net>
Content-Length: 0

`);

  expect({ statuses, owned, calls }).toEqual({ statuses: [200], owned: ['REGISTER'], calls: [] });
});

const options = (uri: string, more = '', via = 'Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bKkdjuw\n') =>
  `OPTIONS ${uri} SIP/2.0
To: sip:user@example.com
From: caller<sip:caller@example.com>;tag=323
Max-Forwards: 70
Call-ID: options.1234abcd@funky.example.com
CSeq: 60 OPTIONS
${via}${more}l: 0

`;

for (const [name, text, user] of [
  ['lwsdisp (§3.1.1.6): no space between display name and bracket', options('sip:user@example.com'), 'user'],
  [
    'semiuri (§3.1.1.9): semicolons in the user part',
    options('sip:user;par=u%40example.net@example.com', 'Accept: application/sdp, application/pkcs7-mime\n'),
    'user;par=u@example.net',
  ],
  [
    'transports (§3.1.1.10): transports that nobody knows, below our own',
    options(
      'sip:user@example.com',
      '',
      ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']
        .map((transport, hop) => `Via: SIP/2.0/${transport} t${hop}.example.com;branch=z9hG4bKkdjuw${hop}\n`)
        .join(''),
    ),
    'user',
  ],
] as const) {
  test(`${name}: 200`, async () => {
    const { statuses, response } = await torture(text, user);

    expect(statuses).toEqual([200]);
    expect(response?.header('Allow')).toContain('INVITE');
  });
}

test('mpart01 (§3.1.1.11): a MESSAGE with a signature in octets that are no text is a MESSAGE', async () => {
  const body = Buffer.concat([
    wire(`--7a9cbec02ceef655
Content-Type: text/plain
Content-Transfer-Encoding: binary

Hello
--7a9cbec02ceef655
Content-Type: application/octet-stream
Content-Transfer-Encoding: binary

`),
    Buffer.from([0x30, 0x82, 0x01, 0x52, 0x06, 0x09, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x0d, 0x0a, 0x80]),
    wire('\n--7a9cbec02ceef655--\n'),
  ]);
  const head = wire(`MESSAGE sip:kumiko@example.org SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK-d87543-4dade06d0bdb11ee-1--d87543-;rport
Max-Forwards: 70
Identity: "r5mwreLuyDRYBi/0TiPwEsY3rEVsk/G2WxhgTV1PF7hHuLIK0YWVKZhKv9Mj8UeXqkMVbnVq37CD+813gvYjcBUaZngQmXc9WNZSDNGCzA=="
Identity-Info: <https://example.com/cert>;alg=rsa-sha1
t: <sip:kumiko@example.org>
From: <sip:fluffy@example.com>;tag=2fb0dcc9
Call-ID: 3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..
CSeq: 1 MESSAGE
Content-Transfer-Encoding: binary
Content-Type: multipart/mixed;boundary=7a9cbec02ceef655
Content-Length: ${body.length}

`);

  const { statuses, owned } = await torture(Buffer.concat([head, body]));

  expect({ statuses, owned }).toEqual({ statuses: [200], owned: ['MESSAGE'] });
});
