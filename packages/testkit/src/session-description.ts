/** What the two ends of a call of the kit say to each other about media: no codecs, no candidates, only what is to flow. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
export type Kind = 'audio' | 'video';

export interface MediaSection {
  readonly kind: Kind;
  readonly direction: Direction;
  /** Port 0 (RFC 3264 §6). */
  readonly isRefused: boolean;
}

export interface Description {
  readonly sections: readonly MediaSection[];
  /** Names the peer connection that it comes from or is for; phones have none. */
  readonly connection?: string | undefined;
}

const connectionAttribute = 'x-soft-handset-connection';

export function readDescription(sdp: string): Description {
  const [session = '', ...media] = sdp.split(/^(?=m=)/m);
  const direction = directionIn(session) ?? 'sendrecv';
  const sections = media.map((text): MediaSection => {
    const [, kind, port] = /^m=(audio|video) (\d+)/.exec(text) ?? [];
    return {
      kind: kind === 'video' ? 'video' : 'audio',
      direction: directionIn(text) ?? direction,
      isRefused: port === undefined || Number(port) === 0,
    };
  });
  return { sections, connection: new RegExp(`^a=${connectionAttribute}:(\\S+)`, 'm').exec(sdp)?.[1] };
}

/** As a browser writes it, or as a phone: JSEP (RFC 9429) or plain RTP. */
export function writeDescription({ sections, connection }: Description, as: 'browser' | 'phone'): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];
  if (connection !== undefined) lines.push(`a=${connectionAttribute}:${connection}`);
  sections.forEach(({ kind, direction, isRefused }, index) => {
    const isBrowser = as === 'browser';
    const formats = kind === 'audio' ? '8 101' : '96';
    lines.push(
      `m=${kind} ${isRefused ? 0 : 9} ${isBrowser ? 'UDP/TLS/RTP/SAVPF' : 'RTP/AVP'} ${formats}`,
      ...(kind === 'audio'
        ? ['a=rtpmap:8 PCMA/8000', 'a=rtpmap:101 telephone-event/8000']
        : ['a=rtpmap:96 VP8/90000']),
      ...(isBrowser ? [`a=mid:${index}`, 'a=rtcp-mux'] : []),
      `a=${direction}`,
    );
  });
  return lines.map((line) => `${line}\r\n`).join('');
}

/** RFC 3264 §6.1: the answer to a direction, of one that would send and receive as `wish` says. */
export function answerTo(offered: Direction, wish: Direction): Direction {
  return directionOf(sends(wish) && receives(offered), receives(wish) && sends(offered));
}

export function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

export function directionOf(isSending: boolean, isReceiving: boolean): Direction {
  if (isSending) return isReceiving ? 'sendrecv' : 'sendonly';
  return isReceiving ? 'recvonly' : 'inactive';
}

function directionIn(text: string): Direction | undefined {
  const found = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(text)?.[1];
  return found as Direction | undefined;
}
