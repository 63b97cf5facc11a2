import { keepPayloadTypeOf, sdpOf, type PeerMedia } from './sdp.ts';
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
 * Peers that are called (UAS, RFC 3261 §8.2). Each function gives the text of a sipp scenario.
 */

export interface CalledOptions {
  readonly media?: PeerMedia;
  /** Rings so long before it answers; 0 answers at once, without a 180. */
  readonly ringMs?: number;
  /** Header lines of the final response. */
  readonly headers?: readonly string[];
  /** What it does once the ACK is there. */
  readonly then?: readonly Step[];
}

/** Answers a call that comes with an offer. It waits for the caller's BYE unless `then` says otherwise. */
export function answersOffer(options: CalledOptions = {}): string {
  const video = options.media?.video;
  const media = video ? { ...options.media, video: { ...video, payloadType: '[$video_pt]' } } : options.media;
  return scenario(
    'answers an offer',
    invited('sdp', video ? keepPayloadTypeOf(video.codec) : ''),
    ringing(options.ringMs ?? 0),
    respond(200, 'OK', { body: sdpOf(media), repeat: true, headers: options.headers ?? [] }),
    receiveRequest('ACK'),
    options.then ?? waitForBye(),
  );
}

/** Answers a call without an offer by an offer of its own, and insists on the answer in the ACK (RFC 3261 §13.2.1). */
export function offersWhenAnswering(options: CalledOptions = {}): string {
  return scenario(
    'answers with an offer',
    invited('none'),
    ringing(options.ringMs ?? 0),
    respond(200, 'OK', { body: sdpOf(options.media), repeat: true, headers: options.headers ?? [] }),
    receiveRequest('ACK', { body: 'sdp' }),
    options.then ?? waitForBye(),
  );
}

/** 183 with an answer: the caller hears something before the 200. */
export function earlyMedia(options: CalledOptions & { readonly earlyMs?: number } = {}): string {
  const body = sdpOf(options.media);
  return scenario(
    'early media',
    invited('sdp'),
    respond(183, 'Session Progress', { body }),
    pause(options.earlyMs ?? 500),
    respond(200, 'OK', { body, repeat: true }),
    receiveRequest('ACK'),
    options.then ?? waitForBye(),
  );
}

/** Rings and says no. */
export function refuses(status: number, reason: string, ringMs = 0): string {
  return scenario(
    `refuses with ${status}`,
    invited(),
    ringing(ringMs),
    respond(status, reason, { repeat: true }),
    receiveRequest('ACK'),
  );
}

/** Takes no INVITE without offer, in that way, and answers the next one, which must have an offer. */
export function wantsAnOffer(
  how: { readonly status: number; readonly reason: string } | 'answers without SDP',
  options: CalledOptions = {},
): string {
  const refusal =
    how === 'answers without SDP'
      ? [respond(200, 'OK', { repeat: true }), receiveRequest('ACK'), ...waitForBye()]
      : [respond(how.status, how.reason, { repeat: true }), receiveRequest('ACK')];
  return scenario(
    'wants an offer',
    invited('none'),
    refusal,
    invited('sdp'),
    ringing(options.ringMs ?? 0),
    respond(200, 'OK', { body: sdpOf(options.media), repeat: true }),
    receiveRequest('ACK'),
    options.then ?? waitForBye(),
  );
}

/** Rings until the caller gives up (RFC 3261 §9.2: 200 for the CANCEL, 487 for the INVITE). */
export function ringsUntilCancelled(): string {
  return scenario(
    'rings until cancelled',
    invited(),
    respond(180, 'Ringing'),
    receiveRequest('CANCEL', { timeoutMs: 30_000 }),
    respond(200, 'OK'),
    send(
      [
        'SIP/2.0 487 Request Terminated',
        '[last_Via:]',
        'From: [$them]',
        'To: [$us];tag=[pid]x[call_number]',
        '[last_Call-ID:]',
        'CSeq: [$cseq] INVITE',
      ],
      { repeat: true },
    ),
    receiveRequest('ACK'),
  );
}

