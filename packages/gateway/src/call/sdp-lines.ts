import type { PeerSrtp } from '@soft-handset/media';

/*
 * The little that this room reads of an SDP: which media it has and whether it is the one we know. All else is the engine's.
 */

/** Which media an offer has (RFC 4566 §5.14; port 0 is a refused one, RFC 3264 §6). */
export function mediaIn(sdp: string): { readonly audio: boolean; readonly video: boolean } {
  const lines = mediaLines(sdp);
  const has = (type: string): boolean => lines.some((line) => line.type === type && line.port !== '0');
  return { audio: has('audio'), video: has('video') };
}

/**
 * What we said last, if it answers this offer as well: the offer is the one already agreed (RFC 3264 §8), and the same m-lines
 * are alive in both. Video that was refused and is offered once more is a question to the handset, not a repetition.
 */
export function answerAgain(
  offer: string,
  agreed: { readonly local: string; readonly remote: string },
): string | undefined {
  if (offer !== agreed.remote && gist(offer) !== gist(agreed.remote)) return undefined;
  const theirs = mediaLines(offer);
  const ours = mediaLines(agreed.local);
  const fits = (line: MediaLine, at: number): boolean =>
    line.type === theirs[at]?.type && (line.port === '0') === (theirs[at].port === '0');
  return ours.length === theirs.length && ours.every(fits) ? agreed.local : undefined;
}

/** SRTP with its keys in the SDP (RFC 4568): beside plain RTP in `AVP`, alone in `SAVP` (RFC 3711 §12). Undefined: none. */
export function srtpIn(sdp: string): PeerSrtp | undefined {
  const live = mediaLines(sdp).filter(({ port }) => port !== '0');
  if (!/^a=crypto:/m.test(sdp)) return undefined;
  return live.length > 0 && live.every(({ protocol }) => protocol.startsWith('RTP/SAVP'))
    ? 'mandatory'
    : 'optional';
}

interface MediaLine {
  readonly type: string;
  readonly port: string;
  readonly protocol: string;
}

function mediaLines(sdp: string): MediaLine[] {
  const lines = sdp.matchAll(/^m=(\S+) (\d+)\S* ?(\S*)/gm);
  return [...lines].map(([, type = '', port = '', protocol = '']) => ({ type, port, protocol }));
}

/**
 * The o-line with its session id and version, and where media goes: phones hold or move it and forget to count the version up.
 * An SDP without an o-line is never the same.
 */
function gist(sdp: string): string | symbol {
  const lines = sdp.match(/^(?:[ocm]=.*|a=(?:sendrecv|sendonly|recvonly|inactive)\b.*)$/gm) ?? [];
  return lines.some((line) => line.startsWith('o=')) ? lines.join('\n') : Symbol('no o-line');
}
