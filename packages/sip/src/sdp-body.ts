import { Headers } from './headers.ts';
import type { SipMessage } from './message.ts';
import { parseParams } from './params.ts';
import { isToken, unquote } from './scan.ts';

/** What a message's body means for offer and answer. */
export type SdpBody =
  | { readonly ok: true; readonly sdp: string | undefined }
  /** A body that we must understand and do not: 415 (RFC 3261 §8.2.3). */
  | { readonly ok: false };

/** What a 415 says in `Accept`. */
export const acceptedTypes = 'application/sdp, multipart/mixed, multipart/alternative';

const none: SdpBody = { ok: true, sdp: undefined };
const maxNesting = 3;

/** Finds the SDP: the body itself, or the first such part of a multipart body (RFC 5621 §3.1). */
export function sdpOf(message: SipMessage): SdpBody {
  return message.body === '' ? none : readPart(message.headers, message.body, 0);
}

function readPart(headers: Headers, body: string, depth: number): SdpBody {
  const encoding = headers.get('Content-Encoding')?.trim().toLowerCase();
  const isOptional = /;\s*handling\s*=\s*optional/i.test(headers.get('Content-Disposition') ?? '');
  const refused: SdpBody = isOptional ? none : { ok: false };
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return refused;
  const type = readType(headers.get('Content-Type') ?? '');
  if (!type) return body.startsWith('v=0') ? { ok: true, sdp: body } : refused;
  if (type.name === 'application/sdp') return { ok: true, sdp: body };
  if (!type.name.startsWith('multipart/') || depth >= maxNesting) return refused;
  for (const part of splitParts(body, type.boundary)) {
    const found = readPart(part.headers, part.body, depth + 1);
    if (found.ok && found.sdp !== undefined) return found;
  }
  return none;
}

function readType(value: string): { readonly name: string; readonly boundary: string } | undefined {
  const semicolon = value.indexOf(';');
  const end = semicolon < 0 ? value.length : semicolon;
  const name = value.slice(0, end).replace(/\s/g, '').toLowerCase();
  if (!name.includes('/')) return undefined;
  return { name, boundary: unquote(parseParams(value, end)?.get('boundary') ?? '') };
}

/** RFC 2046 §5.1.1; what stands before the first and behind the last boundary does not count. */
function splitParts(body: string, boundary: string): { readonly headers: Headers; readonly body: string }[] {
  if (boundary === '' || boundary.length > 70) return [];
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1);
  const last = pieces.findIndex((piece) => piece.startsWith('--'));
  return pieces.slice(0, last < 0 ? pieces.length : last).map((piece) => {
    const text = piece.slice(piece.indexOf('\r\n'));
    const gap = text.indexOf('\r\n\r\n');
    // The line end before a boundary belongs to the boundary; that of the SDP's last line is given back.
    return {
      headers: readHeaders(text.slice(2, Math.max(gap, 2))),
      body: gap < 0 ? '' : `${text.slice(gap + 4)}\r\n`,
    };
  });
}

function readHeaders(text: string): Headers {
  const headers = new Headers();
  for (const line of text.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (isToken(name) && !/[\r\n]/.test(line)) headers.append(name, line.slice(colon + 1).trim());
  }
  return headers;
}
