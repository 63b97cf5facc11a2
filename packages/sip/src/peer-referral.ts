import { TimerSet } from './clock.ts';
import type { IncomingReferral, ReplacedDialog } from './contract.ts';
import type { Core } from './core.ts';
import { cseqOf } from './dialog.ts';
import type { LiveDialog } from './live-dialog.ts';
import type { NameAddr, SipRequest, SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { readReferTo } from './replaces.ts';
import type { RunningServerTransaction } from './server-transaction.ts';

/** How long we report: longer than a call may ring. */
const lifetimeMs = 300_000;

/** A REFER of the peer in a call, and our reports on what becomes of it: one NOTIFY after the other (RFC 3515 §2.4). */
export class PeerReferral implements IncomingReferral {
  readonly referTo: NameAddr;
  readonly target: string;
  readonly replaces?: ReplacedDialog;
  readonly referredBy?: string;
  readonly #transaction: RunningServerTransaction;
  readonly #live: LiveDialog;
  readonly #timers: TimerSet;
  readonly #endsAt: () => number;
  readonly #over: (referral: PeerReferral) => void;
  /** RFC 3515 §2.4.6: all but the first REFER of a dialog are told apart by their CSeq. */
  readonly #event: string;
  readonly #wantsReports: boolean;
  readonly #queue: { readonly status: number; readonly reason: string }[] = [];
  #isAccepted = false;
  #isSending = false;
  #isOver = false;

  constructor(
    core: Core,
    transaction: RunningServerTransaction,
    live: LiveDialog,
    facts: { readonly referTo: NameAddr; readonly isFirst: boolean },
    over: (referral: PeerReferral) => void,
  ) {
    const { headers } = transaction.request;
    this.referTo = facts.referTo;
    const { target, replaces } = readReferTo(facts.referTo);
    this.target = target;
    if (replaces) this.replaces = replaces;
    const referredBy = headers.get('Referred-By');
    if (referredBy !== undefined) this.referredBy = referredBy;
    this.#transaction = transaction;
    this.#live = live;
    this.#event = facts.isFirst ? 'refer' : `refer;id=${cseqOf(transaction.request)}`;
    this.#wantsReports = headers.get('Refer-Sub')?.trim().toLowerCase() !== 'false';
    this.#over = over;
    this.#timers = new TimerSet(core.clock);
    const deadline = core.clock.now() + lifetimeMs;
    this.#endsAt = () => Math.max(0, Math.ceil((deadline - core.clock.now()) / 1_000));
    this.#timers.start('answer', core.timers.timerF - core.timers.t4, () => this.reject(603));
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get isOpen(): boolean {
    return !this.#isAccepted && !this.#isOver;
  }

  accept(): void {
    if (!this.isOpen) return;
    this.#isAccepted = true;
    this.#timers.stopAll();
    const headers = [['Contact', this.#live.contact()] as const];
    if (!this.#wantsReports) {
      this.#transaction.respond(202, { headers: [...headers, ['Refer-Sub', 'false']] });
      return this.#end();
    }
    this.#transaction.respond(202, { headers });
    this.#timers.start('lifetime', lifetimeMs, () => this.progress(408));
    this.progress(100);
  }

  progress(status: number, reason = reasonPhrase(status)): void {
    if (!this.#isAccepted || this.#isOver) return;
    this.#queue.push({ status, reason });
    this.#sendNext();
  }

  reject(status: number, reason?: string): void {
    if (!this.isOpen) return;
    this.#transaction.respond(status, reason === undefined ? {} : { reason });
    this.#end();
  }

  /** The peer's SUBSCRIBE for our reports (RFC 6665 §4.4.1): Expires 0 ends them. */
  subscribed(transaction: RunningServerTransaction): void {
    const isLast = Number.parseInt(transaction.request.headers.get('Expires') ?? '', 10) === 0;
    transaction.respond(200, {
      headers: [
        ['Contact', this.#live.contact()],
        ['Expires', String(isLast ? 0 : this.#endsAt())],
      ],
    });
    if (isLast) this.#end();
  }

  close(): void {
    this.reject(480);
    this.#end();
  }

  /** Not before the answer to the last: two on their way may overtake each other. */
  #sendNext(): void {
    const next = this.#isSending || this.#isOver ? undefined : this.#queue.shift();
    if (!next) return;
    this.#isSending = true;
    const isFinal = next.status >= 200;
    const state = isFinal ? 'terminated;reason=noresource' : `active;expires=${this.#endsAt()}`;
    this.#live.send(
      'NOTIFY',
      {
        headers: [
          ['Event', this.#event],
          ['Subscription-State', state],
        ],
        contentType: 'message/sipfrag;version=2.0',
        body: `SIP/2.0 ${next.status} ${next.reason.replace(/[\r\n]/g, ' ')}\r\n`,
      },
      { final: (response) => this.#notified(response, isFinal) },
    );
  }

  /** RFC 6665 §4.2.2: who does not take the report wants no more. */
  #notified({ status }: SipResponse, isFinal: boolean): void {
    this.#isSending = false;
    if (isFinal || status >= 300) this.#end();
    else this.#sendNext();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timers.stopAll();
    this.#over(this);
  }
}