/** Answers, and hangs up by itself. */
export function hangsUpAfter(
  milliseconds: number,
  called: (options: CalledOptions) => string,
  options: CalledOptions = {},
): string {
  return called({ ...options, then: [pause(milliseconds), ...bye()] });
}

/** Answers, puts the caller on hold, takes him back, and waits for his BYE (RFC 3264 §8.4). */
export function holds(afterMs: number, holdMs: number, media: PeerMedia = {}): string {
  return answersOffer({
    media,
    then: [
      pause(afterMs),
      ...reInvite(1, { ...media, direction: 'sendonly', version: 2 }),
      pause(holdMs),
      ...reInvite(2, { ...media, direction: 'sendrecv', version: 3 }),
      ...waitForBye(),
    ],
  });
}

/**
 * Waits for the other's BYE. Over a bad network it should linger, so that a repeated BYE still finds somebody;
 * over TCP it must not, as sipp counts a call as failed when its connection is closed.
 */
export function waitForBye(lingerMs = 0, timeoutMs = 60_000): readonly Step[] {
  const linger = lingerMs > 0 ? [`<timewait milliseconds="${lingerMs}"/>`] : [];
  return [receiveRequest('BYE', { timeoutMs }), respondInDialog(200, 'OK'), ...linger];
}

/** Ends the call. */
export function bye(cseq = 900): readonly Step[] {
  return [send([...requestInDialog('BYE', cseq)], { repeat: true }), finalResponse()];
}

/** A new offer in the call. */
export function reInvite(cseq: number, media: PeerMedia): readonly Step[] {
  return [
    send([...requestInDialog('INVITE', cseq), contact], { body: sdpOf(media), repeat: true }),
    '<recv response="100" optional="true"/>',
    receiveResponse(200, { body: 'sdp' }),
    send([...requestInDialog('ACK', cseq)]),
  ];
}

const contact = 'Contact: <sip:peer@[local_ip]:[local_port];transport=[transport]>';

/** The first INVITE; who and where are kept for requests of our own. */
function invited(body?: 'sdp' | 'none', actions = ''): Step {
  return receiveRequest('INVITE', {
    ...(body && { body }),
    keepRoute: true,
    actions: [
      '<ereg regexp="[^ ].*" search_in="hdr" header="From:" check_it="true" assign_to="them"/>',
      '<ereg regexp="[^ ].*" search_in="hdr" header="To:" check_it="true" assign_to="us"/>',
      '<ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" check_it="true" assign_to="cseq"/>',
      actions,
    ].join(''),
  });
}

function ringing(ringMs: number): readonly Step[] {
  return ringMs > 0 ? [respond(180, 'Ringing'), pause(ringMs)] : [];
}

function respond(status: number, reason: string, options: SendOptions = {}): Step {
  return send(
    [
      `SIP/2.0 ${status} ${reason}`,
      '[last_Via:]',
      '[last_From:]',
      '[last_To:];tag=[pid]x[call_number]',
      '[last_Call-ID:]',
      '[last_CSeq:]',
      '[last_Record-Route:]',
      contact,
    ],
    options,
  );
}

function respondInDialog(status: number, reason: string): Step {
  return send([
    `SIP/2.0 ${status} ${reason}`,
    '[last_Via:]',
    '[last_From:]',
    '[last_To:]',
    '[last_Call-ID:]',
    '[last_CSeq:]',
  ]);
}

function requestInDialog(method: string, cseq: number): readonly string[] {
  return [
    `${method} [next_url] SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From: [$us];tag=[pid]x[call_number]',
    'To: [$them]',
    '[routes]',
    '[last_Call-ID:]',
    `CSeq: ${cseq} ${method}`,
    'Max-Forwards: 70',
  ];
}

/** 200, or 481 where the other side had ended the call at the same moment. */
function finalResponse(): Step {
  return ['<recv response="481" optional="true"/>', '<recv response="200"/>'].join('\n');
}
