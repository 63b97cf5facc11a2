import { TimerSet } from './clock.ts';
import type { ClientTransaction, ClientTransactionHandler, Flow } from './contract.ts';
import type { Core } from './core.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';

/** The way to the next hop, known once it has been resolved. Trouble is told to `fail`, never thrown. */
export interface ClientWire {
  readonly reliable: boolean;
  send(request: SipRequest): void;
}

/** Who stands above a client transaction; our own user agents also want to know when nothing more can come. */
export interface TransactionUser extends ClientTransactionHandler {
  terminated?(): void;
}

/** What both kinds of client transaction offer the layer that owns them. */
export interface RunningClientTransaction extends ClientTransaction {
  /** The next hop is known: sends the request, its top Via in place. */
  start(wire: ClientWire): void;
  receive(response: SipResponse, flow: Flow): void;
  /** Timers B, F (408), a transport error (503): a response that nobody sent, without a Via. */
  fail(status: 408 | 503): void;
  /** Ends without a word to anybody. */
  drop(): void;
}

interface Owner {
  readonly core: Core;
  readonly user: TransactionUser;
  /** Takes the transaction out of the tables. */
  readonly removed: () => void;
  /** Starts the CANCEL as a transaction of its own. */
  readonly sendCancel: (cancel: SipRequest, wire: ClientWire) => void;
}

/**
 * INVITE at the client (RFC 3261 §17.1.1, RFC 6026 §7.2).
 *
 *   waiting ──next hop──▶ calling ──1xx──▶ proceeding ──3xx-6xx──▶ completed ──timer D──▶ terminated
 *                            └───────────2xx─┴─▶ accepted ──timer M──▶ terminated
 */
export class InviteClientTransaction implements RunningClientTransaction {
  readonly request: SipRequest;
  readonly #owner: Owner;
  readonly #timers: TimerSet;
  #state: 'waiting' | 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated' = 'waiting';
  #wire: ClientWire | undefined;
  #ack: SipRequest | undefined;
  #cancel: SipRequest | undefined;

  constructor(request: SipRequest, owner: Owner) {
    this.request = request;
    this.#owner = owner;
    this.#timers = new TimerSet(owner.core.clock);
  }

  start(wire: ClientWire): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'calling';
    this.#wire = wire;
    const { t1, timerB } = this.#owner.core.timers;
    if (!wire.reliable) this.#resendAfter(t1);
    this.#timers.start('B', timerB, () => {
      this.#owner.core.count('timerB');
      this.fail(408);
    });
    wire.send(this.request);
  }

  receive(response: SipResponse, flow: Flow): void {
    if (response.status < 200) this.#receiveProvisional(response, flow);
    else if (response.status < 300) this.#receive2xx(response, flow);
    else this.#receiveFailure(response, flow);
  }

  cancel(reason: { readonly headers?: Iterable<readonly [string, string]> } = {}): void {
    if (
      this.#cancel ||
      this.#state === 'completed' ||
      this.#state === 'accepted' ||
      this.#state === 'terminated'
    )
      return;
    this.#cancel = cancelFor(this.request, reason.headers);
    if (this.#state === 'proceeding') this.#sendCancel();
  }

  fail(status: 408 | 503): void {
    if (this.#state !== 'waiting' && this.#state !== 'calling' && this.#state !== 'proceeding') return;
    const { user } = this.#owner;
    this.#terminate(() => user.final(madeUp(status), undefined));
  }

  drop(): void {
    if (this.#state !== 'terminated') this.#terminate();
  }

  #receiveProvisional(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    const first = this.#state === 'calling';
    this.#state = 'proceeding';
    this.#timers.stop('A');
    this.#timers.stop('B');
    if (!this.#timers.has('cancelled')) this.#limitRinging();
    // RFC 3261 §9.1: no CANCEL before a provisional response.
    if (first && this.#cancel) this.#sendCancel();
    if (response.status > 100) this.#owner.user.provisional?.(response, flow);
  }

  #receive2xx(response: SipResponse, flow: Flow): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
    if (this.#state !== 'accepted') {
      this.#state = 'accepted';
      this.#timers.stopAll();
      this.#timers.start('M', this.#owner.core.timers.timerB, () => this.#terminate());
    }
    this.#owner.user.final(response, flow);
  }

  #receiveFailure(response: SipResponse, flow: Flow): void {
    if (this.#state === 'completed') {
      this.#owner.core.count('retransmissionsReceived');
      if (this.#ack) this.#wire?.send(this.#ack);
      return;
    }
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    this.#state = 'completed';
    this.#timers.stopAll();
    this.#ack = ackFor(this.request, response);
    this.#wire?.send(this.#ack);
    const { user } = this.#owner;
    if (this.#wire?.reliable) this.#terminate(() => user.final(response, flow));
    else {
      this.#timers.start('D', this.#owner.core.timers.timerD, () => this.#terminate());
      user.final(response, flow);
    }
  }

  #resendAfter(delayMs: number): void {
    this.#timers.start('A', delayMs, () => {
      this.#owner.core.count('retransmissionsSent');
      this.#resendAfter(2 * delayMs);
      this.#wire?.send(this.request);
    });
  }

  /** RFC 3261 §16.6 item 11 asks it of proxies; a user agent too must not ring for ever for a peer that has vanished. */
  #limitRinging(): void {
    this.#timers.start('C', this.#owner.core.timers.timerC, () => {
      this.#owner.core.count('timerC');
      this.cancel();
    });
  }

  /** RFC 3261 §9.1: a peer that answers the CANCEL but not the INVITE is given 64*T1. */
  #sendCancel(): void {
    if (!this.#wire || !this.#cancel) return;
    this.#timers.stop('C');
    this.#timers.start('cancelled', this.#owner.core.timers.timerB, () => this.fail(408));
    this.#owner.sendCancel(this.#cancel, this.#wire);
  }

  #terminate(lastWord?: () => void): void {
    this.#state = 'terminated';
    this.#timers.stopAll();
    this.#owner.removed();
    lastWord?.();
    this.#owner.user.terminated?.();
  }
}

