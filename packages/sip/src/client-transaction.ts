import { TimerSet } from './clock.ts';
import type { ClientTransaction, ClientTransactionHandler, Flow } from './contract.ts';
import type { Core } from './core.ts';
import { Headers } from './headers.ts';
import { ackFor, cancelFor, madeUp } from './hop-requests.ts';
import type { SipRequest, SipResponse } from './message.ts';

/** The way to the next hop, known once it has been resolved. Trouble is told to `fail`, never thrown. */
export interface ClientWire {
  readonly reliable: boolean;
  send(request: SipRequest): void;
}

/** Who stands above a client transaction; our own user agents also want to know when nothing more can come. */
export interface TransactionUser extends ClientTransactionHandler {
  terminated?(): void;
}

interface Owner {
  readonly core: Core;
  readonly user: TransactionUser;
  /** Takes the transaction out of the tables. */
  readonly removed: () => void;
  /** Starts the CANCEL as a transaction of its own. */
  readonly sendCancel: (cancel: SipRequest, wire: ClientWire) => void;
}

/** What both kinds of client transaction share: one request, the way it goes, and an end that is told once. */
export abstract class RunningClientTransaction implements ClientTransaction {
  readonly request: SipRequest;
  protected readonly owner: Owner;
  protected readonly timers: TimerSet;
  protected wire: ClientWire | undefined;
  #isTerminated = false;

  constructor(request: SipRequest, owner: Owner) {
    this.request = request;
    this.owner = owner;
    this.timers = new TimerSet(owner.core.clock);
  }

  /** Whether no final response has come. */
  protected abstract readonly isOpen: boolean;
  /** The next hop is known: sends the request, its top Via in place. */
  abstract start(wire: ClientWire): void;
  abstract receive(response: SipResponse, flow: Flow): void;
  abstract cancel(reason?: { readonly headers?: Iterable<readonly [string, string]> }): void;

