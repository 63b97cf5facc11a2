import { formatUri, parseNameAddr, parseUri } from '@soft-handset/sip';
import type { ClientTransaction, Flow, ServerTransaction, SipStack } from '@soft-handset/sip';

interface Contact {
  readonly uri: string;
  readonly flow: Flow;
}

/** The PBX of the kit: keeps where each account is, and passes requests on to it. Its own phones answer for themselves. */
export class FarSite {
  readonly #stack: SipStack;
  readonly #contacts = new Map<string, Contact>();

  constructor(stack: SipStack) {
    this.#stack = stack;
    stack.onRequest = (transaction) => this.#serve(transaction);
  }

  #serve(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'REGISTER') return this.#register(transaction);
    const contact = this.#find(parseUri(request.uri)?.user ?? '');
    if (!contact) return transaction.respond(404);
    const headers = request.headers.clone();
    headers.delete('Route');
    const forwarded: ClientTransaction = this.#stack.request(
      { ...request, uri: contact.uri, headers },
      {
        provisional: (response) => transaction.forward(withoutTopVia(response)),
        final: (response) => transaction.forward(withoutTopVia(response)),
      },
      contact.flow,
    );
    transaction.onCancel = () => forwarded.cancel();
  }

  /** Who is transferred calls a Contact. */
  #find(user: string): Contact | undefined {
    const isMeant = ({ uri }: Contact): boolean => parseUri(uri)?.user === user;
    return this.#contacts.get(user) ?? [...this.#contacts.values()].find(isMeant);
  }

  #register(transaction: ServerTransaction): void {
    const { headers } = transaction.request;
    const user = parseNameAddr(headers.get('To') ?? '')?.uri.user ?? '';
    const contact = headers.get('Contact') ?? '';
    const uri = parseNameAddr(contact)?.uri;
    const expires = Number(/;expires=(\d+)/.exec(contact)?.[1] ?? headers.get('Expires') ?? 3600);
    if (uri && expires > 0) this.#contacts.set(user, { uri: formatUri(uri), flow: transaction.flow });
    else this.#contacts.delete(user);
    transaction.respond(200, { headers: expires > 0 ? [['Contact', contact]] : [] });
  }
}

function withoutTopVia<R extends Parameters<ServerTransaction['forward']>[0]>(response: R): R {
  const headers = response.headers.clone();
  headers.shift('Via');
  return { ...response, headers };
}
