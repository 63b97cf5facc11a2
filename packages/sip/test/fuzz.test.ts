import { fuzzed } from '@soft-handset/parts/seeded';
import { expect, test } from 'vitest';
import { checkRequest, checkResponse } from '../src/check.ts';
import { parseChallenges, parseDigestCredentials } from '../src/digest-parse.ts';
import { MessageFramer } from '../src/framing.ts';
import { defaultLimits } from '../src/limits.ts';
import { canAnswer, makeResponse } from '../src/make.ts';
import type { SipMessage } from '../src/message.ts';
import { formatNameAddr, parseContacts, parseNameAddr } from '../src/name-addr.ts';
import { parseMessage } from '../src/parse.ts';
import { isSentBy, markReceived } from '../src/received.ts';
import { formatUri, parseUri, sameUri } from '../src/uri.ts';
import { formatVia, parseVia } from '../src/via.ts';
import { writeMessage } from '../src/write.ts';
import { wire } from './text.ts';

const seeds = [
  `INVITE sip:bob@biloxi.example;transport=udp SIP/2.0
Via: SIP/2.0/UDP pc33.atlanta.example:5060;branch=z9hG4bK776asdhds;rport, SIP/2.0/TCP [2001:db8::1]:5062;received=::1
Max-Forwards: 70
Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>
To: "Bob \\"B\\"" <sip:bob@biloxi.example>
From: Alice <sip:alice%40x@atlanta.example:5060?a=b>;tag=1928301774
Call-ID: a84b4c76e66710@pc33.atlanta.example
CSeq: 314159 INVITE
Contact: "A, B" <sip:alice@pc33.atlanta.example;ob>;q=0.7;+sip.instance="<urn:uuid:1>", <tel:+1-201-555-0123>
Authorization: Digest username="alice", realm="r", nonce="n", uri="sip:bob", response="0", qop=auth, nc=00000001, cnonce="c"
Subject: folded
 line
Content-Type: application/sdp
Content-Length: 8

v=0
o=a`,
  `SIP/2.0 401 Unauthorized
v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
t: <sip:alice@atlanta.example>;tag=2
f: <sips:alice@atlanta.example>;tag=1
i: x
CSeq: 2 REGISTER
WWW-Authenticate: Digest realm="a, b", nonce="1", qop="auth,auth-int", algorithm=SHA-256, Digest realm="c", nonce="2"
m: *
l: 0

`,
].map(wire);

const splices = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '"',
  '\\',
  '<',
  '>',
  '@',
  '%',
  '=',
  '[',
  ']',
  '\0',
  'ÿ',
  '你',
  'Via: ',
  'Content-Length: 99999999999999999999\r\n',
  'SIP/2.0',
];

function mutate(seed: Buffer, random: () => number): Buffer {
  const below = (end: number): number => Math.floor(random() * end);
  let bytes = Buffer.from(seed);
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(bytes.length + 1);
    const end = Math.min(bytes.length, at + below(30));
    const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    switch (below(6)) {
      case 0:
        bytes = Buffer.concat([before, after]);
        break;
      case 1:
        bytes = Buffer.concat([before, middle, middle, after]);
        break;
      case 2:
        bytes = Buffer.concat([before, Buffer.from(splices[below(splices.length)]!), middle, after]);
        break;
      case 3:
        bytes = Buffer.concat([before, Buffer.from(middle.map(() => below(256))), after]);
        break;
      case 4:
        bytes = Buffer.concat([after, middle, before]);
        break;
      default:
        bytes = Buffer.from(before);
    }
  }
  return bytes;
}

/** All that the layers above do with a message from outside. */
function use(message: SipMessage): void {
  if (message.kind === 'request') markReceived(message, '192.0.2.7', 40_000);
  const fault = message.kind === 'request' ? checkRequest(message) : checkResponse(message);
  isSentBy(message, { host: '192.0.2.1', port: 5060 });
  for (const [name, value] of message.headers) {
    for (const element of [value, ...message.headers.list(name)]) {
      const address = parseNameAddr(element);
      if (address) expect(parseNameAddr(formatNameAddr(address))).toEqual(address);
      const via = parseVia(element);
      if (via) expect(parseVia(formatVia(via))).toEqual(via);
    }
    parseContacts([value]);
    parseChallenges([value]);
    parseDigestCredentials(value);
  }
  if (message.kind !== 'request') return;
  const uri = parseUri(message.uri);
  if (uri) expect(sameUri(parseUri(formatUri(uri))!, uri)).toBe(true);
  if (fault) return;
  expect(parseMessage(writeMessage(message)).ok).toBe(true);
}

test('20,000 mutated messages: nothing throws, and whatever can be answered gets an answer that parses', () => {
  const random = fuzzed(2543);
  const counts = { parsed: 0, faults: 0, answered: 0 };

  for (let round = 0; round < 20_000; round++) {
    const result = parseMessage(mutate(seeds[round % seeds.length]!, random));
    counts[result.ok ? 'parsed' : 'faults']++;
    if (result.ok) use(result.message);
    const request = result.ok ? result.message : result.request;
    if (request?.kind !== 'request' || !canAnswer(request)) continue;
    const answer = makeResponse(request, result.ok ? 200 : result.status, { toTag: 'us' });
    expect(parseMessage(writeMessage(answer))).toMatchObject({ ok: true, message: { kind: 'response' } });
    counts.answered++;
  }

  // The mutations are neither so gentle that all parse nor so rough that none does.
  expect(counts.parsed).toBeGreaterThan(4_000);
  expect(counts.faults).toBeGreaterThan(4_000);
  expect(counts.answered).toBeGreaterThan(2_000);
}, 300_000);

test('5,000 mutated streams in random pieces: nothing throws, and the pieces make no difference', () => {
  const random = fuzzed(3261);
  const limits = { ...defaultLimits, messageBytes: 5_000, headerBytes: 3_000 };

  for (let round = 0; round < 5_000; round++) {
    const stream = Buffer.concat([mutate(seeds[0]!, random), seeds[1]!, mutate(seeds[1]!, random)]);
    const whole = new MessageFramer(limits).push(stream);
    const framer = new MessageFramer(limits);
    const pieces = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + Math.floor(random() * 200);
      pieces.push(...framer.push(stream.subarray(at, end)));
      at = end;
    }
    expect(pieces.map(summary)).toEqual(whole.map(summary));
  }
}, 300_000);

function summary(frame: ReturnType<MessageFramer['push']>[number]): unknown {
  if (frame.type !== 'message') return { ...frame, fault: undefined };
  return { ...frame.message, headers: [...frame.message.headers] };
}
