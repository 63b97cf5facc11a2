import { TimerSet } from './clock.ts';
import type { SubscribeOptions, Subscription, SubscriptionChange, SubscriptionHandler } from './contract.ts';
import { notificationOf } from './event-headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { permanentlyRefused, refreshDelay, retryDelay } from './registration-delays.ts';
import { parseDecimal } from './scan.ts';
import { SubscriberDialog } from './subscriber-dialog.ts';
import type { SubscriptionHost } from './subscriber-dialog.ts';

const bodyTypes: ReadonlyMap<string, string> = new Map([
  ['message-summary', 'application/simple-message-summary'],
  ['dialog', 'application/dialog-info+xml'],
  ['presence', 'application/pidf+xml'],
]);

/** RFC 6665 §4.1.3: the notifier has nothing for us, now or ever. */
const endsForGood = new Set(['rejected', 'noresource', 'invariant']);

/**
 * A subscription (RFC 6665 §4.1).
 *
 *   subscribing ──2xx──▶ active ──before it expires──▶ active
 *        ├──no answer, 5xx──▶ waiting ──back-off──▶ subscribing ◀──terminated for now, 481── active
 *        └──4xx, 6xx, terminated for good──▶ ended      any ──unsubscribe()──▶ unsubscribing ──▶ ended
 */
export class ClientSubscription implements Subscription {
  readonly event: string;
  readonly #host: SubscriptionHost;
  readonly #target: string;
  readonly #handler: SubscriptionHandler;
  #options: SubscribeOptions;
  readonly #timers: TimerSet;
  readonly #waiters: (() => void)[] = [];
  #state: Subscription['state'] = 'subscribing';
  #expires: number;
  #failures = 0;
  #isFirst = true;
  /** A SUBSCRIBE waits for its answer. */
  #isAsking = false;
  /** Another is wanted after it, because something has changed meanwhile. */
  #isChanged = false;
  #dialog: SubscriberDialog;

  /** @throws SipError `invalid-uri`, `invalid-header` */
  constructor(
    host: SubscriptionHost,
    target: string,
    handler: SubscriptionHandler,
    options: SubscribeOptions,
  ) {
    this.event = options.event;
    this.#host = host;
    this.#target = target;
    this.#handler = handler;
    this.#options = kept(options);
    this.#timers = new TimerSet(host.core.clock);
    this.#expires = options.expires ?? 3_600;
    this.#dialog = this.#subscribe();
  }

  get state(): Subscription['state'] {
    return this.#state;
  }

