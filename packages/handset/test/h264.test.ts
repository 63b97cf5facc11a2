import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  acceptableProfile,
  answeredProfile,
  isConstrainedBaseline,
  normaliseProfile,
  preferConstrainedBaseline,
  preferredCodecs,
} from '../src/h264.ts';

/** As Chromium 156 on Debian made it. */
const chromium = readFileSync(new URL('sdp/chromium-156-offer.sdp', import.meta.url), 'utf8').replaceAll(
  '\n',
  '\r\n',
);

/** The codecs that Safari of iOS 16 lists, in its order. */
const safari = video(
  [96, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f'],
  [97, 'rtx/90000', 'apt=96'],
  [98, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f'],
  [99, 'rtx/90000', 'apt=98'],
  [100, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=640c1f'],
  [101, 'rtx/90000', 'apt=100'],
  [127, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f'],
  [103, 'rtx/90000', 'apt=127'],
  [104, 'VP8/90000', ''],
  [105, 'rtx/90000', 'apt=104'],
  [106, 'red/90000', ''],
  [107, 'ulpfec/90000', ''],
);

/** An Android decoder of small pictures. */
const android = video(
  [96, 'VP8/90000', ''],
  [97, 'rtx/90000', 'apt=96'],
  [98, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e00d'],
  [99, 'rtx/90000', 'apt=98'],
  [100, 'H264/90000', 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f'],
  [101, 'rtx/90000', 'apt=100'],
);

/** A desk phone. */
const deskPhone = video([99, 'H264/90000', 'profile-level-id=42801F; packetization-mode=1']);

function video(...codecs: [pt: number, name: string, parameters: string][]): string {
  const lines = codecs.flatMap(([pt, name, parameters]) => [
    `a=rtpmap:${pt} ${name}`,
    `a=rtcp-fb:${pt} nack pli`,
    ...(parameters === '' ? [] : [`a=fmtp:${pt} ${parameters}`]),
  ]);
  return [
    'v=0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 96',
    'a=rtpmap:96 opus/48000/2',
    `m=video 9 UDP/TLS/RTP/SAVPF ${codecs.map(([pt]) => pt).join(' ')}`,
    'a=mid:1',
    ...lines,
    'a=sendrecv',
    '',
  ].join('\r\n');
}

function videoLine(sdp: string): string | undefined {
  return /^m=video .*(?=\r)/m.exec(sdp)?.[0];
}

function profiles(sdp: string): string[] {
  return [...sdp.matchAll(/profile-level-id=(\w+)/g)].map(([, profile]) => profile!);
}

test.each([
  ['42e01f', true],
  ['42e00d', true],
  ['42c02a', true],
  ['4d801f', true],
  ['58c01f', true],
  ['42001f', false],
  ['42801f', false],
  ['4d001f', false],
  ['640c1f', false],
  ['f4001f', false],
  ['', false],
])('%s is constrained baseline: %s', (profile, is) => {
  expect(isConstrainedBaseline(profile)).toBe(is);
});

test("Chromium's offer starts with 42e01f, packetization mode 1, and keeps no other H.264", () => {
  const sdp = preferConstrainedBaseline(chromium);

  expect(videoLine(sdp)).toBe('m=video 9 UDP/TLS/RTP/SAVPF 108 109 96 97 45 46 98 99 100 101 118 119 120');
  expect(profiles(sdp)).toEqual(['42e01f']);
  expect(sdp).not.toMatch(/a=(rtpmap|fmtp|rtcp-fb):(102|103|104|107|114|115|116|117|39|40) /);
  expect(sdp.slice(0, sdp.indexOf('m=video'))).toBe(chromium.slice(0, chromium.indexOf('m=video')));
  expect(sdp).toContain('a=ssrc-group:FID');
});

test("Safari's high profile leaves the offer", () => {
  const sdp = preferConstrainedBaseline(safari);

  expect(videoLine(sdp)).toBe('m=video 9 UDP/TLS/RTP/SAVPF 98 99 104 105 106 107');
  expect(profiles(sdp)).toEqual(['42e01f']);
  expect(sdp).toContain('a=rtpmap:96 opus/48000/2');
});

test('a device that lists 42e00d keeps it', () => {
  const sdp = normaliseProfile(preferConstrainedBaseline(android));

  expect(videoLine(sdp)).toBe('m=video 9 UDP/TLS/RTP/SAVPF 98 99 96 97');
  expect(profiles(sdp)).toEqual(['42e00d']);
});

test('done twice it is the same as once', () => {
  for (const offer of [chromium, safari, android]) {
    const once = preferConstrainedBaseline(offer);
    expect(preferConstrainedBaseline(once)).toBe(once);
  }
});

test('without constrained baseline, without H.264 and without video nothing changes', () => {
  const others = [deskPhone, video([96, 'VP8/90000', '']), 'v=0\r\nm=audio 9 RTP/AVP 0\r\n', ''];
  for (const offer of others) expect(preferConstrainedBaseline(offer)).toBe(offer);
});

test('without packetization mode 1 constrained baseline of mode 0 stays', () => {
  const offer = video([98, 'H264/90000', 'profile-level-id=42e01f']);

  expect(preferConstrainedBaseline(offer)).toBe(offer);
});

test('on the wire another level is told as 3.1', () => {
  const offer = video([98, 'H264/90000', 'packetization-mode=1;profile-level-id=42e034']);

  expect(profiles(normaliseProfile(offer))).toEqual(['42e01f']);
  expect(normaliseProfile(deskPhone)).toBe(deskPhone);
});

test("a desk phone's baseline is acceptable to a phone, and is answered in its own words", () => {
  const acceptable = acceptableProfile(deskPhone);
  expect(profiles(acceptable)).toEqual(['42e01f']);

  const answer = video([99, 'H264/90000', 'packetization-mode=1;profile-level-id=42e01f']);
  expect(profiles(answeredProfile(answer, deskPhone))).toEqual(['42801f']);
});

test('an offer that says no profile gets one, an offer that has constrained baseline stays as it is', () => {
  const silent = video([99, 'H264/90000', 'packetization-mode=1'], [100, 'H264/90000', '']);

  expect(profiles(acceptableProfile(silent))).toEqual(['42e01f', '42e01f']);
  expect(acceptableProfile(safari)).toBe(safari);
  expect(answeredProfile(safari, safari)).toBe(safari);
});

test('codec preferences follow the same rule', () => {
  const codecs = [...safari.matchAll(/a=rtpmap:(\d+) (\w+)\/90000/g)].map(([, pt, name]) => ({
    mimeType: `video/${name!}`,
    sdpFmtpLine: new RegExp(`a=fmtp:${pt} (.*)\r`).exec(safari)?.[1] ?? '',
  }));

  const preferred = preferredCodecs(codecs);

  expect(preferred[0]).toEqual({
    mimeType: 'video/H264',
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  });
  expect(preferred.filter(({ mimeType }) => mimeType === 'video/H264')).toHaveLength(1);
  expect(preferred).toHaveLength(codecs.length - 3);
  expect(preferredCodecs([{ mimeType: 'video/VP8' }])).toEqual([{ mimeType: 'video/VP8' }]);
});
