import type { SipserverResult } from '@soft-handset/protocol';

/**
 * How what happens is told under one name of the plugin. The calls know nothing of it: they tell the same news to all,
 * and a dialect turns each into what the pages of its name wait for.
 */
export interface Dialect {
  /** What a handset hears instead of this result: none, one or two; the first takes its JSEP and transaction. */
  told(result: SipserverResult): readonly SipserverResult[];
  /** Which request the result answers, where the call itself does not say. */
  answered(result: SipserverResult): string | undefined;
  /** Hears which request a result answers. */
  answers(result: SipserverResult, transaction: string): void;
  /** `autoaccept_reinvites`, where a request does not say. */
  readonly autoAcceptsReinvites: boolean;
  /** What its `register` called the account, as its line's events repeat it. */
  usernameOf(username: string, aor: string): string;
}

/** `janus.plugin.sipserver`: the news as they are, but for what only the stock plugin says. */
export const ownDialect: Dialect = {
  answered: () => undefined,
  answers: () => undefined,
  autoAcceptsReinvites: false,
  told: (result) => (result.event === 'accepting' ? [] : [result]),
  usernameOf: (username) => username,
};
