import { expect, test } from 'vitest';
import { splitSdp } from '../src/sdp-sections.ts';
import { readSections, writeSdp } from '../src/sdp-text.ts';
import { phoneSdp, phoneSdpAt } from './peer.ts';

const everything = [
  'm=audio 36000 RTP/SAVPF 96 0',
  'c=IN IP4 192.0.2.7',
  'b=AS:64',
  'b=RS:0',
  'a=rtpmap:96 opus/48000/2',
  'a=rtpmap:0 PCMU/8000',
  'a=fmtp:96 minptime=10; useinbandfec=1',
  'a=rtcp:36005 IN IP6 2001:db8::1',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:32',
  'a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR FEC_ORDER=FEC_SRTP',
  'a=ptime:20',
  'a=maxptime:62.5',
  'a=recvonly',
  'a=rtcp-mux',
];

function read(...lines: readonly string[]) {
  return readSections(splitSdp(phoneSdp(...lines)));
}

test('what was read is written as it stood; the address and the name of an m-line are the writer’s to give', () => {
  const { media } = read(...everything);
  const written = writeSdp([], [{ ...media[0]!, connection: { version: 4, ip: '192.0.2.7' } }]);

  expect(written.split('\r\n')).toEqual([...everything, '']);
});

test('an m-line for the browser has its name and the feedback, in the order of the grammar', () => {
  const { media } = read('m=video 36002 RTP/AVP 97', 'a=rtpmap:97 H264/90000', 'a=sendrecv');
  const rtcpFb = [{ payload: 97, type: 'nack pli' }];

  expect(writeSdp(['v=0', 's=-'], [{ ...media[0]!, mid: '1', rtcpFb }])).toBe(
    'v=0\r\ns=-\r\nm=video 36002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=rtcp-fb:97 nack pli\r\na=mid:1\r\na=sendrecv\r\n',
  );
});

test('origin and direction of the session are read apart from those of the m-lines', () => {
  const sdp = phoneSdpAt(
    'c=IN IP4 127.0.0.1\na=sendonly',
    'm=audio 1 RTP/AVP 0',
    'a=inactive',
    'm=video 2 RTP/AVP 97',
  );
  const { origin, direction, media } = readSections(splitSdp(sdp));

  expect(origin).toEqual({ sessionId: '53655765', sessionVersion: '2353687637' });
  expect(direction).toBe('sendonly');
  expect(media.map((one) => one.direction)).toEqual(['inactive', undefined]);
});

const unreadable = [
  'a=rtpmap:0',
  'a=rtpmap:x PCMU/8000',
  'a=rtpmap:1000 PCMU/8000',
  'a=fmtp:101',
  'a=ptime:often',
  'a=ptime',
  'a=maxptime:',
  'a=crypto:1 AES_CM_128_HMAC_SHA1_80',
  'a=rtcp:here',
  'a=sendrecv ',
  'a=sendrecv:1',
  'b=X-NEW:1',
  'b=AS',
  'a=mid:0',
  'a=candidate:1 1 udp 1 192.0.2.2 9 typ host',
  'i=x',
];

for (const line of unreadable) {
  test(`"${line}" says nothing, and the rest is read`, () => {
    const { media } = read('m=audio 36000 RTP/AVP 0', line);

    expect(media).toEqual([
      { type: 'audio', port: 36_000, protocol: 'RTP/AVP', payloads: '0', rtp: [], fmtp: [] },
    ]);
  });
}

test('a rate that is missing, and one without channels, are as they are', () => {
  const { media } = read('m=audio 36000 RTP/AVP 0 9', 'a=rtpmap:0 PCMU', 'a=rtpmap:9 G722/8000');

  expect(media[0]!.rtp).toEqual([
    { payload: 0, codec: 'PCMU' },
    { payload: 9, codec: 'G722', rate: 8000 },
  ]);
});
