import { contactOf, cseqIn, tagOf } from './header-values.ts';
import { Headers } from './headers.ts';
import { withTag } from './make.ts';
import type { NameAddr, SipRequest, SipResponse, SipUri } from './message.ts';
import { formatNameAddr, parseNameAddr } from './name-addr.ts';
import { noParams } from './params.ts';
import { formatUri, parseUri } from './uri.ts';

/** A dialog (RFC 3261 §12) as data that could be written to disk. */
export interface DialogState {
  readonly callId: string;
  /** From of our requests, tag included. */
  readonly local: string;
  readonly localTag: string;
  /** To of our requests, tag included; a peer of RFC 2543 has an empty tag. */
  readonly remote: string;
  readonly remoteTag: string;
  readonly localCSeq: number;
  readonly remoteCSeq: number | undefined;
  /** In the order in which our requests pass them. */
  readonly routeSet: readonly string[];
  readonly remoteTarget: string;
  readonly secure: boolean;
  /** The methods that the peer's Allow listed last; undefined: it has not said. */
  readonly remoteAllows: readonly string[] | undefined;
}

/** RFC 3261 §12.1.2: from our INVITE and a response to it with a tag. */
export function dialogAsUac(invite: SipRequest, response: SipResponse): DialogState {
  const { headers } = response;
  const remote = headers.get('To') ?? '';
  return {
    callId: invite.headers.get('Call-ID') ?? '',
    local: invite.headers.get('From') ?? '',
    localTag: tagOf(invite.headers.get('From')) ?? '',
    remote,
    remoteTag: tagOf(remote) ?? '',
    localCSeq: cseqOf(invite),
    remoteCSeq: undefined,
    routeSet: headers.list('Record-Route').reverse(),
    remoteTarget: targetOf(contactOf(response)) ?? invite.uri,
    secure: isSips(invite.uri),
    remoteAllows: allowOf(response),
  };
}

/** The early dialog becomes the call's: the 2xx says anew which way its requests go (RFC 3261 §13.2.2.4). */
export function confirmedDialog(early: DialogState, response: SipResponse): DialogState {
  const routeSet = response.headers.list('Record-Route').reverse();
  return { ...withTarget(early, response), routeSet };
}

/** RFC 3261 §12.1.1: from the peer's INVITE and the tag of our responses. */
export function dialogAsUas(invite: SipRequest, localTag: string): DialogState {
  const { headers } = invite;
  const remote = headers.get('From') ?? '';
  return {
    callId: headers.get('Call-ID') ?? '',
    local: withTag(headers.get('To') ?? '', localTag),
    localTag,
    remote,
    remoteTag: tagOf(remote) ?? '',
    localCSeq: 0,
    remoteCSeq: cseqOf(invite),
    routeSet: headers.list('Record-Route'),
    remoteTarget: targetOf(contactOf(invite)) ?? targetOf(parseNameAddr(remote)) ?? '',
    secure: isSips(invite.uri),
    remoteAllows: allowOf(invite),
  };
}

/** RFC 6665 §4.4.1: from our SUBSCRIBE and the first NOTIFY to it. */
export function dialogAsSubscriber(subscribe: SipRequest, notify: SipRequest): DialogState {
  const asUas = dialogAsUas(notify, tagOf(subscribe.headers.get('From')) ?? '');
  return {
    ...asUas,
    local: subscribe.headers.get('From') ?? '',
    localCSeq: cseqOf(subscribe),
    secure: isSips(subscribe.uri),
  };
}

/** A target refresh: the peer's re-INVITE or UPDATE, or the 2xx to ours (RFC 3261 §12.2). */
export function withTarget(dialog: DialogState, message: SipRequest | SipResponse): DialogState {
  const remoteTarget = targetOf(contactOf(message)) ?? dialog.remoteTarget;
  const remoteAllows = allowOf(message) ?? dialog.remoteAllows;
  return { ...dialog, remoteTarget, remoteAllows };
}

/** A request in the dialog, and the URI it is sent to (RFC 3261 §12.2.1.1). */
export function requestWithin(
  dialog: DialogState,
  method: string,
  cseq: number,
): { readonly request: SipRequest; readonly nextHop: SipUri | undefined } {
  const first = parseNameAddr(dialog.routeSet[0] ?? '')?.uri;
  const isStrict = first !== undefined && !first.params.has('lr');
  const uri = isStrict ? formatUri(bareTarget(first)) : dialog.remoteTarget;
  const routes = isStrict ? [...dialog.routeSet.slice(1), `<${dialog.remoteTarget}>`] : dialog.routeSet;
  const headers = new Headers();
  for (const route of routes) headers.append('Route', route);
  headers.append('Max-Forwards', '70');
  headers.append('From', dialog.local);
  headers.append('To', dialog.remote);
  headers.append('Call-ID', dialog.callId);
  headers.append('CSeq', `${cseq} ${method}`);
  return {
    request: { kind: 'request', method, uri, headers, body: '' },
    nextHop: first ?? parseUri(dialog.remoteTarget),
  };
}

/** The ACK to a 2xx: CSeq number and credentials are the INVITE's (RFC 3261 §13.2.2.4). */
export function ackWithin(
  dialog: DialogState,
  invite: SipRequest,
  sdp?: string,
): ReturnType<typeof requestWithin> {
  const { request, nextHop } = requestWithin(dialog, 'ACK', cseqOf(invite));
  for (const name of ['Authorization', 'Proxy-Authorization']) {
    for (const value of invite.headers.getAll(name)) request.headers.append(name, value);
  }
  if (sdp === undefined) return { request, nextHop };
  request.headers.append('Content-Type', 'application/sdp');
  return { request: { ...request, body: sdp }, nextHop };
}

export function cseqOf(message: SipRequest | SipResponse): number {
  return cseqIn(message.headers)?.number ?? 0;
}

function allowOf({ headers }: SipRequest | SipResponse): readonly string[] | undefined {
  return headers.has('Allow') ? headers.list('Allow') : undefined;
}

function targetOf(contact: NameAddr | undefined): string | undefined {
  return contact && contact.uri.scheme !== 'tel' ? formatUri(bareTarget(contact.uri)) : undefined;
}

/** RFC 3261 §19.1.1: what may not stand in a Request-URI. */
function bareTarget(uri: SipUri): SipUri {
  if (uri.headers.size === 0 && !uri.params.has('method')) return uri;
  const params = new Map(uri.params);
  params.delete('method');
  return { ...uri, params, headers: noParams };
}

function isSips(uri: string): boolean {
  return uri.slice(0, 5).toLowerCase() === 'sips:';
}

/** From or To of a request that we begin. */
export function partyValue(uri: SipUri, displayName: string | undefined, tag?: string): string {
  const params = tag === undefined ? noParams : new Map([['tag', tag]]);
  return formatNameAddr(displayName === undefined ? { uri, params } : { displayName, uri, params });
}
