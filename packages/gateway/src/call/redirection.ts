import type { InviteSessionHandler, Log, NameAddr, SipUri } from '@soft-handset/sip';

export interface RedirectionOptions {
  /** Hosts that calls may be sent on to. */
  readonly isOurs: (uri: SipUri) => boolean;
  readonly log: Log;
  /** For the log. */
  readonly account: string;
}

/**
 * What becomes of a call that its callee sends elsewhere (RFC 3261 §8.1.3.4). The new address must be at a SIP server of the list, or be a
 * number: a callee must not make us call whom it likes. Where a redirection leads nowhere, the handset hears why.
 */
export class Redirection {
  readonly #options: RedirectionOptions;
  #fate: 'none' | 'followed' | 'foreign' = 'none';

  constructor(options: RedirectionOptions) {
    this.#options = options;
  }

  readonly allows = ({ uri }: NameAddr): boolean => {
    // RFC 3261 §19.1.1: with `maddr` the host says nothing about where it goes.
    const isOurs = uri.scheme === 'tel' || (!uri.params.has('maddr') && this.#options.isOurs(uri));
    if (!isOurs) {
      this.#fate = 'foreign';
      const { log, account } = this.#options;
      log.warn({ account, host: uri.host }, 'redirection to a foreign address refused');
    }
    return isOurs;
  };

  /** The owner of the call, who hears why a redirection came to nothing. */
  explains(handler: InviteSessionHandler): InviteSessionHandler {
    return {
      ...handler,
      redirected: (facts) => {
        this.#fate = 'followed';
        handler.redirected?.(facts);
      },
      ended: (end) => {
        const isRedirection = end.by === 'peer' && end.status >= 300 && end.status < 400;
        handler.ended(isRedirection && this.#fate !== 'none' ? { ...end, reason: this.#reason() } : end);
      },
    };
  }

  #reason(): string {
    return this.#fate === 'foreign'
      ? 'Redirected to a foreign address'
      : 'Redirected in a circle or too often';
  }
}
