import type { Log, Subscription, UserAgent } from '@soft-handset/sip';
import type { SipHeaders } from './call-effect.ts';
import type { Handset } from './handset.ts';

/** What a handset wants to hear of. */
export interface SubscriptionOrder {
  /** The event package: `message-summary`, `dialog`, `presence` ... */
  readonly event: string;
  /** Whose state: a SIP URI. */
  readonly target: string;
  readonly accept?: string;
  /** Seconds. */
  readonly expires?: number;
  readonly headers?: SipHeaders;
  readonly callId?: string;
}

export type SubscriptionNews =
  | { readonly event: 'subscribing' | 'unsubscribing' }
  | {
      readonly event: 'subscribe_succeeded' | 'subscribe_failed';
      readonly code: number;
      readonly reason: string;
    }
  | {
      readonly event: 'notify';
      readonly notify: string;
      readonly substate: string;
      readonly contentType: string;
      readonly content: string;
    };

interface Entry {
  readonly subscription: Subscription;
  /** Of a request that waits for its outcome. */
  transaction: string | undefined;
  /** What the handset was told last. */
  isUp: boolean | undefined;
}

const mostOfHandset = 128;

/** The subscriptions of a line's handsets: each has its own, and takes them along when it goes. */
export class Subscriptions {
  readonly #agent: Pick<UserAgent, 'subscribe'>;
  readonly #log: Log;
  readonly #of = new Map<Handset, Map<string, Entry>>();

  constructor(agent: Pick<UserAgent, 'subscribe'>, log: Log) {
    this.#agent = agent;
    this.#log = log;
  }

  /** Asked for again it is refreshed. False: the handset has too many. */
  subscribe(handset: Handset, order: SubscriptionOrder, transaction: string): boolean {
    const own = this.#of.get(handset) ?? new Map<string, Entry>();
    const key = keyOf(order);
    const known = own.get(key);
    if (!known && own.size >= mostOfHandset) return false;
    handset.hearsNote({ event: 'subscribing' }, { ...callIdOf(order), transaction });
    if (known) {
      known.transaction = transaction;
      known.subscription.refresh();
      return true;
    }
    this.#of.set(handset, own);
    own.set(key, this.#open(handset, order, transaction));
    return true;
  }

  /** False: there is no such subscription. */
  unsubscribe(
    handset: Handset,
    order: Pick<SubscriptionOrder, 'event' | 'target'>,
    transaction: string,
  ): boolean {
    const entry = this.#of.get(handset)?.get(keyOf(order));
    if (!entry) return false;
    handset.hearsNote({ event: 'unsubscribing' }, { transaction });
    // Until the last NOTIFY has come the handset hears it; a new subscription is another one.
    this.#forget(handset, keyOf(order), entry);
    void entry.subscription.unsubscribe();
    return true;
  }

  /** The handset goes: nobody listens any more. */
  leave(handset: Handset): void {
    const own = this.#of.get(handset);
    this.#of.delete(handset);
    for (const { subscription } of own?.values() ?? []) void subscription.unsubscribe();
  }

  close(): void {
    for (const handset of [...this.#of.keys()]) this.leave(handset);
  }

  #open(handset: Handset, order: SubscriptionOrder, transaction: string): Entry {
    const { event, target, accept, expires, headers } = order;
    const callId = callIdOf(order);
    const tell = (news: SubscriptionNews): void => {
      const { transaction: asked } = entry;
      entry.transaction = undefined;
      handset.hearsNote(news, { ...callId, ...(asked !== undefined && { transaction: asked }) });
    };
    const outcome = (isUp: boolean, code: number, reason: string): void => {
      // Refreshes and tries by itself are of no interest unless they change something.
      if (entry.isUp === isUp && entry.transaction === undefined) return;
      entry.isUp = isUp;
      tell({ event: isUp ? 'subscribe_succeeded' : 'subscribe_failed', code, reason });
    };
    const subscription = this.#agent.subscribe(
      target,
      {
        accepted: ({ status, reason }) => outcome(true, status, reason),
        failed: ({ status, reason, retryInMs }) => {
          this.#log.warn({ event, status, reason, retryInMs }, 'subscription failed');
          outcome(false, status, reason);
        },
        notified: ({ state, contentType = '', body, request }) =>
          handset.hearsNote(
            { event: 'notify', notify: packageOf(event), substate: state, contentType, content: body },
            { ...callId, said: request.headers },
          ),
        ended: ({ by, status, reason }) => {
          this.#forget(handset, keyOf(order), entry);
          if (by === 'peer' && status >= 300) outcome(false, status, reason);
        },
      },
      {
        event,
        ...callId,
        ...(accept !== undefined && { accept }),
        ...(expires !== undefined && { expires }),
        ...(headers && { headers }),
      },
    );
    const entry: Entry = { subscription, transaction, isUp: undefined };
    return entry;
  }

  #forget(handset: Handset, key: string, entry: Entry): void {
    const own = this.#of.get(handset);
    if (own?.get(key) !== entry) return;
    own.delete(key);
    if (own.size === 0) this.#of.delete(handset);
  }
}

/** RFC 6665 §8.2.1: parameters do not make another package, but another subscription. */
function packageOf(event: string): string {
  return event.split(';', 1)[0]?.trim() ?? event;
}

function keyOf({ event, target }: Pick<SubscriptionOrder, 'event' | 'target'>): string {
  return `${event} ${target}`;
}

function callIdOf({ callId }: SubscriptionOrder): { readonly callId?: string } {
  return callId === undefined ? {} : { callId };
}