/**
 * Any other request at the client (RFC 3261 §17.1.2).
 *
 *   waiting ──next hop──▶ trying ──1xx──▶ proceeding ──final──▶ completed ──timer K──▶ terminated
 */
export class NonInviteClientTransaction implements RunningClientTransaction {
  readonly request: SipRequest;
  readonly #owner: Owner;
  readonly #timers: TimerSet;
  #state: 'waiting' | 'trying' | 'proceeding' | 'completed' | 'terminated' = 'waiting';
  #wire: ClientWire | undefined;

  constructor(request: SipRequest, owner: Owner) {
    this.request = request;
    this.#owner = owner;
    this.#timers = new TimerSet(owner.core.clock);
  }

  start(wire: ClientWire): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'trying';
    this.#wire = wire;
    const { t1, timerF } = this.#owner.core.timers;
    if (!wire.reliable) this.#resendAfter(t1);
    this.#timers.start('F', timerF, () => {
      this.#owner.core.count('timerF');
      this.fail(408);
    });
    wire.send(this.request);
  }

  receive(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'trying' && this.#state !== 'proceeding') return;
    const { core, user } = this.#owner;
    if (response.status < 200) {
      this.#state = 'proceeding';
      if (response.status > 100) user.provisional?.(response, flow);
      return;
    }
    this.#state = 'completed';
    this.#timers.stopAll();
    if (this.#wire?.reliable) this.#terminate(() => user.final(response, flow));
    else {
      this.#timers.start('K', core.timers.t4, () => this.#terminate());
      user.final(response, flow);
    }
  }

  /** RFC 3261 §9.1: only INVITE can be cancelled. */
  cancel(): void {
    this.#owner.core.log.debug({ method: this.request.method }, 'only an INVITE can be cancelled');
  }

  fail(status: 408 | 503): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
    const { user } = this.#owner;
    this.#terminate(() => user.final(madeUp(status), undefined));
  }

  drop(): void {
    if (this.#state !== 'terminated') this.#terminate();
  }

  #resendAfter(delayMs: number): void {
    const { core } = this.#owner;
    this.#timers.start('E', delayMs, () => {
      core.count('retransmissionsSent');
      this.#resendAfter(
        this.#state === 'proceeding' ? core.timers.t2 : Math.min(2 * delayMs, core.timers.t2),
      );
      this.#wire?.send(this.request);
    });
  }

  #terminate(lastWord?: () => void): void {
    this.#state = 'terminated';
    this.#timers.stopAll();
    this.#owner.removed();
    lastWord?.();
    this.#owner.user.terminated?.();
  }
}

/** A final response that no peer sent. */
export function madeUp(status: number): SipResponse {
  return { kind: 'response', status, reason: reasonPhrase(status), headers: new Headers(), body: '' };
}

/** RFC 3261 §17.1.1.3: the ACK to a final response other than 2xx goes the INVITE's own way, hop by hop. */
function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return sameHop(invite, 'ACK', response.headers.get('To') ?? invite.headers.get('To') ?? '');
}

/** RFC 3261 §9.1. */
function cancelFor(invite: SipRequest, extra: Iterable<readonly [string, string]> = []): SipRequest {
  const cancel = sameHop(invite, 'CANCEL', invite.headers.get('To') ?? '');
  for (const [name, value] of extra) cancel.headers.append(name, value);
  return cancel;
}

function sameHop(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  const { headers: given } = invite;
  const headers = new Headers();
  headers.append('Via', given.list('Via')[0] ?? '');
  for (const route of given.getAll('Route')) headers.append('Route', route);
  headers.append('Max-Forwards', '70');
  headers.append('From', given.get('From') ?? '');
  headers.append('To', to);
  headers.append('Call-ID', given.get('Call-ID') ?? '');
  headers.append('CSeq', `${Number.parseInt(given.get('CSeq') ?? '', 10)} ${method}`);
  return { kind: 'request', method, uri: invite.uri, headers, body: '' };
}
