import { contactUri, withOptions } from './account.ts';
import { AuthenticatedRequest } from './authentication.ts';
import type { Authenticator } from './authentication.ts';
import type { TransactionUser } from './client-transaction.ts';
import type { Flow, Protocol, RequestOptions } from './contract.ts';
import { ackWithin, confirmedDialog, cseqOf, requestWithin, withTarget } from './dialog.ts';
import type { DialogState } from './dialog.ts';
import type { Way } from './resolve.ts';
import type { DialogHost } from './session-host.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { formatUri } from './uri.ts';

/** How a dialog's requests reach the peer. */
export interface DialogPath {
  readonly authenticator: Authenticator;
  /** The connection that made the dialog, where there is one. */
  readonly flow: Flow | undefined;
  /** What our Contact says we are reached over. */
  readonly protocol: Protocol;
}

const namesContact = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER']);

/** A dialog at work: its state is plain data, this is what moves it on and sends its requests (RFC 3261 §12.2). */
export class LiveDialog {
  readonly #host: DialogHost;
  readonly #path: DialogPath;
  #state: DialogState;

  constructor(host: DialogHost, state: DialogState, path: DialogPath) {
    this.#host = host;
    this.#state = state;
    this.#path = path;
  }

  get state(): DialogState {
    return this.#state;
  }

  /** Notes the CSeq of a request of the peer. False if it is older than one that came before (RFC 3261 §12.2.2). */
  takes(request: SipRequest): boolean {
    const remoteCSeq = cseqOf(request);
    if (this.#state.remoteCSeq !== undefined && remoteCSeq < this.#state.remoteCSeq) return false;
    this.#state = { ...this.#state, remoteCSeq };
    return true;
  }

  /** Whether the peer takes that method; undefined while it has not said. */
  peerAllows(method: string): boolean | undefined {
    return this.#state.remoteAllows?.includes(method);
  }

  /** The 2xx to the INVITE that made this dialog early. */
  confirm(response: SipResponse): void {
    this.#state = confirmedDialog(this.#state, response);
  }

  /** The peer's Contact, and what it allows, may have changed. */
  refreshTarget(message: SipRequest | SipResponse): void {
    this.#state = withTarget(this.#state, message);
  }

  contact(): string {
    const { account, endpoint } = this.#host;
    return `<${formatUri(contactUri(account, endpoint, this.#path.protocol, this.#state.secure))}>`;
  }

  /** Sends a request, with credentials if it is asked for them. @throws SipError `invalid-header` */
  send(method: string, options: RequestOptions, user: TransactionUser): AuthenticatedRequest {
    const { request, nextHop } = requestWithin(this.#state, method, this.#state.localCSeq + 1);
    if (namesContact.has(method)) request.headers.append('Contact', this.contact());
    const { userAgent } = this.#host.core;
    if (userAgent !== undefined) request.headers.append('User-Agent', userAgent);
    const whole = withOptions(request, options);
    this.#nextCSeq();
    return new AuthenticatedRequest(whole, {
      endpoint: this.#host.endpoint,
      authenticator: this.#path.authenticator,
      nextCSeq: () => this.#nextCSeq(),
      user,
      to: this.#way(nextHop),
    });
  }

  /** Sends the ACK to a 2xx; the function returned repeats it. */
  ack(invite: SipRequest, sdp?: string): () => void {
    const { request, nextHop } = ackWithin(this.#state, invite, sdp);
    return this.#host.endpoint.sendRepeatable(request, this.#way(nextHop));
  }

  #nextCSeq(): number {
    this.#state = { ...this.#state, localCSeq: this.#state.localCSeq + 1 };
    return this.#state.localCSeq;
  }

  /**
   * A connection is used again as long as the peer itself is the next hop; a proxy's URI says where that is, and the connection is used
   * if it leads there. Over a WebSocket there is never another (RFC 7118 §5).
   */
  #way(nextHop: Way['uri'] | undefined): Way | undefined {
    if (!nextHop) return undefined;
    const { flow } = this.#path;
    const way = { uri: nextHop, protocol: this.#host.account.protocol };
    if (!flow || flow.protocol === 'udp') return way;
    const isOnly = flow.protocol === 'ws' || flow.protocol === 'wss';
    return isOnly || this.#state.routeSet.length === 0 ? { ...way, flow } : { ...way, near: flow };
  }
}
