import { expect, test } from 'vitest';
import { MessageFramer } from '../src/framing.ts';
import type { Frame } from '../src/framing.ts';
import { defaultLimits } from '../src/limits.ts';
import { optionsBytes } from './transport-contract.ts';

const named = (frames: Frame[]) =>
  frames.map((frame) => {
    if (frame.type === 'message') return frame.message.headers.get('Call-ID');
    return frame.type === 'ping'
      ? 'ping'
      : `${frame.isFatal ? 'fatal' : 'fault'} ${frame.fault.status} ${frame.fault.reason}`;
  });
const framed = (text: string | Buffer, limits = defaultLimits) =>
  named(new MessageFramer(limits).push(Buffer.from(text)));

test('a message that comes byte by byte is one message', () => {
  const framer = new MessageFramer(defaultLimits);
  const bytes = optionsBytes({ body: 'hällo' });

  const frames = [...bytes].map((byte) => named(framer.push(Buffer.from([byte]))));

  expect(frames.slice(0, -1).flat()).toEqual([]);
  expect(frames.at(-1)).toEqual(['c1']);
});

test('several messages in one piece are several messages', () => {
  const three = ['a', 'b', 'c'].map((callId) => optionsBytes({ callId, body: 'x'.repeat(10) }));

  expect(framed(Buffer.concat(three))).toEqual(['a', 'b', 'c']);
});

test('a double CRLF between messages is a ping, a single one is nothing', () => {
  const message = optionsBytes().toString();

  expect(framed(`\r\n\r\n${message}\r\n${message}\r\n\r\n\r\n\r\n\r\n${message}`)).toEqual([
    'ping',
    'c1',
    'c1',
    'ping',
    'ping',
    'c1',
  ]);
});

test('a ping in pieces is one ping, and it does not begin a message', () => {
  const framer = new MessageFramer(defaultLimits);

  const frames = ['\r', '\n', '\r', '\n'].map((piece) => named(framer.push(Buffer.from(piece))));

  expect(frames).toEqual([[], [], [], ['ping']]);
  expect(framer.isMidMessage).toBe(false);
});

test('it knows whether a message has begun', () => {
  const framer = new MessageFramer(defaultLimits);
  const seen = ['OPT', optionsBytes({ body: 'body' }).subarray(3, -1), 'y', '\r\n'].map((piece) => {
    framer.push(Buffer.from(piece));
    return framer.isMidMessage;
  });

  expect(seen).toEqual([true, true, false, false]);
});

const good = optionsBytes({ callId: 'next' }).toString();
const bad = (from: string | RegExp, to: string) => optionsBytes().toString().replace(from, to);

for (const [what, stream, frames] of [
  ['another version', bad('SIP/2.0\r', 'SIP/3.0\r') + good, ['fault 505 Version Not Supported', 'next']],
  ['a malformed header', bad('Max-F', 'Max F') + good, ['fault 400 Malformed header line', 'next']],
  ['no Content-Length', bad(/Content-Length.*\r\n/, '') + good, ['fatal 400 Missing Content-Length']],
  [
    'a malformed Content-Length',
    bad('Length: 0', 'Length: x') + good,
    ['fatal 400 Malformed Content-Length'],
  ],
  [
    'two Content-Lengths that differ',
    bad('Length: 0', 'Length: 0\r\nl: 9') + good,
    ['fatal 400 Malformed Content-Length'],
  ],
  ['a lone CR in the headers', bad('70', '70\rl: 9') + good, ['fatal 400 CR without LF']],
  ['no start line', `nonsense\r\n\r\n${good}`, ['fatal 400 Malformed request line']],
  [
    'a Content-Length beyond the limit',
    bad('Length: 0', 'Length: 999999') + good,
    ['fatal 513 Message Too Large'],
  ],
] as const) {
  test(`${what}: ${frames.length > 1 ? 'the next message is still found' : 'nothing behind it can be trusted'}`, () => {
    expect(framed(stream)).toEqual(frames);
  });
}

test('headers without end are refused at the limit, and nothing is kept', () => {
  const framer = new MessageFramer({ ...defaultLimits, headerBytes: 500 });
  const piece = Buffer.from('X-Filler: abcdefghijklmnopqrstuvwxyz\r\n');
  const frames: Frame[] = framer.push(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n'));

  for (let count = 0; count < 20; count++) frames.push(...framer.push(piece));

  expect(named(frames)).toEqual(['fatal 513 Headers too large']);
  expect(framer.isMidMessage).toBe(false);
});
