import { describe, expect, test } from 'vitest';
import { answerAgain, mediaIn, srtpIn } from '../../src/call/sdp-lines.ts';

const sdp = (version: number, ...media: string[]): string =>
  ['v=0', `o=- 1 ${version} IN IP4 192.0.2.1`, 's=-', ...media.map((m) => `m=${m} RTP/AVP 0`), ''].join(
    '\r\n',
  );

test.each([
  [sdp(1, 'audio 4000'), true, false],
  [sdp(1, 'audio 4000', 'video 4002'), true, true],
  [sdp(1, 'audio 4000', 'video 0'), true, false],
  [sdp(1, 'audio 0', 'video 4002/2'), false, true],
  [sdp(1, 'application 9'), false, false],
  ['garbage', false, false],
])('the media in an offer: %j', (text, audio, video) => {
  expect(mediaIn(text)).toEqual({ audio, video });
});

const key = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\n';

test.each([
  ['m=audio 4000 RTP/AVP 0\r\n', undefined],
  [`m=audio 4000 RTP/AVP 0\r\n${key}`, 'optional'],
  [`m=audio 4000 RTP/SAVP 0\r\n${key}`, 'mandatory'],
  [`m=audio 4000 RTP/SAVPF 0\r\n${key}m=video 0 RTP/AVP 96\r\n`, 'mandatory'],
  [`m=audio 4000 RTP/SAVP 0\r\n${key}m=video 4002 RTP/AVP 96\r\n`, 'optional'],
  // Without a key it is DTLS or a mistake, and nothing that we could take.
  ['m=audio 4000 RTP/SAVP 0\r\n', undefined],
  ['garbage', undefined],
])('the SRTP in an offer: %j', (text, srtp) => {
  expect(srtpIn(text)).toBe(srtp);
});

describe('an offer that our last SDP answers', () => {
  const ours = sdp(7, 'audio 5000');

  test('is the very same one', () => {
    const theirs = sdp(1, 'audio 4000');

    expect(answerAgain(theirs, { local: ours, remote: theirs })).toBe(ours);
  });

  test('is one of the same version', () => {
    const theirs = sdp(1, 'audio 4000');

    expect(answerAgain(`${theirs}a=x\r\n`, { local: ours, remote: theirs })).toBe(ours);
  });

  test.each([
    ['a new version', sdp(2, 'audio 4000'), sdp(1, 'audio 4000'), ours],
    ['the old version, but another port', sdp(1, 'audio 4004'), sdp(1, 'audio 4000'), ours],
    [
      'the old version, but on hold',
      `${sdp(1, 'audio 4000')}a=sendonly\r\n`,
      `${sdp(1, 'audio 4000')}a=sendrecv\r\n`,
      ours,
    ],
    [
      'the old version, but from elsewhere',
      `c=IN IP4 192.0.2.7\r\n${sdp(1, 'audio 4000')}`,
      `c=IN IP4 192.0.2.1\r\n${sdp(1, 'audio 4000')}`,
      ours,
    ],
    ['no origin at all', 'm=audio 1 RTP/AVP 0', 'm=audio 2 RTP/AVP 0', ours],
    ['more m-lines than ours', sdp(1, 'audio 4000', 'video 1'), sdp(1, 'audio 4000', 'video 1'), ours],
    ['a refused m-line that is alive in ours', sdp(1, 'audio 0'), sdp(1, 'audio 0'), ours],
    [
      'a live m-line that is refused in ours',
      sdp(1, 'audio 1', 'video 1'),
      sdp(1, 'audio 1', 'video 1'),
      sdp(7, 'audio 5000', 'video 0'),
    ],
    ['other media', sdp(1, 'video 4000'), sdp(1, 'video 4000'), ours],
  ])('is not one with %s', (_, offer, remote, local) => {
    expect(answerAgain(offer, { local, remote })).toBeUndefined();
  });
});
