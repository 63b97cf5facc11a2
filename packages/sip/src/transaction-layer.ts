import { InviteClientTransaction, NonInviteClientTransaction } from './client-transaction.ts';
import type { ClientWire, RunningClientTransaction, TransactionUser } from './client-transaction.ts';
import type { Core } from './core.ts';
import { cseqIn, tagIn, topVia } from './header-values.ts';
import { formatHostPort } from './host.ts';
import { makeResponse } from './make.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Flow } from './contract.ts';
import { InviteServerTransaction, NonInviteServerTransaction } from './server-transaction.ts';
import type { RunningServerTransaction, ServerWire } from './server-transaction.ts';

/** What becomes of a request: a new transaction for the layer above, an ACK to a 2xx, or nothing more to do. */
export type Received =
  | { readonly kind: 'new'; readonly transaction: RunningServerTransaction }
  | { readonly kind: 'ack' }
  | { readonly kind: 'handled' };

const magicCookie = 'z9hG4bK';
const handled: Received = { kind: 'handled' };

/** All transactions of a stack, and which of them a message belongs to (RFC 3261 §17.1.3, §17.2.3). */
export class TransactionLayer {
  readonly #core: Core;
  readonly #serverLimit: number;
  readonly #clients = new Map<string, RunningClientTransaction>();
  readonly #servers = new Map<string, RunningServerTransaction>();
  /** The first transaction of each request out of a dialog, by what §8.2.2.2 compares: finds merged requests. */
  readonly #origins = new Map<string, RunningServerTransaction>();

  constructor(core: Core, serverLimit = 20_000) {
    this.#core = core;
    this.#serverLimit = serverLimit;
  }

  get size(): number {
    return this.#clients.size + this.#servers.size;
  }

  newBranch(): string {
    return magicCookie + this.#core.random(16);
  }

  /** A client transaction that waits for `start`; `branch` is to stand in the top Via by then. */
  client(request: SipRequest, branch: string, user: TransactionUser): RunningClientTransaction {
    const key = `${branch} ${request.method}`;
    const owner = {
      core: this.#core,
      user,
      removed: () => void this.#clients.delete(key),
      sendCancel: (cancel: SipRequest, wire: ClientWire) => {
        this.client(cancel, branch, { final: () => undefined }).start(wire);
      },
    };
    const transaction =
      request.method === 'INVITE'
        ? new InviteClientTransaction(request, owner)
        : new NonInviteClientTransaction(request, owner);
    this.#clients.set(key, transaction);
    return transaction;
  }

  receiveResponse(response: SipResponse, flow: Flow): void {
    const branch = topVia(response)?.params.get('branch') ?? '';
    const method = cseqIn(response.headers)?.method ?? '';
    const transaction = this.#clients.get(`${branch} ${method}`);
    if (transaction) transaction.receive(response, flow);
    else {
      this.#core.count('strayResponses');
      this.#core.log.debug(
        { status: response.status, method, from: flow.remoteHost },
        'response without a transaction dropped',
      );
    }
  }

  receiveRequest(request: SipRequest, wire: ServerWire): Received {
    if (request.method === 'ACK') return this.#receiveAck(request);
    const key = serverKey(request, request.method);
    const known = this.#servers.get(key);
    if (known) {
      known.retransmitted();
      return handled;
    }
    if (this.#servers.size >= this.#serverLimit) {
      this.#core.count('refusedOverload');
      wire.send(makeResponse(request, 503, { toTag: this.#core.random(8), headers: [['Retry-After', '5']] }));
      return handled;
    }
    const transaction = this.#server(request, key, wire);
    if (request.method === 'CANCEL') {
      this.#receiveCancel(transaction);
      return handled;
    }
    if (request.method === 'INVITE') transaction.respond(100);
    return { kind: 'new', transaction };
  }

  /** RFC 3261 §8.2.2.2: the request has come before on another way and that one is still at work. */
  isMerged(transaction: RunningServerTransaction): boolean {
    const first = this.#origins.get(originKey(transaction.request));
    return first !== undefined && first !== transaction;
  }

  /** The transaction that this very request made. */
  find(request: SipRequest): RunningServerTransaction | undefined {
    return this.#servers.get(serverKey(request, request.method));
  }

  close(): void {
    for (const transaction of [...this.#clients.values()]) transaction.terminate();
    for (const transaction of [...this.#servers.values()]) transaction.terminate();
  }

  #server(request: SipRequest, key: string, wire: ServerWire): RunningServerTransaction {
    const origin = originKey(request);
    const owner = {
      core: this.#core,
      wire,
      removed: () => {
        this.#servers.delete(key);
        if (this.#origins.get(origin) === transaction) this.#origins.delete(origin);
      },
    };
    const transaction: RunningServerTransaction =
      request.method === 'INVITE'
        ? new InviteServerTransaction(request, owner)
        : new NonInviteServerTransaction(request, owner);
    this.#servers.set(key, transaction);
    if (request.method !== 'CANCEL' && !this.#origins.has(origin)) this.#origins.set(origin, transaction);
    return transaction;
  }

  #receiveAck(ack: SipRequest): Received {
    const invite = this.#servers.get(serverKey(ack, 'INVITE'));
    // By RFC 2543's rules the ACK to a 2xx is found here too: it belongs to the layer above all the same.
    if (!(invite instanceof InviteServerTransaction) || invite.state === 'accepted') return { kind: 'ack' };
    invite.acknowledged();
    return handled;
  }

  #receiveCancel(cancel: RunningServerTransaction): void {
    const invite = this.#servers.get(serverKey(cancel.request, 'INVITE'));
    if (!invite) {
      cancel.respond(481);
      return;
    }
    cancel.respond(200, { toTag: invite.toTag });
    if (!invite.isOpen) return;
    this.#core.guard('onCancel', () => invite.onCancel?.(cancel.request));
    if (!invite.onCancel) invite.respond(487);
  }
}

/** RFC 3261 §17.2.3: branch, sent-by and method; without the magic cookie what RFC 2543 compared. */
function serverKey(request: SipRequest, method: string): string {
  const via = topVia(request);
  const branch = via?.params.get('branch') ?? '';
  if (via && branch.startsWith(magicCookie) && branch.length > magicCookie.length) {
    return `${branch} ${formatHostPort(via.host, via.port).toLowerCase()} ${method}`;
  }
  const { headers } = request;
  return [
    'RFC 2543',
    request.uri,
    tagIn(headers, 'From'),
    headers.get('Call-ID'),
    cseqIn(headers)?.number,
    via && `${via.host}:${via.port} ${branch}`,
    method,
  ].join('\n');
}

function originKey({ headers }: SipRequest): string {
  return `${headers.get('Call-ID')}\n${tagIn(headers, 'From')}\n${headers.get('CSeq')}`;
}
