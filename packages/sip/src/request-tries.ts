import type { ClientTransaction, Flow } from './contract.ts';
import type { RunningClientTransaction, TransactionUser } from './client-transaction.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Hops } from './resolve.ts';

/** One transaction that waits for its way. */
export interface Try {
  readonly transaction: RunningClientTransaction;
  /** Sends the request on its way, or ends the transaction with 503. */
  launch(way: Hops): void;
}

/** What the tries of a request stand on. */
export interface TriesHost {
  /** A new transaction for a copy of the request. */
  open(request: SipRequest, user: TransactionUser): Try;
  /** A request came to nothing on this way: others had better try it last. */
  failed(way: Hops, response: SipResponse): void;
}

/**
 * One request, tried at one place after the other until one takes it (RFC 3263 §4.3): where the transport fails, nobody answers in time
 * or the server answers 503, the next try is a transaction of its own. Who asked sees one transaction.
 */
export class RequestTries implements ClientTransaction {
  readonly #host: TriesHost;
  readonly #original: SipRequest;
  readonly #user: TransactionUser;
  #current: Try;
  #way: Hops | undefined;
  #left: readonly Hops[] = [];
  #isCancelled = false;

  constructor(host: TriesHost, request: SipRequest, user: TransactionUser) {
    this.#host = host;
    this.#original = request;
    this.#user = user;
    this.#current = this.#open();
  }

  /** As sent last. */
  get request(): SipRequest {
    return this.#current.transaction.request;
  }

  cancel(reason?: { readonly headers?: Iterable<readonly [string, string]> }): void {
    this.#isCancelled = true;
    this.#current.transaction.cancel(reason);
  }

  /** The ways are known, the first to be tried in front. */
  start([first, ...others]: readonly Hops[]): void {
    if (!first) return this.fail();
    this.#way = first;
    this.#left = others;
    this.#current.launch(first);
  }

  /** There is no way. */
  fail(): void {
    this.#current.transaction.fail(503);
  }

  #open(): Try {
    const opened: Try = this.#host.open(this.#original, {
      provisional: (response, flow) => this.#user.provisional?.(response, flow),
      final: (response, flow) => this.#final(response, flow),
      terminated: () => {
        if (this.#current === opened) this.#user.terminated?.();
      },
    });
    return opened;
  }

  #final(response: SipResponse, flow: Flow | undefined): void {
    const isMadeUp = flow === undefined;
    const isFailure = response.status === 503 || (isMadeUp && response.status === 408);
    if (isFailure && this.#way) this.#host.failed(this.#way, response);
    if (!isFailure || this.#isCancelled || this.#left.length === 0) return this.#user.final(response, flow);
    this.#current = this.#open();
    this.start(this.#left);
  }
}
