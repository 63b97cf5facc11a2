/** What a phone that knows PCMU says when it offers. */
export function phoneOffer(address: string, port: number): string {
  return [
    'v=0',
    `o=phone 1 1 IN IP4 ${address}`,
    's=call',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    '',
  ].join('\r\n');
}

/** Where the engine takes what the phone says. */
export function portIn(sdp: string): number {
  return Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
}
