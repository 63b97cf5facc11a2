import { expect, test } from 'vitest';
import { answeredByPeer, termsOf } from '../src/embedded-negotiation.ts';
import { readHandsetSdp, readPeerSdp } from '../src/embedded-sdp.ts';
import { browserOffer } from './browser.ts';
import { phoneSdp } from './peer.ts';

test("tones of Opus go to the peer's 8 kHz both from 48 kHz and from 8 kHz, and come back at 8 kHz", () => {
  const { lines } = readHandsetSdp(browserOffer('audio').sdp);
  const named = (name: string, rate: number): number =>
    lines[0]!.codecs.find((codec) => codec.name === name && codec.rate === rate)!.payload;
  const [wide, narrow] = [named('telephone-event', 48_000), named('telephone-event', 8000)];
  const peer = readPeerSdp(
    phoneSdp('m=audio 36000 RTP/AVP 96 101', 'a=rtpmap:96 opus/48000/2', 'a=rtpmap:101 telephone-event/8000'),
  );

  const terms = termsOf(answeredByPeer(lines, peer).get('audio')!, undefined);

  expect([wide, narrow].map((payload) => terms.payloadsToPeer.get(payload))).toEqual([101, 101]);
  expect([...terms.wideTones]).toEqual([wide]);
  expect(terms.payloadsToHandset.get(101)).toBe(narrow);
  expect(terms.clockRates.get(101)).toBe(8000);
});
