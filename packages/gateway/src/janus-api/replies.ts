import { janusErrors, type JanusReply, type JanusRequest } from '@soft-handset/protocol';
import type { Envelope } from './envelope.ts';

export type ErrorReply = JanusReply & { readonly janus: 'error' };

/** An error reply in Janus's shape; what the request says of itself is repeated in it. */
export function refusal(
  code: number,
  reason: string,
  about: { readonly transaction?: string; readonly sessionId?: number; readonly session_id?: number } = {},
): ErrorReply {
  const sessionId = about.sessionId ?? about.session_id ?? 0;
  return {
    janus: 'error',
    ...(sessionId > 0 && { session_id: sessionId }),
    ...(about.transaction !== undefined && { transaction: about.transaction }),
    error: { code, reason },
  };
}

export function unauthorized(envelope: Envelope): ErrorReply {
  return refusal(janusErrors.unauthorized, 'Unauthorized request (wrong or missing secret/token)', envelope);
}

export function wrongPath(envelope: Envelope): ErrorReply {
  const reason = `Unhandled request '${shorten(envelope.verb)}' at this path`;
  return refusal(janusErrors.invalidPath, reason, envelope);
}

export function pluginFailed(request: JanusRequest): ErrorReply {
  return refusal(janusErrors.unknown, 'The plugin failed on this request', request);
}

export function shorten(text: string): string {
  return text.slice(0, 64);
}
