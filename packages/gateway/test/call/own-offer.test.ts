import { expect, test } from 'vitest';
import { narrows, ownOffer } from '../../src/call/own-offer.ts';

const audio = (payloads: string, ...lines: string[]): string =>
  ['v=0', `m=audio 4000 RTP/AVP ${payloads}`, ...lines, 'm=video 4002 RTP/AVP 8', ''].join('\r\n');

const cases: readonly [what: string, answer: string, offer: string, expected: boolean][] = [
  ['the same first codec', audio('8 0'), audio('8 0 9'), false],
  ['fewer, the first one kept', audio('8'), audio('8 0 9'), false],
  ['another first codec', audio('0 8'), audio('8 0 9'), true],
  ['a static number with and without its rtpmap', audio('8', 'a=rtpmap:8 pcma/8000'), audio('8'), false],
  [
    'the same number for another codec',
    audio('96', 'a=rtpmap:96 speex/8000'),
    audio('96', 'a=rtpmap:96 opus/48000/2'),
    true,
  ],
  ['no audio in the answer', 'v=0\r\nm=video 4002 RTP/AVP 97\r\n', audio('8'), true],
  ['no audio in the offer', audio('8'), 'v=0\r\n', false],
];

test.each(cases)('%s', (_, answer, offer, expected) => {
  expect(narrows(answer, offer)).toBe(expected);
});

test('an offer of our own names the sink, and video only where it is wanted', () => {
  const sink = { host: '192.0.2.9', port: 4000 };

  expect(ownOffer(sink, false)).toContain('c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 ');
  expect(ownOffer(sink, false)).not.toContain('m=video');
  expect(ownOffer(sink, true)).toContain('m=video 4000 RTP/AVP 97 98\r\n');
});
