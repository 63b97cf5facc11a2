import { expect, test } from 'vitest';
import { heldSdp, laterEdition, type HoldDirection } from '../../src/call/held-sdp.ts';

const sdp = (...lines: string[]): string =>
  ['v=0', 'o=- 7 3 IN IP4 192.0.2.9', ...lines].map((line) => `${line}\r\n`).join('');
const audio = 'm=audio 5000 RTP/AVP 0';

/** RFC 3264 §8.4: who holds goes on sending or not; what was closed before is not opened. */
const directions: readonly [before: string, held: HoldDirection, after: string][] = [
  ['sendrecv', 'sendonly', 'sendonly'],
  ['sendrecv', 'recvonly', 'recvonly'],
  ['sendrecv', 'inactive', 'inactive'],
  ['sendonly', 'sendonly', 'sendonly'],
  ['sendonly', 'recvonly', 'inactive'],
  ['recvonly', 'sendonly', 'inactive'],
  ['inactive', 'sendonly', 'inactive'],
];

test.each(directions)('%s, held %s, is %s', (before, held, after) => {
  expect(heldSdp(sdp(audio, `a=${before}`), held)).toBe(sdp(audio, `a=${after}`));
});

test('each m-line is held, one that was refused stays as it is', () => {
  const before = sdp(audio, 'a=rtpmap:0 PCMU/8000', 'm=video 0 RTP/AVP 96', 'm=video 5002 RTP/AVP 96');

  expect(heldSdp(before, 'inactive')).toBe(
    sdp(
      audio,
      'a=rtpmap:0 PCMU/8000',
      'a=inactive',
      'm=video 0 RTP/AVP 96',
      'm=video 5002 RTP/AVP 96',
      'a=inactive',
    ),
  );
});

test('without a hold nothing changes', () => {
  expect(heldSdp(sdp(audio), undefined)).toBe(sdp(audio));
});

test('a later edition counts up the version of the o-line, however long', () => {
  expect(laterEdition('v=0\r\no=- 7 18446744073709551615 IN IP4 x\r\n', 2)).toBe(
    'v=0\r\no=- 7 18446744073709551617 IN IP4 x\r\n',
  );
});
