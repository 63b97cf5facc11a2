import { sdpOf, type PeerMedia } from './sdp.ts';
import {
  pause,
  receiveRequest,
  receiveResponse,
  scenario,
  send,
  type SendOptions,
  type Step,
} from './steps.ts';

/*
 * Peers that call (UAC, RFC 3261 §8.1). Whom they call is sipp's `service` at its remote address.
 */

export interface CallingOptions {
  readonly media?: PeerMedia;
  /** Header lines of the INVITE, such as `X-Call-Type: call_dispatch`. */
  readonly headers?: readonly string[];
  /** User part of From. */
  readonly from?: string;
  /** What it does once the call is up. */
  readonly then?: readonly Step[];
}

/** Calls with an offer and waits for the other to hang up. */
export function callsWithOffer(options: CallingOptions = {}): string {
  return scenario(
    'calls with an offer',
    invite(options, sdpOf(options.media)),
    ...provisionals(),
    receiveResponse(200, { body: 'sdp', keepRoute: true }),
    request('ACK', 1, options),
    options.then ?? waitForBye(),
  );
}

/** Calls without an offer and answers the 200's in the ACK. */
export function callsWithoutOffer(options: CallingOptions = {}): string {
  return scenario(
    'calls without an offer',
    invite(options),
    ...provisionals(),
    receiveResponse(200, { body: 'sdp', keepRoute: true }),
    request('ACK', 1, options, { body: sdpOf(options.media) }),
    options.then ?? waitForBye(),
  );
}

/** Gives up while the other side rings. */
export function cancels(afterMs: number, options: CallingOptions = {}): string {
  return scenario(
    'cancels',
    invite(options, sdpOf(options.media)),
    '<recv response="100" optional="true"/>',
    receiveResponse(180),
    pause(afterMs),
    send(cancelLines(options)),
    // Through a proxy of several processes the two may come in either order; a 200 for the CANCEL after the end is passed over.
    receiveResponse(200, { optional: true }),
    receiveResponse(487),
    send(ackLines(options)),
  );
}

/** Is refused with `status`. */
export function isRefused(status: number, options: CallingOptions = {}): string {
  return scenario(
    `is refused with ${status}`,
    invite(options, sdpOf(options.media)),
    ...provisionals(),
    receiveResponse(status, { timeoutMs: 30_000 }),
    send(ackLines(options)),
  );
}

/** Never sends its ACK and hangs up after the 200: no peer should, some do. */
export function hangsUpWithoutAck(options: CallingOptions = {}): string {
  return scenario(
    'hangs up without ACK',
    invite(options, sdpOf(options.media)),
    ...provisionals(),
    receiveResponse(200, { keepRoute: true }),
    request('BYE', 2, options, { repeat: true }),
    '<recv response="200"/>',
  );
}

/** Calls, and then is not heard of again: no ACK, no BYE. */
export function vanishes(options: CallingOptions = {}): string {
  return scenario(
    'vanishes',
    invite(options, sdpOf(options.media)),
    ...provisionals(),
    receiveResponse(200, { keepRoute: true }),
  );
}

/** For `then`: ends the call after a while. */
export function hangUp(afterMs: number, options: CallingOptions = {}): readonly Step[] {
  return [pause(afterMs), request('BYE', 2, options, { repeat: true }), '<recv response="200"/>'];
}

/** For `then`: hold, resume, each by a re-INVITE with a new offer. */
export function holdAndResume(
  afterMs: number,
  holdMs: number,
  options: CallingOptions = {},
): readonly Step[] {
  const { media } = options;
  return [
    pause(afterMs),
    ...reInvite(2, { ...media, direction: 'sendonly', version: 2 }, options),
    pause(holdMs),
    ...reInvite(3, { ...media, direction: 'sendrecv', version: 3 }, options),
    ...waitForBye(),
  ];
}

/** A new offer in the call. */
export function reInvite(cseq: number, media: PeerMedia, options: CallingOptions = {}): readonly Step[] {
  return [
    request('INVITE', cseq, options, { body: sdpOf(media), repeat: true }),
    '<recv response="100" optional="true"/>',
    receiveResponse(200, { body: 'sdp' }),
    request('ACK', cseq, options),
  ];
}

/** For `then`: takes a re-INVITE with an offer and answers it. */
export function isReInvited(options: CallingOptions = {}): readonly Step[] {
  return [
    receiveRequest('INVITE', { body: 'sdp' }),
    send(
      [
        'SIP/2.0 200 OK',
        '[last_Via:]',
        '[last_From:]',
        '[last_To:]',
        '[last_Call-ID:]',
        '[last_CSeq:]',
        contact(options),
      ],
      { body: sdpOf(options.media), repeat: true },
    ),
    receiveRequest('ACK'),
  ];
}

function waitForBye(timeoutMs = 60_000): readonly Step[] {
  return [
    receiveRequest('BYE', { timeoutMs }),
    send(['SIP/2.0 200 OK', '[last_Via:]', '[last_From:]', '[last_To:]', '[last_Call-ID:]', '[last_CSeq:]']),
  ];
}

function invite(options: CallingOptions, body?: string): Step {
  return send(
    [
      'INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0',
      via,
      from(options),
      'To: <sip:[service]@[remote_ip]:[remote_port]>',
      'Call-ID: [call_id]',
      'CSeq: 1 INVITE',
      contact(options),
      'Max-Forwards: 70',
      'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE',
    ],
    { repeat: true, headers: options.headers ?? [], ...(body !== undefined && { body }) },
  );
}

/** In the dialog: to the Contact of the 200, along its Record-Route. */
function request(method: string, cseq: number, options: CallingOptions, more: SendOptions = {}): Step {
  return send(
    [
      `${method} [next_url] SIP/2.0`,
      via,
      from(options),
      'To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]',
      '[routes]',
      'Call-ID: [call_id]',
      `CSeq: ${cseq} ${method}`,
      contact(options),
      'Max-Forwards: 70',
    ],
    more,
  );
}

/** CANCEL and the ACK of a refusal carry the INVITE's own branch (RFC 3261 §9.1, §17.1.1.3). */
function cancelLines(options: CallingOptions): readonly string[] {
  return likeInvite('CANCEL', options, 'To: <sip:[service]@[remote_ip]:[remote_port]>');
}

function ackLines(options: CallingOptions): readonly string[] {
  return likeInvite('ACK', options, 'To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]');
}

function likeInvite(method: string, options: CallingOptions, to: string): readonly string[] {
  return [
    `${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0`,
    '[last_Via:]',
    from(options),
    to,
    'Call-ID: [call_id]',
    `CSeq: 1 ${method}`,
    'Max-Forwards: 70',
  ];
}

const via = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport';

function from(options: CallingOptions): string {
  const user = options.from ?? 'sipp';
  return `From: "${user}" <sip:${user}@[local_ip]:[local_port]>;tag=[pid]x[call_number]`;
}

function contact(options: CallingOptions): string {
  return `Contact: <sip:${options.from ?? 'sipp'}@[local_ip]:[local_port];transport=[transport]>`;
}

function provisionals(): readonly Step[] {
  return [100, 180, 183].map((status) => `<recv response="${status}" optional="true"/>`);
}
