import { expect, test } from 'vitest';
import { checkRequest } from '../src/check.ts';
import { withDefaultLimits } from '../src/limits.ts';
import { canAnswer } from '../src/make.ts';
import { parseMessage } from '../src/parse.ts';
import { faultOf, requestOf, responseOf, wire } from './text.ts';

const headers = `Via: SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776asdhds
Max-Forwards: 70
To: Bob <sip:bob@biloxi.example>
From: Alice <sip:alice@atlanta.example>;tag=1928301774
Call-ID: a84b4c76e66710@pc33.atlanta.example
CSeq: 314159 OPTIONS
`;
const options = (more = '', body = '') =>
  `OPTIONS sip:bob@biloxi.example SIP/2.0\n${headers}${more}\n${body}`;

test('a request is its method, URI, headers in order and body', () => {
  const request = requestOf(options('Content-Type: text/plain\nContent-Length: 5\n', 'hallo'));

  expect(request).toMatchObject({
    kind: 'request',
    method: 'OPTIONS',
    uri: 'sip:bob@biloxi.example',
    body: 'hallo',
  });
  expect([...request.headers].map(([name]) => name)).toEqual([
    'Via',
    'Max-Forwards',
    'To',
    'From',
    'Call-ID',
    'CSeq',
    'Content-Type',
    'Content-Length',
  ]);
  expect(checkRequest(request)).toBeUndefined();
});

test('a response is its status, reason, headers and body', () => {
  expect(responseOf(`SIP/2.0 486 Busy Here\n${headers}\n`)).toMatchObject({
    status: 486,
    reason: 'Busy Here',
    body: '',
  });
  expect(responseOf(`sip/2.0 486\n${headers}\n`)).toMatchObject({ status: 486, reason: '' });
});

test('lines that end in LF alone are read', () => {
  const result = parseMessage(Buffer.from(options('Content-Length: 5\n', 'hallo')));

  expect(result).toMatchObject({ ok: true, message: { method: 'OPTIONS', body: 'hallo' } });
});

test('line ends before a message are skipped', () => {
  expect(parseMessage(Buffer.concat([wire('\n\n\n'), wire(options())])).ok).toBe(true);
});

test('a body is counted in bytes, not in letters', () => {
  const body = '你好';

  expect(requestOf(options('Content-Length: 6\n', body)).body).toBe(body);
  expect(faultOf(options('Content-Length: 7\n', body)).status).toBe(400);
});

test('without Content-Length the rest of the datagram is the body', () => {
  expect(requestOf(options('', 'hallo')).body).toBe('hallo');
});

test('a header that is not UTF-8 is read as Latin-1, as old phones mean it', () => {
  const bytes = Buffer.from(wire(options('Subject: Grün\n')).toString('utf8'), 'latin1');

  const result = parseMessage(bytes);

  expect(result.ok && result.message.headers.get('Subject')).toBe('Grün');
});

for (const [what, text, reason] of [
  ['nothing', '', 'Malformed request line'],
  ['no empty line', options().slice(0, -1), 'No empty line after the headers'],
  ['a line without a colon', options('no header\n'), 'Malformed header line'],
  ['a header name with a space', options('Bad Name: x\n'), 'Malformed header line'],
  [
    'a folded line before the first header',
    `OPTIONS sip:b@example.com SIP/2.0\n folded\n${headers}\n`,
    'Malformed header line',
  ],
  [
    'a Content-Length that is no number',
    options('Content-Length: 5x\n', 'hallo'),
    'Malformed Content-Length',
  ],
  ['HTTP', `GET / HTTP/1.1\nHost: example.com\n\n`, 'Malformed request line'],
  ['a status beyond 699', `SIP/2.0 700 What\n${headers}\n`, 'Malformed status line'],
] as const) {
  test(`${what} is refused with 400`, () => {
    expect(faultOf(text)).toMatchObject({ ok: false, status: 400, reason });
  });
}

test('a CR without LF could make two readers see two messages, so it is refused', () => {
  const fault = parseMessage(Buffer.from(wire(options()).toString().replace('70', '70\rX-Evil: 1')));

  expect(fault).toMatchObject({ ok: false, status: 400, reason: 'CR without LF' });
  expect(!fault.ok && fault.request?.headers.get('Max-Forwards')).toBe('70 X-Evil: 1');
});

test('a fault shows the request as far as it could be read, so that it can be answered', () => {
  const fault = faultOf(options('no header\nSubject: after it\n'));

  expect(canAnswer(fault.request!)).toBe(true);
  expect(fault.request?.headers.get('Subject')).toBe('after it');
});

test('an ACK is never answered, and neither is a request without Via', () => {
  expect(canAnswer(requestOf(options().replaceAll('OPTIONS', 'ACK')))).toBe(false);
  expect(canAnswer(requestOf(options().replace(/Via.*\n/, '')))).toBe(false);
});

for (const [limit, text, status] of [
  [{ messageBytes: 400 }, options('Content-Length: 300\n', 'x'.repeat(300)), 513],
  [{ headerBytes: 400 }, options(`Subject: ${'x'.repeat(300)}\n`), 513],
  [{ headerCount: 6 }, options('Subject: one too many\n'), 513],
  [{ startLineBytes: 30 }, options(), 414],
] as const) {
  test(`beyond ${JSON.stringify(limit)} a message is refused with ${status}, within it is taken`, () => {
    expect(parseMessage(wire(text), withDefaultLimits(limit))).toMatchObject({ ok: false, status });
    expect(parseMessage(wire(text), withDefaultLimits()).ok).toBe(true);
  });
}

test('a request beyond a limit can still be answered', () => {
  const fault = parseMessage(wire(options()), withDefaultLimits({ startLineBytes: 30 }));

  expect(!fault.ok && fault.request && canAnswer(fault.request)).toBe(true);
});
