import * as v from 'valibot';
import { janusErrors } from './janus-errors.ts';
import { JanusReply, JanusRequest } from './janus-api.ts';
import { Jsep } from './jsep.ts';
import { sipserverErrors } from './sipserver-errors.ts';
import { SipserverRequest } from './sipserver-requests.ts';

/*
 * The only doors for what comes from outside: behind them nothing is `unknown`, before them nothing is trusted.
 * A refusal carries the number that its layer has for it.
 */

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: number; readonly reason: string };

// `v.variant` tries its options one after the other; the name tells at once which it is.
const requestOf = new Map<string, (typeof JanusRequest.options)[number]>(
  JanusRequest.options.map((option) => [option.entries.janus.literal, option]),
);
const replyOf = new Map<string, (typeof JanusReply.options)[number]>(
  JanusReply.options.map((option) => [option.entries.janus.literal, option]),
);
const sipserverRequestOf = new Map<string, (typeof SipserverRequest.options)[number]>(
  SipserverRequest.options.map((option) => [option.entries.request.literal, option]),
);

/** A Janus API request out of parsed JSON. Codes 452, 453, 455, 456, 466, 467. */
export function parseJanusRequest(input: unknown): Parsed<JanusRequest> {
  if (!isRecord(input)) return refuse(janusErrors.invalidJsonObject, 'The request is not a JSON object');
  if (input['transaction'] === undefined)
    return refuse(janusErrors.missingElement, 'Missing mandatory element (transaction)');
  if (input['janus'] === undefined)
    return refuse(janusErrors.missingElement, 'Missing mandatory element (janus)');
  if (typeof input['janus'] !== 'string')
    return refuse(janusErrors.invalidElementType, 'Invalid element type (janus should be a string)');
  const option = requestOf.get(input['janus']);
  if (!option) return refuse(janusErrors.unknownRequest, `Unknown request '${input['janus'].slice(0, 64)}'`);
  const parsed = v.safeParse(option, input, { abortEarly: true });
  if (parsed.success) return { ok: true, value: parsed.output };
  const { missing, text } = describe(parsed.issues[0]);
  if (input['janus'] === 'trickle' && !missing) return refuse(janusErrors.trickleInvalid, text);
  return refuse(missing ? janusErrors.missingElement : janusErrors.invalidElementType, text);
}

/** What a Janus server says, out of parsed JSON; undefined for what is none of its messages. */
export function parseJanusReply(input: unknown): JanusReply | undefined {
  const option = isRecord(input) ? replyOf.get(String(input['janus'])) : undefined;
  const parsed = option && v.safeParse(option, input, { abortEarly: true });
  return parsed?.success ? parsed.output : undefined;
}

/** The `jsep` of a message. Codes 455, 456, 464, 465, 467, each where Janus 1.1.2 gives it. */
export function parseJsep(input: unknown): Parsed<Jsep> {
  if (!isRecord(input)) return refuse(janusErrors.invalidJsonObject, 'The JSEP is not a JSON object');
  for (const name of ['type', 'sdp']) {
    if (input[name] === undefined)
      return refuse(janusErrors.missingElement, `Missing mandatory element (${name})`);
    if (typeof input[name] !== 'string')
      return refuse(janusErrors.invalidElementType, `Invalid element type (${name} should be a string)`);
  }
  if (input['type'] !== 'offer' && input['type'] !== 'answer') {
    return refuse(janusErrors.jsepUnknownType, 'Unknown JSEP type');
  }
  const parsed = v.safeParse(Jsep, input, { abortEarly: true });
  if (parsed.success) return { ok: true, value: parsed.output };
  const [issue] = parsed.issues;
  const code = issue.path?.[0].key === 'sdp' ? janusErrors.jsepInvalidSdp : janusErrors.invalidElementType;
  return refuse(code, describe(issue).text);
}

/** A plugin request. Codes 442 unknown request, 443 missing element, 444 invalid element. */
export function parseSipserverRequest(body: unknown): Parsed<SipserverRequest> {
  if (!isRecord(body)) return refuse(sipserverErrors.noMessage, 'No message body');
  const request = body['request'];
  if (request === undefined) return refuse(sipserverErrors.missingElement, 'Missing element (request)');
  if (typeof request !== 'string')
    return refuse(sipserverErrors.invalidElement, 'Invalid element type (request should be a string)');
  const option = sipserverRequestOf.get(request);
  if (!option) return refuse(sipserverErrors.invalidRequest, `Unknown request '${request.slice(0, 64)}'`);
  const parsed = v.safeParse(option, body, { abortEarly: true });
  if (parsed.success) return { ok: true, value: parsed.output };
  const { missing, text } = describe(parsed.issues[0]);
  return refuse(missing ? sipserverErrors.missingElement : sipserverErrors.invalidElement, text);
}

function isRecord(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

function refuse(
  code: number,
  reason: string,
): { readonly ok: false; readonly code: number; readonly reason: string } {
  return { ok: false, code, reason };
}

function describe(issue: v.BaseIssue<unknown>): { readonly missing: boolean; readonly text: string } {
  const name = issue.path?.map((part) => String(part.key)).join('.') ?? '';
  if (issue.input === undefined) return { missing: true, text: `Missing mandatory element (${name})` };
  return { missing: false, text: `Invalid element (${name}: ${issue.message})`.slice(0, 256) };
}
