/** What a scripted peer says about its media. Its own sipp echoes RTP unless other ports are named. */
export interface PeerMedia {
  /** Payload types with a static meaning (RFC 3551), best first; 0 is PCMU, 8 PCMA. */
  readonly audio?: readonly number[];
  /** A video line; the payload type is a number, or a sipp variable that holds the one of the offer. */
  readonly video?: { readonly codec: 'VP8' | 'H264'; readonly payloadType?: number | string };
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  /** Raised at each new offer or answer of a dialog (RFC 3264 §8). */
  readonly version?: number;
  readonly audioPort?: number;
  readonly videoPort?: number;
}

const names: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722' };

/** The SDP as sipp fills it in. */
export function sdpOf(media: PeerMedia = {}): string {
  const { audio = [0, 8], video, direction = 'sendrecv', version = 1 } = media;
  return [
    'v=0',
    `o=peer 53655765 ${version} IN IP[local_ip_type] [local_ip]`,
    's=-',
    'c=IN IP[media_ip_type] [media_ip]',
    't=0 0',
    `m=audio ${media.audioPort ?? '[media_port]'} RTP/AVP ${audio.join(' ')} 101`,
    ...audio.map((payloadType) => `a=rtpmap:${payloadType} ${names[payloadType] ?? 'PCMU'}/8000`),
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=ptime:20',
    `a=${direction}`,
    ...(video ? videoLine(video, direction, media.videoPort) : []),
  ].join('\n');
}

function videoLine(
  video: NonNullable<PeerMedia['video']>,
  direction: string,
  port: number | undefined,
): readonly string[] {
  const payloadType = video.payloadType ?? (video.codec === 'VP8' ? 96 : 102);
  const h264 = `a=fmtp:${payloadType} profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1`;
  return [
    `m=video ${port ?? '[media_port+2]'} RTP/AVP ${payloadType}`,
    `a=rtpmap:${payloadType} ${video.codec}/90000`,
    ...(video.codec === 'H264' ? [h264] : []),
    `a=rtcp-fb:${payloadType} nack pli`,
    `a=${direction}`,
  ];
}

/** A sipp action that keeps the payload type an offer gives to a video codec, for the answer. */
export function keepPayloadTypeOf(codec: 'VP8' | 'H264'): string {
  return `<ereg regexp="a=rtpmap:([0-9]+) ${codec}/90000" search_in="body" check_it="true" assign_to="map,video_pt"/>`;
}
