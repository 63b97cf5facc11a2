import type { RequestOptions } from './contract-user-agent.ts';
import type { NameAddr, SipRequest } from './message.ts';

export interface SubscribeOptions extends RequestOptions {
  /** Call-ID to use. Default: a random one. */
  readonly callId?: string;
  /** The event package, as in the header: `message-summary` (RFC 3842), `dialog` (RFC 4235), `presence` (RFC 3856) ... */
  readonly event: string;
  /** Body types that we take. Default: that of the package, where it is one of those above. */
  readonly accept?: string;
  /** Wanted lifetime in seconds, default 3600. The server's answer counts. */
  readonly expires?: number;
}

/** What may be another at a refresh (RFC 6665 §4.1.2.2). */
export type SubscriptionChange = Pick<SubscribeOptions, 'expires' | 'accept' | 'headers'>;

/** What one NOTIFY says (RFC 6665 §4.1.3). */
export interface Notification {
  readonly state: 'active' | 'pending' | 'terminated';
  /** Why it is terminated: `rejected`, `noresource`, `timeout` ... */
  readonly reason?: string;
  readonly contentType?: string;
  readonly body: string;
  readonly request: SipRequest;
}

export interface SubscriptionHandler {
  /** After each 2xx, those of refreshes included (`first` tells them apart). */
  accepted?(facts: {
    readonly status: number;
    readonly reason: string;
    readonly expires: number;
    readonly first: boolean;
  }): void;
  /** Each NOTIFY; the stack has answered it. */
  notified(notification: Notification): void;
  /** It is not in force now, and the stack tries again by itself: no answer, 5xx, or the notifier asked us to subscribe anew. */
  failed?(facts: { readonly status: number; readonly reason: string; readonly retryInMs: number }): void;
  /** Exactly once, last: refused, terminated for good, or given up by us. */
  ended(facts: { readonly by: 'peer' | 'local'; readonly status: number; readonly reason: string }): void;
}

/** A subscription kept alive (RFC 6665 §4.1.2): refreshed with jitter before it expires, made anew where its notifier lost it. */
export interface Subscription {
  readonly state: 'subscribing' | 'active' | 'waiting' | 'unsubscribing' | 'ended';
  readonly event: string;
  /**
   * Asks again now: the notifier says the whole state once more. What is given counts from here on; before the first answer has come it is
   * asked for after that.
   */
  refresh(change?: SubscriptionChange): void;
  /** Expires 0. Settles with the last NOTIFY, or when none came in time; never rejects. */
  unsubscribe(): Promise<void>;
  /** Stops without a word to the notifier. */
  close(): void;
}

export interface ReferOptions extends RequestOptions {
  /** False: `Refer-Sub: false` (RFC 4488), nobody is to tell us what becomes of it. Default true. */
  readonly progress?: boolean;
  /** Who refers (RFC 3892). Default: the account's address. */
  readonly referredBy?: string;
}

export interface ReferralHandler {
  /** The peer takes the REFER. `reports`: whether progress will come. */
  accepted?(facts: { readonly status: number; readonly reports: boolean }): void;
  /** What the peer's new call came to so far (RFC 3515 §2.4.5): 100, 180 ... */
  progress?(facts: { readonly status: number; readonly reason: string }): void;
  /**
   * Exactly once, last: the final status of the peer's new call; where the peer refused the REFER, its refusal (`refused`); where it
   * tells nothing, the status of the REFER; 408 where its reports ceased.
   */
  ended(facts: { readonly status: number; readonly reason: string; readonly refused: boolean }): void;
}

/** Which dialog a call is to take the place of (RFC 3891), as the one sees it who gets the INVITE. */
export interface ReplacedDialog {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
}

/** The peer asks us to call somebody (RFC 3515). Unanswered it is refused with 603 after a while. */
export interface IncomingReferral {
  readonly request: SipRequest;
  readonly referTo: NameAddr;
  /** Whom to call: the URI of Refer-To without its headers. */
  readonly target: string;
  /** The call to replace there: for `InviteOptions.replaces`. */
  readonly replaces?: ReplacedDialog;
  /** For `InviteOptions.referredBy`. */
  readonly referredBy?: string;
  /** It is neither accepted nor refused. */
  readonly isOpen: boolean;
  /** 202, and 100 as first progress. */
  accept(): void;
  /** What became of the new call: a final status ends the reports. */
  progress(status: number, reason?: string): void;
  reject(status: number, reason?: string): void;
}