  refresh(change: SubscriptionChange = {}): void {
    if (this.#state === 'ended' || this.#state === 'unsubscribing') return;
    this.#options = kept({ ...this.#options, ...change });
    this.#expires = change.expires ?? this.#expires;
    if (this.#isAsking) this.#isChanged ||= Object.keys(change).length > 0;
    else if (this.#state === 'active') this.#refresh();
    else this.#again();
  }

  unsubscribe(): Promise<void> {
    if (this.#state === 'ended') return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      if (this.#state === 'unsubscribing') return;
      const wasWaiting = this.#state === 'waiting';
      this.#state = 'unsubscribing';
      this.#timers.stopAll();
      if (wasWaiting) this.#end('local', 200, 'OK');
      else if (this.#dialog.isUp) this.#leave();
    });
  }

  close(): void {
    this.#end('local', 200, 'OK');
  }

  #subscribe(): SubscriberDialog {
    this.#isAsking = true;
    this.#isChanged = false;
    const dialog: SubscriberDialog = new SubscriberDialog(
      this.#host,
      this.#target,
      { ...this.#options, headers: this.#headers(this.#expires) },
      {
        answered: (response) => dialog === this.#dialog && this.#answered(response),
        notified: (request) => dialog === this.#dialog && this.#notified(request),
        closed: () => this.#end('local', 503, 'Service Unavailable'),
      },
    );
    return dialog;
  }

  #headers(expires: number): [string, string][] {
    const accept =
      this.#options.accept ?? bodyTypes.get(this.event.split(';', 1)[0]?.trim().toLowerCase() ?? '');
    return [
      ['Event', this.event],
      ...(accept === undefined ? [] : [['Accept', accept] as [string, string]]),
      ['Expires', String(expires)],
      ...[...(this.#options.headers ?? [])].map(([name, value]): [string, string] => [name, value]),
    ];
  }

  #answered(response: SipResponse): void {
    const { status, reason } = response;
    this.#isAsking = false;
    if (this.#state === 'ended') return;
    if (status >= 300) return this.#refused(response);
    if (this.#state === 'unsubscribing') return this.#leave();
    const granted = parseDecimal(response.headers.get('Expires') ?? '', 2 ** 31);
    const expires = granted !== undefined && granted > 0 ? granted : this.#expires;
    const first = this.#isFirst;
    this.#isFirst = false;
    this.#failures = 0;
    this.#state = 'active';
    this.#refreshIn(expires);
    // RFC 6665 §4.1.2.4, timer N: each SUBSCRIBE is followed by a NOTIFY.
    this.#timers.start('N', this.#host.core.timers.timerF, () => this.#lost(408, 'No NOTIFY'));
    this.#tell('accepted', () => this.#handler.accepted?.({ status, reason, expires, first }));
    if (this.#isChanged) this.refresh();
  }

  #refused(response: SipResponse): void {
    const { status, reason, headers } = response;
    const minimum = parseDecimal(headers.get('Min-Expires') ?? '', 2 ** 31) ?? 0;
    if (this.#state === 'unsubscribing') return this.#end('local', 200, 'OK');
    if (status === 423 && minimum > this.#expires) {
      this.#expires = minimum;
      return this.#again();
    }
    // RFC 6665 §4.1.2.2: the notifier has lost it, or cannot say now.
    if (status === 481 && !this.#isFirst) return this.#lost(status, reason, 0);
    if (permanentlyRefused(status)) return this.#end('peer', status, reason);
    this.#lost(status, reason, undefined, headers.get('Retry-After'));
  }

  #notified(request: SipRequest): void {
    const { expires, retryAfter, ...notification } = notificationOf(request);
    this.#timers.stop('N');
    if (this.#state === 'active' && expires !== undefined && notification.state !== 'terminated')
      this.#refreshIn(expires);
    this.#tell('notified', () => this.#handler.notified(notification));
    if (notification.state !== 'terminated' || this.#state === 'ended') return;
    const reason = notification.reason ?? 'terminated';
    if (this.#state === 'unsubscribing') return this.#end('local', 200, 'OK');
    if (endsForGood.has(reason)) return this.#end('peer', 200, reason);
    const isNow = reason === 'deactivated' || reason === 'timeout';
    this.#lost(480, reason, isNow ? 0 : undefined, retryAfter === undefined ? undefined : String(retryAfter));
  }

  #refreshIn(expires: number): void {
    this.#timers.start('refresh', refreshDelay(this.#host.core, expires), () => this.#refresh());
  }

  #refresh(): void {
    this.#timers.stop('refresh');
    this.#isAsking = true;
    this.#isChanged = false;
    const dialog = this.#dialog;
    dialog.send({ headers: this.#headers(this.#expires) }, (response) => {
      if (dialog === this.#dialog) this.#answered(response);
    });
  }

  /** Not in force any more: tried anew, in another dialog, after a while that grows with each failure. */
  #lost(status: number, reason: string, delayMs?: number, retryAfter?: string): void {
    if (this.#state === 'unsubscribing') return this.#end('local', 200, 'OK');
    this.#dialog.close();
    this.#timers.stopAll();
    this.#state = 'waiting';
    this.#failures += 1;
    // One that is lost again and again is not asked for without a pause.
    const isQuick = delayMs !== undefined && this.#failures === 1;
    const retryInMs = isQuick ? delayMs : retryDelay(this.#host.core, this.#failures, retryAfter);
    this.#timers.start('retry', retryInMs, () => this.#again());
    this.#tell('failed', () => this.#handler.failed?.({ status, reason, retryInMs }));
  }

  #again(): void {
    if (this.#state === 'ended') return;
    this.#timers.stopAll();
    this.#dialog.close();
    this.#state = 'subscribing';
    this.#dialog = this.#subscribe();
  }

  /** Expires 0; the last NOTIFY says that it is over (RFC 6665 §4.1.2.3). */
  #leave(): void {
    const end = () => this.#end('local', 200, 'OK');
    this.#timers.start('N', 2 * this.#host.core.timers.timerF, end);
    this.#dialog.send({ headers: this.#headers(0) }, ({ status }) => {
      if (status >= 300) end();
      else this.#timers.start('N', this.#host.core.timers.timerF, end);
    });
  }

  #end(by: 'peer' | 'local', status: number, reason: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#timers.stopAll();
    this.#dialog.close();
    this.#tell('ended', () => this.#handler.ended({ by, status, reason }));
    for (const settle of this.#waiters.splice(0)) settle();
  }

  #tell(what: string, run: () => void): void {
    this.#host.core.guard(`subscription owner: ${what}`, run);
  }
}

/** Headers may come as something that can be read only once. */
function kept(options: SubscribeOptions): SubscribeOptions {
  return { ...options, ...(options.headers ? { headers: [...options.headers] } : {}) };
}
