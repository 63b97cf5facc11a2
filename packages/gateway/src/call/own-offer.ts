/** Where media goes that nobody has asked for yet. */
export interface SinkAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * An offer for the handset when no peer has made one: the codecs that SIP peers have, G.711 first, so that the browser's first choice is
 * most likely the peer's too. Media sent before the peer has answered goes to the sink.
 */
export function ownOffer({ host, port }: SinkAddress, video: boolean): string {
  return [
    'v=0',
    `o=- 1 1 IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8 0 9 111 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=sendrecv',
    ...(video ? videoLines(port) : []),
    '',
  ].join('\r\n');
}

/** Constrained baseline: what phones that do H.264 have at least (RFC 6184 §8.1). */
function videoLines(port: number): string[] {
  return [
    `m=video ${port} RTP/AVP 97 98`,
    'a=rtpmap:97 H264/90000',
    'a=fmtp:97 profile-level-id=42e01f;packetization-mode=1',
    'a=rtpmap:98 VP8/90000',
    'a=sendrecv',
  ];
}

/** Whether the peer's answer leaves out the codec that our side would go on to send: the first one of our audio m-line. */
export function narrows(answer: string, offer: string): boolean {
  const [ours] = audioPayloads(offer);
  return ours !== undefined && !sameCodec(audioPayloads(answer)[0], ours);
}

interface Payload {
  readonly number: string;
  readonly name: string;
}

function sameCodec(one: Payload | undefined, other: Payload): boolean {
  return one?.number === other.number && one.name === other.name;
}

/** RFC 3551 §6: the static numbers need no rtpmap. */
const staticNames: Readonly<Record<string, string>> = { 0: 'pcmu/8000', 8: 'pcma/8000', 9: 'g722/8000' };

function audioPayloads(sdp: string): readonly Payload[] {
  const section = /^m=audio \d+ \S+ ([^\r\n]*)((?:\r?\n(?!m=)[^\r\n]*)*)/m.exec(sdp);
  if (!section) return [];
  const [, numbers = '', lines = ''] = section;
  return numbers.split(' ').map((number) => {
    const named = new RegExp(`^a=rtpmap:${number} ([^/\\s]+/\\d+)`, 'm').exec(lines)?.[1]?.toLowerCase();
    return { number, name: named ?? staticNames[number] ?? '' };
  });
}
