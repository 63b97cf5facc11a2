import { expect, test } from 'vitest';
import { Headers } from '../src/headers.ts';
import { makeResponse } from '../src/make.ts';
import type { SipMessage } from '../src/message.ts';
import { parseMessage } from '../src/parse.ts';
import { reasonPhrase } from '../src/reason-phrases.ts';
import { writeMessage } from '../src/write.ts';
import { requestOf } from './text.ts';

const invite = requestOf(`INVITE sip:bob@biloxi.example SIP/2.0
Via: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/TCP b;branch=z9hG4bK2
Via: SIP/2.0/UDP c;branch=z9hG4bK3
Record-Route: <sip:p1;lr>
Record-Route: <sip:p2;lr>
Timestamp: 54
To: Bob <sip:bob@biloxi.example>
From: Alice <sip:alice@atlanta.example>;tag=1
Call-ID: call
CSeq: 1 INVITE
Contact: <sip:alice@pc>

`);

test('a message is written with the Content-Length that its body has', () => {
  const message: SipMessage = {
    kind: 'response',
    status: 200,
    reason: 'OK',
    headers: new Headers([
      ['Content-Length', '999'],
      ['l', '998'],
      ['t', '<sip:a@b>'],
    ]),
    body: '你好\r\n',
  };

  expect(writeMessage(message).toString()).toBe(
    'SIP/2.0 200 OK\r\nTo: <sip:a@b>\r\nContent-Length: 8\r\n\r\n你好\r\n',
  );
});

test('what is written parses to the same', () => {
  const result = parseMessage(writeMessage({ ...invite, body: 'v=0\r\n' }));

  expect(result).toMatchObject({ ok: true, message: { method: 'INVITE', uri: invite.uri, body: 'v=0\r\n' } });
  expect(result.ok && [...result.message.headers].slice(0, -1)).toEqual([...invite.headers]);
});

for (const [what, change, code] of [
  ['a line end in the Request-URI', { uri: 'sip:a@b SIP/2.0\r\nX-Evil: 1\r\nX:' }, 'invalid-uri'],
  ['a space in the Request-URI', { uri: 'sip:a b@c' }, 'invalid-uri'],
  ['an empty Request-URI', { uri: '' }, 'invalid-uri'],
  ['a method that is no token', { method: 'IN VITE' }, 'invalid-message'],
] as const) {
  test(`${what} is refused`, () => {
    expect(() => writeMessage({ ...invite, ...change })).toThrow(
      expect.objectContaining({ name: 'SipError', code }),
    );
  });
}

test('a reason phrase with a line end and a status that is none are refused', () => {
  const response = makeResponse(invite, 200);

  for (const change of [{ reason: 'OK\r\nX-Evil: 1' }, { status: 99 }, { status: 700 }, { status: 200.5 }]) {
    expect(() => writeMessage({ ...response, ...change })).toThrow(
      expect.objectContaining({ code: 'invalid-message' }),
    );
  }
});

test('a response copies what RFC 3261 §8.2.6 says, in order', () => {
  const response = makeResponse(invite, 180, { toTag: 't', headers: [['Contact', '<sip:bob@here>']] });

  expect(response).toMatchObject({ status: 180, reason: 'Ringing', body: '' });
  expect([...response.headers]).toEqual([
    ['Via', 'SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/TCP b;branch=z9hG4bK2'],
    ['Via', 'SIP/2.0/UDP c;branch=z9hG4bK3'],
    ['Record-Route', '<sip:p1;lr>'],
    ['Record-Route', '<sip:p2;lr>'],
    ['From', 'Alice <sip:alice@atlanta.example>;tag=1'],
    ['To', 'Bob <sip:bob@biloxi.example>;tag=t'],
    ['Call-ID', 'call'],
    ['CSeq', '1 INVITE'],
    ['Contact', '<sip:bob@here>'],
  ]);
});

test('a To that has a tag keeps it', () => {
  const inDialog = {
    ...invite,
    headers: invite.headers.clone().set('To', '<sip:bob@biloxi.example>;tag=old'),
  };

  expect(makeResponse(inDialog, 200, { toTag: 'new' }).headers.get('To')).toBe(
    '<sip:bob@biloxi.example>;tag=old',
  );
});

test('only a 100 copies Timestamp, and a refusal no Record-Route', () => {
  expect(makeResponse(invite, 100).headers.get('Timestamp')).toBe('54');
  expect(makeResponse(invite, 180).headers.has('Timestamp')).toBe(false);
  expect(makeResponse(invite, 486).headers.has('Record-Route')).toBe(false);
});

test('a body is SDP unless the caller says otherwise', () => {
  const typeOf = (options: Parameters<typeof makeResponse>[2]) =>
    makeResponse(invite, 200, options).headers.get('Content-Type');

  expect(typeOf({ body: 'v=0\r\n' })).toBe('application/sdp');
  expect(typeOf({ body: 'x', contentType: 'text/plain' })).toBe('text/plain');
  expect(typeOf({ body: 'x', headers: [['Content-Type', 'text/html']] })).toBe('text/html');
  expect(typeOf({})).toBeUndefined();
});

test('a status nobody named has the reason of its class', () => {
  expect([486, 499, 299, 699].map(reasonPhrase)).toEqual([
    'Busy Here',
    'Client Error',
    'OK',
    'Global Failure',
  ]);
});
