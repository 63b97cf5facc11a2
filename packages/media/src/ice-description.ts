/** What a side says of itself in its SDP (RFC 8839, RFC 8122). */
export interface IceDescription {
  readonly ufrag: string;
  readonly pwd: string;
  readonly fingerprint: string;
  /** `candidate:...`, as in an SDP or a trickle. */
  readonly candidates: readonly string[];
}

export interface RemoteDescription extends IceDescription {
  /** `a=setup` (RFC 4145 §4). */
  readonly setup: string;
}

export type DtlsRole = 'active' | 'passive';

/** Of the one m-line that libdatachannel sees. */
export const onlyMid = '0';

/** In an SDP of one m-line. Undefined if one of its parts is missing. */
export function iceDescriptionIn(sdp: string | undefined): IceDescription | undefined {
  const value = (name: string): string | undefined =>
    sdp && new RegExp(`^a=${name}:(.*?)\\s*$`, 'm').exec(sdp)?.[1];
  const [ufrag, pwd, fingerprint] = [value('ice-ufrag'), value('ice-pwd'), value('fingerprint')];
  if (!sdp || !ufrag || !pwd || !fingerprint) return undefined;
  const candidates = [...sdp.matchAll(/^a=(candidate:.*?)\s*$/gm)].map((match) => match[1] ?? '');
  return { ufrag, pwd, fingerprint, candidates };
}

/** The remote side for libdatachannel, which sees a single m-line that never changes. */
export function sdpForLibrary({ ufrag, pwd, fingerprint }: RemoteDescription, ourRole: DtlsRole): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${onlyMid}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'c=IN IP4 0.0.0.0',
    `a=mid:${onlyMid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:0 PCMU/8000',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:${fingerprint}`,
    // To `active` the library is `passive`, and the other way round.
    `a=setup:${ourRole === 'passive' ? 'active' : 'passive'}`,
    '',
  ].join('\r\n');
}
