import { janusErrors } from '@soft-handset/protocol';
import { refusal, type ErrorReply } from './replies.ts';

/** What may be read of a request before its shape is known. */
export interface Envelope {
  readonly verb: string;
  readonly transaction: string;
  /** 0: none. Negative: not an id that could exist. */
  readonly sessionId: number;
  /** Undefined: none asked for. */
  readonly handleId: number | undefined;
  readonly apisecret: unknown;
  readonly token: unknown;
}

/** What Janus looks at first, in its order. */
export function readEnvelope(input: unknown): Envelope | ErrorReply {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refusal(janusErrors.invalidJsonObject, 'The request is not a JSON object');
  }
  const { janus, transaction, session_id, handle_id, apisecret, token } = input as Record<string, unknown>;
  const about = typeof transaction === 'string' ? { transaction } : {};
  for (const [name, value] of Object.entries({ transaction, janus })) {
    if (value === undefined)
      return refusal(janusErrors.missingElement, `Missing mandatory element (${name})`, about);
    if (typeof value !== 'string')
      return refusal(
        janusErrors.invalidElementType,
        `Invalid element type (${name} should be a string)`,
        about,
      );
  }
  return {
    verb: String(janus),
    transaction: String(transaction).slice(0, 256),
    sessionId: Number.isSafeInteger(session_id) ? Number(session_id) : 0,
    handleId: handle_id === undefined ? undefined : Number.isSafeInteger(handle_id) ? Number(handle_id) : 0,
    apisecret,
    token,
  };
}
