import { expect, test } from 'vitest';
import { adapterLadder } from './adapter-ladder.ts';
import { browserOffer } from './browser.ts';
import { audio, linesOf, mediaAt, mLines, phoneSdp } from './peer.ts';

test('the handset offers constrained baseline first, then the other H.264 profiles, then VP8', () => {
  const { sdp } = adapterLadder().handsetSays(browserOffer('audio-video'));

  const profiles = linesOf(sdp).flatMap(
    (line) => /^a=fmtp:.*mode=(\d);profile-level-id=(\w+)/.exec(line)?.slice(1).join(' ') ?? [],
  );
  expect(profiles).toEqual(['1 42e01f', '0 42e01f', '1 42001f', '1 4d001f']);
  expect(mLines(sdp)[1]).toMatch(/^m=video 25002 RTP\/AVP 108 114 102 116 96$/);
});

test('a browser with codecs of its own only offers what it has', () => {
  const only = browserOffer('audio')
    .sdp.replace(/(m=audio .* SAVPF|m=audio \d+ \S+) .*/, '$1 111')
    .replace('opus/48000/2', 'lyra/16000');

  const { sdp } = adapterLadder().handsetSays({ type: 'offer', sdp: only });

  expect(mLines(sdp)).toEqual(['m=audio 25000 RTP/AVP 111']);
});

for (const [says, answered, becomes] of [
  ['nothing', undefined, 'profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1'],
  [
    'baseline without constraints',
    'profile-level-id=42801E',
    'profile-level-id=42e01E;packetization-mode=1;level-asymmetry-allowed=1',
  ],
  [
    'its own parameter sets',
    'packetization-mode=1;profile-level-id=42e00c;sprop-parameter-sets=Z0LgC5ZUCg/I,aM48gA==',
    'packetization-mode=1;profile-level-id=42e00c;sprop-parameter-sets=Z0LgC5ZUCg/I,aM48gA==;level-asymmetry-allowed=1',
  ],
] as const) {
  test(`a phone whose H.264 answer says ${says} is understood`, async () => {
    const { handsetSays, peerAnswers } = adapterLadder();
    handsetSays(browserOffer('audio-video'));
    const parameters = answered === undefined ? [] : [`a=fmtp:108 ${answered}`];

    const { engine } = await peerAnswers(
      phoneSdp(...audio, 'm=video 36002 RTP/AVP 108', 'a=rtpmap:108 H264/90000', ...parameters),
    );

    expect(mediaAt(engine, 1)).toContain(`a=fmtp:108 ${becomes}`);
  });
}

test("a phone's H.264 profiles are passed on as they are", async () => {
  const offer = [
    'm=video 36002 RTP/AVP 97 98',
    'a=rtpmap:97 H264/90000',
    'a=fmtp:97 profile-level-id=42801E',
    'a=rtpmap:98 H264/90000',
    'a=fmtp:98 profile-level-id=640028;packetization-mode=1',
  ];

  const { engine } = await adapterLadder().peerOffers(phoneSdp(...audio, ...offer));

  expect(mediaAt(engine, 1)).toEqual(
    expect.arrayContaining([
      'a=fmtp:97 profile-level-id=42801E',
      'a=fmtp:98 profile-level-id=640028;packetization-mode=1',
    ]),
  );
});

test('the browser may ask a phone for key frames and repair its own losses', async () => {
  const { engine } = await adapterLadder().peerOffers(
    phoneSdp(...audio, 'm=video 36002 RTP/AVP 96', 'a=rtpmap:96 VP8/90000'),
  );

  expect(mediaAt(engine, 1)).toEqual(
    expect.arrayContaining(['a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli', 'a=rtcp-fb:96 ccm fir']),
  );
});

test('payload types that nobody can read are left out, and with none left the m-line is refused', async () => {
  const odd = [
    'm=video 36002 RTP/AVP 72 96 97 200 x',
    'a=rtpmap:72 VP8/90000',
    'a=rtpmap:97 rtx/90000',
    'a=rtpmap:200 VP8/90000',
  ];

  const sdp = await adapterLadder().answered(phoneSdp(...audio, ...odd));

  expect(mLines(sdp)[1]).toBe('m=video 0 RTP/AVP 72 96 97 200 x');
});

test("a peer's ICE, DTLS, mids and extensions do not reach the browser", async () => {
  const leaky = [
    'a=mid:x',
    'a=ice-ufrag:evil',
    'a=candidate:1 1 udp 1 10.0.0.1 1 typ host',
    'a=fingerprint:sha-256 00',
    'a=setup:active',
    'a=extmap:1 urn:x',
    'a=msid:a b',
    'a=rtcp-mux',
    'a=ssrc:1 cname:x',
  ];

  const { engine } = await adapterLadder().peerOffers(phoneSdp(...audio, ...leaky));

  expect(engine).not.toMatch(/evil|10\.0\.0\.1|fingerprint|setup|extmap|msid|rtcp-mux|ssrc|mid:x/);
});

test('packet times, bandwidth and SDES keys of a phone are passed on', async () => {
  const lines = [
    'm=audio 36000 RTP/SAVP 0',
    'b=AS:64',
    'a=ptime:30',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz',
  ];

  const { engine } = await adapterLadder().peerOffers(phoneSdp(...lines));

  expect(mediaAt(engine, 0)).toEqual(expect.arrayContaining(lines));
});
