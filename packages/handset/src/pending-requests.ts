import { sipserverErrors, type SipserverEventName, type SipserverRequestName } from '@soft-handset/protocol';
import { HandsetError } from './handset-error.ts';
import type { SipserverMessage } from './sipserver-message.ts';

type Answer = Extract<SipserverMessage, { kind: 'event' }>;

interface Outcome {
  readonly done: readonly SipserverEventName[];
  readonly failed: readonly SipserverEventName[];
  readonly limitMs: number;
}

/**
 * What ends each request, and how long that may take. `new_accept` may wait for a peer that still rings.
 * A call that is up and ends is no answer to what was asked of it: its plain end would be an error 200.
 */
const outcomes: Readonly<Record<SipserverRequestName, Outcome>> = {
  register: { done: ['registered'], failed: ['registration_failed'], limitMs: 35_000 },
  unregister: { done: ['unregistered'], failed: [], limitMs: 10_000 },
  second_handset: { done: ['second_handset'], failed: [], limitMs: 10_000 },
  extensions: { done: ['extensions'], failed: [], limitMs: 35_000 },
  new_call: { done: ['calling'], failed: ['hangup'], limitMs: 10_000 },
  call: { done: ['calling'], failed: ['hangup'], limitMs: 10_000 },
  new_accept: { done: ['accept_reply'], failed: ['hangup'], limitMs: 200_000 },
  accept: { done: ['accept_reply'], failed: ['hangup'], limitMs: 35_000 },
  decline: { done: ['declining'], failed: [], limitMs: 5_000 },
  hangup: { done: ['hangingup', 'haningup', 'hangup'], failed: [], limitMs: 5_000 },
  update: { done: ['updated'], failed: ['hangup'], limitMs: 35_000 },
  hold: { done: ['holding'], failed: [], limitMs: 10_000 },
  unhold: { done: ['resuming'], failed: [], limitMs: 10_000 },
  transfer: { done: ['transferring'], failed: [], limitMs: 10_000 },
  recording: { done: ['recordingupdated'], failed: [], limitMs: 15_000 },
  keyframe: { done: ['keyframesent'], failed: [], limitMs: 15_000 },
  // They wait for the answer to what went to the same peer before.
  dtmf_info: { done: ['dtmfsent'], failed: [], limitMs: 35_000 },
  info: { done: ['infosent'], failed: [], limitMs: 35_000 },
  message: { done: ['messagesent'], failed: [], limitMs: 35_000 },
  subscribe: { done: ['subscribe_succeeded'], failed: ['subscribe_failed'], limitMs: 35_000 },
  unsubscribe: { done: ['unsubscribing'], failed: [], limitMs: 10_000 },
};

/** After these nothing more comes for the call. */
const callEnds: readonly SipserverEventName[] = ['hangingup', 'haningup', 'hangup'];

interface Pending {
  readonly outcome: Outcome;
  readonly callId: string | undefined;
  /** What janus.js named it; undefined over HTTP. */
  transaction: string | undefined;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: HandsetError) => void;
}

/** Requests that wait for their outcome. By transaction where it is known, else by the name of the event and the call. */
export class PendingRequests {
  readonly #pending = new Set<Pending>();

  /** `send` gives the transaction; `fail` takes a refusal that comes at once. */
  add(
    request: SipserverRequestName,
    callId: string | undefined,
    send: (fail: (error: HandsetError) => void) => string | undefined,
    limitMs = outcomes[request].limitMs,
  ): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const pending: Pending = {
        outcome: outcomes[request],
        callId,
        transaction: undefined,
        timer: setTimeout(() => this.#fail(pending, HandsetError.of('timeout')), limitMs),
        resolve,
        reject,
      };
      this.#pending.add(pending);
      pending.transaction = send((error) => this.#fail(pending, error));
    });
  }

  /** An event or error came; settles the request that it answers, if any, and all requests of a call that has ended. */
  settle(message: SipserverMessage, transaction: string | undefined): void {
    this.#settleAnswered(message, transaction);
    if (message.kind === 'event' && callEnds.includes(message.event.event)) this.#forget(message.callId);
  }

  failAll(error: HandsetError): void {
    for (const pending of [...this.#pending]) this.#fail(pending, error);
  }

  #settleAnswered(message: SipserverMessage, transaction: string | undefined): void {
    const pending = this.#answered(message, transaction);
    if (pending === undefined) return;
    if (message.kind === 'error') {
      this.#fail(pending, refusal(message.code, message.text));
    } else if (pending.outcome.done.includes(message.event.event)) {
      this.#remove(pending);
      pending.resolve(message);
    } else if (pending.outcome.failed.includes(message.event.event) && 'code' in message.event) {
      const reason = 'reason' in message.event ? message.event.reason : undefined;
      this.#fail(pending, HandsetError.of(message.event.code ?? 'timeout', undefined, reason));
    }
  }

  #forget(callId: string | undefined): void {
    for (const pending of [...this.#pending])
      if (callId !== undefined && pending.callId === callId) this.#fail(pending, HandsetError.of(487));
  }

  #answered(message: SipserverMessage, transaction: string | undefined): Pending | undefined {
    const newestFirst = [...this.#pending].reverse();
    const exact = newestFirst.find(
      (pending) => transaction !== undefined && pending.transaction === transaction,
    );
    if (exact !== undefined) return exact;
    const all = newestFirst.filter(
      (pending) => transaction === undefined || pending.transaction === undefined,
    );
    // An error is quick: it belongs to the newest request.
    if (message.kind === 'error') return all.find((pending) => sameCall(pending.callId, message.callId));
    const name = message.event.event;
    return all.find(
      ({ outcome, callId }) =>
        (outcome.done.includes(name) && sameCall(callId, message.callId)) ||
        (outcome.failed.includes(name) && callId === message.callId),
    );
  }

  #fail(pending: Pending, error: HandsetError): void {
    if (!this.#pending.has(pending)) return;
    this.#remove(pending);
    pending.reject(error);
  }

  #remove(pending: Pending): void {
    clearTimeout(pending.timer);
    this.#pending.delete(pending);
  }
}

function sameCall(asked: string | undefined, told: string | undefined): boolean {
  return asked === undefined || told === undefined || asked === told;
}

function refusal(code: number, text: string): HandsetError {
  if (code === sipserverErrors.wrongState) return HandsetError.of('wrong-state', new Error(text));
  return HandsetError.of(code, undefined, text);
}
