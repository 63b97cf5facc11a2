import type { Log, Subscription, SubscriptionChange, UserAgent } from '@soft-handset/sip';
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
  readonly callId: string | undefined;
  /** Of the requests that wait for their outcome. */
  waiting: string[];
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

  /** Asked for again it is refreshed, as it is asked for now. Returns why it cannot be. */
  subscribe(
    handset: Handset,
    order: SubscriptionOrder,
    transaction: string,
  ): 'too-many' | 'other-call-id' | undefined {
    const own = this.#of.get(handset) ?? new Map<string, Entry>();
    const key = keyOf(order);
    const known = own.get(key);
    if (!known && own.size >= mostOfHandset) return 'too-many';
    if (known && order.callId !== undefined && order.callId !== known.callId) return 'other-call-id';
    handset.hearsNote({ event: 'subscribing' }, { ...callIdOf(known ?? order), transaction });
    if (known) {
      known.waiting.push(transaction);
      known.subscription.refresh(changeOf(order));
      return undefined;
    }
    this.#of.set(handset, own);
    own.set(key, this.#open(handset, order, transaction));
    return undefined;
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
    const { event, target } = order;
    const callId = callIdOf(order);
    const outcome = (isUp: boolean, code: number, reason: string): void => {
      const news: SubscriptionNews = {
        event: isUp ? 'subscribe_succeeded' : 'subscribe_failed',
        code,
        reason,
      };
      const waiting = entry.waiting.splice(0);
      for (const asked of waiting) handset.hearsNote(news, { ...callId, transaction: asked });
      // Refreshes and tries by itself are of no interest unless they change something.
      if (waiting.length === 0 && entry.isUp !== isUp) handset.hearsNote(news, callId);
      entry.isUp = isUp;
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
        ...changeOf(order),
      },
    );
    const entry: Entry = { subscription, callId: order.callId, waiting: [transaction], isUp: undefined };
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

/** What may be another each time. */
function changeOf({ accept, expires, headers }: SubscriptionOrder): SubscriptionChange {
  return {
    ...(accept !== undefined && { accept }),
    ...(expires !== undefined && { expires }),
    ...(headers && { headers }),
  };
}

function callIdOf({ callId }: { readonly callId?: string | undefined }): { readonly callId?: string } {
  return callId === undefined ? {} : { callId };
}
