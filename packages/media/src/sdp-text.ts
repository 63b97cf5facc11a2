import type { MediaSection, SdpSections } from './sdp-sections.ts';

/*
 * The little of SDP (RFC 8866) that the adapter reads and writes by itself. An SDP crosses four times while a call is set up, and a
 * general parser and writer took longer over it than everything else that the server does for that call; so this one looks at each
 * line once, and only at the attributes that mean something to us.
 */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** The fields of an o= line that are passed on. */
export interface Origin {
  readonly sessionId: string;
  readonly sessionVersion: string;
}

export interface Connection {
  readonly version: number;
  readonly ip: string;
}

/** One m-line; what it does not say is not there. */
export interface MediaDescription {
  readonly type: string;
  readonly port: number;
  readonly protocol: string;
  readonly payloads: string;
  readonly connection?: Connection;
  readonly bandwidth?: readonly { readonly type: string; readonly limit: string }[];
  readonly rtp: readonly RtpMap[];
  readonly fmtp: readonly { readonly payload: number; readonly config: string }[];
  /** As it stands behind `a=rtcp:` (RFC 3605). */
  readonly rtcp?: string;
  readonly rtcpFb?: readonly { readonly payload: number; readonly type: string }[];
  /** As they stand behind `a=crypto:` (RFC 4568). */
  readonly crypto?: readonly string[];
  readonly mid?: string;
  readonly ptime?: string;
  readonly maxptime?: string;
  readonly direction?: Direction;
  readonly rtcpMux?: true;
}

export interface RtpMap {
  readonly payload: number;
  readonly codec: string;
  readonly rate?: number;
  /** Channels. */
  readonly encoding?: number;
}

