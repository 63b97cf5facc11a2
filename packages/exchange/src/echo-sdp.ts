import { parse, write, type MediaDescription, type SessionDescription } from 'sdp-transform';
import type { EchoAddress } from './echo-media.ts';
import { mirrored, refused, sessionOf } from './sdp-parts.ts';

/** What the echo offers to an INVITE without offer; it never looks into a packet, so any codec would do. */
const offeredAudio = [
  { payload: 96, codec: 'opus', rate: 48_000, encoding: 2 },
  { payload: 9, codec: 'G722', rate: 8000 },
  { payload: 8, codec: 'PCMA', rate: 8000 },
  { payload: 0, codec: 'PCMU', rate: 8000 },
  { payload: 101, codec: 'telephone-event', rate: 8000 },
];
const offeredVideo = [
  { payload: 97, codec: 'H264', rate: 90_000 },
  { payload: 98, codec: 'VP8', rate: 90_000 },
];

export function echoOffer(address: EchoAddress, version: number): string {
  const audio: MediaDescription = {
    type: 'audio',
    port: address.audioPort,
    protocol: 'RTP/AVP',
    payloads: offeredAudio.map(({ payload }) => payload).join(' '),
    rtp: offeredAudio,
    fmtp: [{ payload: 101, config: '0-16' }],
    direction: 'sendrecv',
  };
  const video: MediaDescription = {
    type: 'video',
    port: address.videoPort,
    protocol: 'RTP/AVP',
    payloads: offeredVideo.map(({ payload }) => payload).join(' '),
    rtp: offeredVideo,
    fmtp: [{ payload: 97, config: 'profile-level-id=42e01f;packetization-mode=1' }],
    rtcpFb: [{ payload: '*', type: 'nack', subtype: 'pli' }],
    direction: 'sendrecv',
  };
  return write(session(address, version, [audio, video]));
}

/** Takes every audio and video codec of the offer; undefined if it has none, or is no SDP. */
export function echoAnswer(offer: string, address: EchoAddress, version: number): string | undefined {
  const { media, direction } = parse(offer);
  let taken = 0;
  const seen = new Set<string>();
  const answers = media.map((m): MediaDescription => {
    const port = portFor(m, address);
    if (port === undefined || m.port === 0 || seen.has(m.type)) return refused(m);
    seen.add(m.type);
    taken += 1;
    const { type, protocol, payloads = '', rtp, fmtp, rtcpFb } = m;
    return {
      type,
      protocol,
      payloads,
      rtp,
      fmtp,
      ...(rtcpFb && { rtcpFb }),
      port,
      direction: mirrored(m.direction ?? direction),
    };
  });
  return taken > 0 ? write(session(address, version, answers)) : undefined;
}

function session(address: EchoAddress, version: number, media: MediaDescription[]): SessionDescription {
  return { ...sessionOf('echo', address.host, address.audioPort, version), media };
}

function portFor(media: MediaDescription, address: EchoAddress): number | undefined {
  if (!/^RTP\/AVPF?$/.test(media.protocol)) return undefined;
  if (media.type === 'audio') return address.audioPort;
  return media.type === 'video' ? address.videoPort : undefined;
}
