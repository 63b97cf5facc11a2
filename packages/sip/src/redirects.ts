import type { SipResponse, NameAddr, SipUri } from './message.ts';
import { parseContacts } from './name-addr.ts';
import { noParams } from './params.ts';
import { sameUri } from './uri.ts';

/** More are a loop, or a joke. */
const maxRedirects = 10;
/** RFC 3261 §21.3: 305 and 380 ask for something else than the same call at another address. */
const redirecting = new Set([300, 301, 302]);

/** Where a call of ours is to be tried after a 3xx (RFC 3261 §8.1.3.4): each address once, and only those that the owner allows. */
export class Redirects {
  readonly #allows: (target: NameAddr) => boolean;
  readonly #tried: SipUri[];
  #left: SipUri[] = [];

  constructor(first: SipUri, allows: (target: NameAddr) => boolean) {
    this.#tried = [first];
    this.#allows = allows;
  }

  /** The next address after a final response that is no 2xx; undefined: that response counts. */
  next(response: SipResponse): SipUri | undefined {
    if (redirecting.has(response.status)) this.#left = [...this.#contactsOf(response), ...this.#left];
    // A 6xx is said for all addresses (RFC 3261 §21.6).
    if (response.status >= 600 || this.#tried.length > maxRedirects) return undefined;
    const uri = this.#left.shift();
    if (uri) this.#tried.push(uri);
    return uri;
  }

  /** Best first; nothing that was tried before, so that no ring of redirections turns for ever. */
  #contactsOf({ headers }: SipResponse): SipUri[] {
    const contacts = parseContacts(headers.getAll('Contact'));
    if (!Array.isArray(contacts)) return [];
    const fresh: SipUri[] = [];
    for (const contact of contacts.toSorted((a, b) => qOf(b) - qOf(a))) {
      const uri = bare(contact.uri);
      const isKnown = [...this.#tried, ...this.#left, ...fresh].some((one) => sameUri(one, uri));
      if (!isKnown && this.#allows({ ...contact, uri })) fresh.push(uri);
    }
    return fresh;
  }
}

function qOf({ params }: NameAddr): number {
  const q = Number(params.get('q') ?? '1');
  return q >= 0 && q <= 1 ? q : 0;
}

/** Headers in the URI would let the redirector write into our request. */
function bare(uri: SipUri): SipUri {
  const params = new Map(uri.params);
  params.delete('method');
  return { ...uri, params, headers: noParams };
}
