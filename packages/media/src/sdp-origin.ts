/** Who speaks and which edition of the SDP it is (RFC 8866 §5.2); lasts as long as the call. */
export interface SdpOrigin {
  readonly sessionId: string;
  readonly version: number;
  /** The SDP that went out last, but for its o= line. */
  readonly last: string;
}

export function freshOrigin(random: () => number): SdpOrigin {
  return { sessionId: String(1 + Math.floor(random() * 2 ** 52)), version: 0, last: '' };
}

/** RFC 3264 §8: the same session id all along, and a version one higher whenever anything changed, else the same. */
export function stampOrigin(
  sdp: string,
  origin: SdpOrigin,
): { readonly sdp: string; readonly origin: SdpOrigin } {
  const address = /^c=IN (IP[46] \S+)/m.exec(sdp)?.[1] ?? 'IP4 127.0.0.1';
  const last = sdp.replace(/^o=.*\r\n/m, '');
  const version = last === origin.last ? origin.version : origin.version + 1;
  const oLine = `o=- ${origin.sessionId} ${version} IN ${address}\r\n`;
  return { sdp: sdp.replace(/^o=.*\r\n/m, oLine), origin: { ...origin, version, last } };
}
