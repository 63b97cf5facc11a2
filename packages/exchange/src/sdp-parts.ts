import type { MediaDescription, SessionDescription } from 'sdp-transform';

type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** The session part of an SDP of ours. */
export function sessionOf(
  name: string,
  host: string,
  sessionId: number,
  version: number,
): Omit<SessionDescription, 'media'> {
  const ipVer = host.includes(':') ? 6 : 4;
  return {
    version: 0,
    origin: { username: name, sessionId, sessionVersion: version, netType: 'IN', ipVer, address: host },
    name,
    connection: { version: ipVer, ip: host },
    timing: { start: 0, stop: 0 },
  };
}

/** RFC 3264 §6: port 0, and at least one format. */
export function refused({ type, protocol, payloads }: MediaDescription): MediaDescription {
  return { type, protocol, payloads: payloads ?? '0', port: 0, rtp: [], fmtp: [] };
}

/** RFC 3264 §6.1. */
export function mirrored(direction: MediaDescription['direction']): Direction {
  switch (direction) {
    case 'sendonly':
      return 'recvonly';
    case 'recvonly':
      return 'sendonly';
    case 'inactive':
      return 'inactive';
    case 'sendrecv':
    case undefined:
      return 'sendrecv';
  }
}