/** An SDP, read. */
export interface SessionDescription {
  /** Missing where it cannot be read. */
  readonly origin?: Origin;
  readonly direction?: Direction;
  readonly media: readonly MediaDescription[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is read of an m-line while its lines go by. */
type Draft = Mutable<MediaDescription> & {
  readonly rtp: RtpMap[];
  readonly fmtp: { payload: number; config: string }[];
};

export function readSections({ session, media }: SdpSections): SessionDescription {
  const origin = readOrigin(session.find((line) => line.startsWith('o=')));
  const direction = session.map(directionIn).findLast((each) => each !== undefined);
  return { ...(origin && { origin }), ...(direction && { direction }), media: media.map(readMedia) };
}

function readMedia({ media: type, port, protocol, payloads, lines }: MediaSection): MediaDescription {
  const draft: Draft = { type, port, protocol, payloads, rtp: [], fmtp: [] };
  for (const line of lines) {
    if (line.startsWith('a=')) readAttribute(draft, line);
    else if (line.startsWith('b=')) readBandwidth(draft, line.slice(2));
  }
  return draft;
}

/** What cannot be read is left out: a peer's slip in a hint is no reason to refuse its call. */
function readAttribute(draft: Draft, line: string): void {
  const colon = line.indexOf(':');
  if (colon < 0) {
    const direction = directionIn(line);
    if (direction) draft.direction = direction;
    else if (line === 'a=rtcp-mux') draft.rtcpMux = true;
    return;
  }
  const value = line.slice(colon + 1);
  switch (line.slice(2, colon)) {
    case 'rtpmap':
      return readRtpMap(draft, value);
    case 'fmtp': {
      const [, payload, config] = /^(\d{1,3}) ([\S ]*)/.exec(value) ?? [];
      if (config !== undefined) draft.fmtp.push({ payload: Number(payload), config });
      return;
    }
    case 'rtcp': {
      const place = /^\d{1,5}(?: IN IP[46] [\w.:-]+)?/.exec(value)?.[0];
      if (place !== undefined) draft.rtcp = place;
      return;
    }
    case 'crypto': {
      const key = /^\d{1,9} \w+ \S+(?: \S+)*/.exec(value)?.[0];
      if (key !== undefined) draft.crypto = [...(draft.crypto ?? []), key];
      return;
    }
    case 'ptime':
    case 'maxptime': {
      const ms = /^\d+(?:\.\d+)?/.exec(value)?.[0];
      if (ms !== undefined) draft[line.startsWith('a=m') ? 'maxptime' : 'ptime'] = ms;
    }
  }
}

function readRtpMap({ rtp }: Draft, value: string): void {
  const [, payload, codec, rate, encoding] =
    /^(\d{1,3}) ([\w.-]+)(?:\s*\/(\d+)(?:\s*\/(\d+))?)?/.exec(value) ?? [];
  if (codec === undefined) return;
  rtp.push({
    payload: Number(payload),
    codec,
    ...(rate !== undefined && { rate: Number(rate) }),
    ...(encoding !== undefined && { encoding: Number(encoding) }),
  });
}

function readBandwidth(draft: Draft, value: string): void {
  const [, type, limit] = /^(TIAS|AS|CT|RR|RS):(\d+)/.exec(value) ?? [];
  if (type !== undefined && limit !== undefined)
    draft.bandwidth = [...(draft.bandwidth ?? []), { type, limit }];
}

function readOrigin(line: string | undefined): Origin | undefined {
  const [, sessionId, sessionVersion] = /^o=\S* (\d+) (\d+) \S+ IP[46] \S/.exec(line ?? '') ?? [];
  return sessionId === undefined || sessionVersion === undefined ? undefined : { sessionId, sessionVersion };
}

function directionIn(line: string): Direction | undefined {
  switch (line) {
    case 'a=sendrecv':
      return 'sendrecv';
    case 'a=sendonly':
      return 'sendonly';
    case 'a=recvonly':
      return 'recvonly';
    case 'a=inactive':
      return 'inactive';
    default:
      return undefined;
  }
}

/** Session lines without their ends, then the m-lines: an SDP. */
export function writeSdp(session: readonly string[], media: readonly MediaDescription[]): string {
  let text = '';
  for (const line of session) text += `${line}\r\n`;
  for (const one of media) text += writeMedia(one);
  return text;
}

/** An address as c= and o= lines have it (RFC 8866 §5.7). */
export function placeOf({ version, ip }: Connection): string {
  return `IN IP${version} ${ip}`;
}

/** In the order that RFC 8866 §9 gives the lines of an m-line. */
function writeMedia(media: MediaDescription): string {
  const { connection, rtcp, mid, ptime, maxptime, direction } = media;
  let text = `m=${media.type} ${media.port} ${media.protocol} ${media.payloads}\r\n`;
  if (connection) text += `c=${placeOf(connection)}\r\n`;
  for (const { type, limit } of media.bandwidth ?? []) text += `b=${type}:${limit}\r\n`;
  for (const map of media.rtp) text += writeRtpMap(map);
  for (const { payload, config } of media.fmtp) text += `a=fmtp:${payload} ${config}\r\n`;
  if (rtcp !== undefined) text += `a=rtcp:${rtcp}\r\n`;
  for (const { payload, type } of media.rtcpFb ?? []) text += `a=rtcp-fb:${payload} ${type}\r\n`;
  for (const key of media.crypto ?? []) text += `a=crypto:${key}\r\n`;
  if (mid !== undefined) text += `a=mid:${mid}\r\n`;
  if (ptime !== undefined) text += `a=ptime:${ptime}\r\n`;
  if (maxptime !== undefined) text += `a=maxptime:${maxptime}\r\n`;
  if (direction !== undefined) text += `a=${direction}\r\n`;
  if (media.rtcpMux) text += 'a=rtcp-mux\r\n';
  return text;
}

function writeRtpMap({ payload, codec, rate, encoding }: RtpMap): string {
  const channels = encoding === undefined ? '' : `/${encoding}`;
  return `a=rtpmap:${payload} ${codec}${rate === undefined ? '' : `/${rate}${channels}`}\r\n`;
}
