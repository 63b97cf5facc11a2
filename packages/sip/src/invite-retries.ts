import { wayTo } from './account.ts';
import type { Account } from './account.ts';
import type { Amendment } from './authentication.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Redirects } from './redirects.ts';
import type { SessionTimer } from './session-timer.ts';
import { formatUri } from './uri.ts';

/** Without it the call would not be the one that was meant: it must not replace anything unasked (RFC 3891 §4). */
const indispensable = new Set(['replaces']);

/** What an INVITE is sent again for that was refused: a longer session interval, fewer extensions, another address. */
export class InviteRetries {
  readonly #account: Account;
  readonly #timer: SessionTimer;
  readonly #redirects: Redirects | undefined;
  readonly #redirected: (response: SipResponse, target: string) => void;

  constructor(
    account: Account,
    timer: SessionTimer,
    redirects: Redirects | undefined,
    redirected: (response: SipResponse, target: string) => void,
  ) {
    this.#account = account;
    this.#timer = timer;
    this.#redirects = redirects;
    this.#redirected = redirected;
  }

  /** The request that is tried next: the one given, changed. Undefined: the response counts. */
  amend(request: SipRequest, response: SipResponse): Amendment | undefined {
    if (response.status === 422 && this.#timer.learn(response)) {
      for (const [name, value] of this.#timer.requestHeaders()) request.headers.set(name, value);
      return { request };
    }
    if (response.status === 420 && withdraw(request, response)) return { request };
    return this.#redirect(request, response);
  }

  /** RFC 3261 §8.1.3.4: the same call at another address. */
  #redirect(request: SipRequest, response: SipResponse): Amendment | undefined {
    const uri = this.#redirects?.next(response);
    if (!uri) return undefined;
    const target = formatUri(uri);
    this.#redirected(response, target);
    return { request: { ...request, uri: target }, to: wayTo(this.#account, uri) };
  }
}

/** RFC 3261 §8.1.3.5: once more without the extensions that the peer does not have. Says whether there were any to give up. */
function withdraw({ headers }: SipRequest, response: SipResponse): boolean {
  const unsupported = new Set(response.headers.list('Unsupported').map((tag) => tag.toLowerCase()));
  const required = headers.list('Require');
  const left = required.filter((tag) => !unsupported.has(tag.toLowerCase()));
  const isFinal = required.some((tag) => unsupported.has(tag.toLowerCase()) && indispensable.has(tag));
  if (isFinal || left.length === required.length) return false;
  if (left.length === 0) headers.delete('Require');
  else headers.set('Require', left.join(', '));
  return true;
}