  /** Timers B, F (408), a transport error (503): a response that nobody sent, without a Via. */
  fail(status: 408 | 503): void {
    if (this.isOpen && !this.#isTerminated) this.terminate(madeUp(status));
  }

  /** Ends; `last` is what the user above still has to hear. */
  terminate(last?: SipResponse, flow?: Flow): void {
    if (this.#isTerminated) return;
    this.#isTerminated = true;
    this.timers.stopAll();
    this.owner.removed();
    if (last) this.owner.user.final(last, flow);
    this.owner.user.terminated?.();
  }

  protected get isTerminated(): boolean {
    return this.#isTerminated;
  }

  /** Repeats the request with growing distance: timers A and E. */
  protected resendAfter(name: 'A' | 'E', delayMs: number, next: (delayMs: number) => number): void {
    this.timers.start(name, delayMs, () => {
      this.owner.core.count('retransmissionsSent');
      this.resendAfter(name, next(delayMs), next);
      this.wire?.send(this.request);
    });
  }
}

/**
 * INVITE at the client (RFC 3261 §17.1.1, RFC 6026 §7.2).
 *
 *   waiting ──next hop──▶ calling ──1xx──▶ proceeding ──3xx-6xx──▶ completed ──timer D──▶ terminated
 *                            └───────────2xx─┴─▶ accepted ──timer M──▶ terminated
 */
export class InviteClientTransaction extends RunningClientTransaction {
  #state: 'waiting' | 'calling' | 'proceeding' | 'completed' | 'accepted' = 'waiting';
  #ack: SipRequest | undefined;
  #cancel: SipRequest | undefined;
  #headersOfCancel: readonly (readonly [string, string])[] | undefined;

  protected get isOpen(): boolean {
    return this.#state === 'waiting' || this.#state === 'calling' || this.#state === 'proceeding';
  }

  start(wire: ClientWire): void {
    if (this.#state !== 'waiting' || this.isTerminated) return;
    this.#state = 'calling';
    this.wire = wire;
    const { t1, timerB } = this.owner.core.timers;
    if (!wire.reliable) this.resendAfter('A', t1, (delayMs) => 2 * delayMs);
    this.timers.start('B', timerB, () => {
      this.owner.core.count('timerB');
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
    if (this.#headersOfCancel || !this.isOpen) return;
    this.#headersOfCancel = [...new Headers(reason.headers)];
    if (this.#state === 'proceeding') this.#sendCancel();
  }

  #receiveProvisional(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    this.#state = 'proceeding';
    this.timers.stop('A');
    this.timers.stop('B');
    // RFC 3261 §9.1: no CANCEL before a provisional response.
    if (this.#headersOfCancel) this.#sendCancel();
    else this.#limitRinging();
    if (response.status > 100) this.owner.user.provisional?.(response, flow);
  }

  #receive2xx(response: SipResponse, flow: Flow): void {
    if (this.#state === 'completed') return;
    if (this.#state !== 'accepted') {
      this.#state = 'accepted';
      this.timers.stopAll();
      this.timers.start('M', this.owner.core.timers.timerB, () => this.terminate());
    }
    this.owner.user.final(response, flow);
  }

  #receiveFailure(response: SipResponse, flow: Flow): void {
    if (this.#state === 'completed') {
      this.owner.core.count('retransmissionsReceived');
      if (this.#ack) this.wire?.send(this.#ack);
      return;
    }
    if (!this.isOpen) return;
    this.#state = 'completed';
    this.timers.stopAll();
    this.#ack = ackFor(this.request, response);
    this.wire?.send(this.#ack);
    if (this.wire?.reliable) return this.terminate(response, flow);
    this.timers.start('D', this.owner.core.timers.timerD, () => this.terminate());
    this.owner.user.final(response, flow);
  }

  /** RFC 3261 §16.6 item 11 asks it of proxies; a user agent too must not ring for ever for a peer that has vanished. */
  #limitRinging(): void {
    this.timers.start('C', this.owner.core.timers.timerC, () => {
      this.owner.core.count('timerC');
      this.cancel();
    });
  }

  /** RFC 3261 §9.1: a peer that answers the CANCEL but not the INVITE is given 64*T1. */
  #sendCancel(): void {
    if (this.#cancel || !this.wire) return;
    this.#cancel = cancelFor(this.request, this.#headersOfCancel);
    this.timers.stop('C');
    this.timers.start('cancelled', this.owner.core.timers.timerB, () => this.fail(408));
    this.owner.sendCancel(this.#cancel, this.wire);
  }
}

/**
 * Any other request at the client (RFC 3261 §17.1.2).
 *
 *   waiting ──next hop──▶ trying ──1xx──▶ proceeding ──final──▶ completed ──timer K──▶ terminated
 */
export class NonInviteClientTransaction extends RunningClientTransaction {
  #state: 'waiting' | 'trying' | 'proceeding' | 'completed' = 'waiting';

  protected get isOpen(): boolean {
    return this.#state !== 'completed';
  }

  start(wire: ClientWire): void {
    if (this.#state !== 'waiting' || this.isTerminated) return;
    this.#state = 'trying';
    this.wire = wire;
    const { t1, t2, timerF } = this.owner.core.timers;
    if (!wire.reliable) {
      this.resendAfter('E', t1, (delayMs) => (this.#state === 'proceeding' ? t2 : Math.min(2 * delayMs, t2)));
    }
    this.timers.start('F', timerF, () => {
      this.owner.core.count('timerF');
      this.fail(408);
    });
    wire.send(this.request);
  }

  receive(response: SipResponse, flow: Flow): void {
    if (this.#state !== 'trying' && this.#state !== 'proceeding') return;
    const { core, user } = this.owner;
    if (response.status < 200) {
      this.#state = 'proceeding';
      if (response.status > 100) user.provisional?.(response, flow);
      return;
    }
    this.#state = 'completed';
    this.timers.stopAll();
    if (this.wire?.reliable) return this.terminate(response, flow);
    this.timers.start('K', core.timers.t4, () => this.terminate());
    user.final(response, flow);
  }

  /** RFC 3261 §9.1: only INVITE can be cancelled. */
  cancel(): void {
    this.owner.core.log.debug({ method: this.request.method }, 'only an INVITE can be cancelled');
  }
}
