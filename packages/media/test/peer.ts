/** What a SIP phone says: an SDP from its m-lines on, each with its attributes. */
export function phoneSdp(...lines: readonly string[]): string {
  return phoneSdpAt('c=IN IP4 127.0.0.1', ...lines);
}

/** The same with other session lines: c=, or c= and attributes. */
export function phoneSdpAt(session: string, ...lines: readonly string[]): string {
  const [connection = '', ...attributes] = session.split('\n');
  const head = ['v=0', 'o=phone 53655765 2353687637 IN IP4 127.0.0.1', 's=call', connection, 't=0 0'];
  return [...head, ...attributes, ...lines, ''].join('\r\n');
}

export const audio = [
  'm=audio 36000 RTP/AVP 0 8 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
];
export const video = [
  'm=video 36002 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 profile-level-id=42e01f;packetization-mode=1',
];

/** Lines of an SDP, without the ends of lines. */
export function linesOf(sdp: string): string[] {
  return sdp.split('\r\n').filter((line) => line !== '');
}

export function mLines(sdp: string): string[] {
  return linesOf(sdp).filter((line) => line.startsWith('m='));
}

/** The lines of the n-th m-line, itself included. */
export function mediaAt(sdp: string, index: number): string[] {
  return linesOf(sdp.split(/(?=^m=)/m)[index + 1] ?? '');
}
