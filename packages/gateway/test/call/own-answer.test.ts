import { describe, expect, test } from 'vitest';
import { ownAnswer } from '../../src/call/own-answer.ts';

const head = 'v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\n';
const local = `${head}m=audio 5000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n`;
const offer = (...sections: string[]) =>
  `v=0\r\no=- 1 2 IN IP4 192.0.2.5\r\n${sections.map((section) => `m=${section}\r\n`).join('')}`;

describe('what the server answers by itself', () => {
  test.each([
    ['sendonly', 'recvonly'],
    ['recvonly', 'sendonly'],
    ['inactive', 'inactive'],
    ['sendrecv', 'sendrecv'],
  ])('an offer that is %s: %s', (theirs, ours) => {
    const sdp = offer(`audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=${theirs}`);

    expect(ownAnswer(sdp, local)?.answer).toBe(local.replace('sendrecv', ours));
  });

  test('a direction for the whole session counts for its media', () => {
    const sdp = 'v=0\r\na=sendonly\r\nm=audio 4000 RTP/AVP 8\r\n';

    expect(ownAnswer(sdp, local)?.answer).toContain('a=recvonly');
  });

  test('codecs that the peer has dropped are left out', () => {
    const sdp = offer('audio 4000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000/1');

    expect(ownAnswer(sdp, local)?.answer).toBe(`${head}m=audio 5000 RTP/AVP 8\r\na=sendrecv\r\n`);
  });

  test('media beyond those that run are refused, and kept from the engine', () => {
    const sdp = offer('audio 4000 RTP/AVP 8 0', 'video 4002 RTP/AVP 96 97\r\na=rtpmap:96 VP8/90000');

    const own = ownAnswer(sdp, local);

    expect(own?.answer).toMatch(/m=video 0 RTP\/AVP 96 97\r\n$/);
    expect(own?.kept).toBe(offer('audio 4000 RTP/AVP 8 0'));
  });

  test('media that the peer gives up are given up', () => {
    const withVideo = `${local}m=video 5002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=sendrecv\r\n`;
    const sdp = offer('audio 4000 RTP/AVP 8 0', 'video 0 RTP/AVP 96');

    expect(ownAnswer(sdp, withVideo)?.answer).toMatch(/m=video 0 RTP\/AVP 96\r\n$/);
  });

  test('media that we have refused stay refused', () => {
    const without = `${local}m=video 0 RTP/AVP 96\r\n`;
    const sdp = offer('audio 4000 RTP/AVP 8 0', 'video 4002 RTP/AVP 96');

    expect(ownAnswer(sdp, without)?.answer).toMatch(/m=video 0 RTP\/AVP 96\r\n$/);
  });
});

test.each([
  ['the codec that we send is gone', offer('audio 4000 RTP/AVP 0')],
  ['its number means another', offer('audio 4000 RTP/AVP 8\r\na=rtpmap:8 opus/48000/2')],
  ['the order of the media is another', offer('video 4002 RTP/AVP 96', 'audio 4000 RTP/AVP 8')],
  ['an m-line is missing', 'v=0\r\n'],
  ['there are keys for SRTP', offer('audio 4000 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x')],
  ['it is no SDP', 'garbage'],
])('only the browser can answer: %s', (_, sdp) => {
  expect(ownAnswer(sdp, local)).toBeUndefined();
});
