import { Headers, openSipStack, parseNameAddr, parseUri, formatUri } from '@soft-handset/sip';
import type { ClientTransaction, Flow, ServerTransaction, SipStack } from '@soft-handset/sip';

/** A SIP server of a few lines: keeps each account's last contact and passes calls on to it, without staying in the dialog. */
export class SmallRegistrar {
  readonly #stack: SipStack;
  #notified = 0;
  readonly #contacts = new Map<string, { readonly uri: string; readonly flow: Flow }>();

  /** Answers what it wants to itself. */
  redirects: (transaction: ServerTransaction) => boolean = () => false;

  static async open(): Promise<SmallRegistrar> {
    return new SmallRegistrar(await openSipStack({ udp: { port: 0 } }));
  }

  constructor(stack: SipStack) {
    this.#stack = stack;
    stack.onRequest = (transaction) => this.#serve(transaction);
  }

  /** `sip:127.0.0.1:5080` */
  get uri(): string {
    const { host, port } = this.#stack.localAddress('udp')!;
    return `sip:${host}:${port}`;
  }

  has(user: string): boolean {
    return this.#contacts.has(user);
  }

  /** The NOTIFY that follows on a SUBSCRIBE (RFC 6665 §4.2.2), in its dialog. */
  notifies({ request, flow }: ServerTransaction, state: string, body: string): void {
    this.#notified += 1;
    const value = (name: string): string => request.headers.get(name) ?? '';
    const to = value('To');
    const headers = new Headers([
      ['From', to.includes(';tag=') ? to : `${to};tag=notifier`],
      ['To', value('From')],
      ['Call-ID', value('Call-ID')],
      ['CSeq', `${this.#notified} NOTIFY`],
      ['Max-Forwards', '70'],
      ['Contact', `<${this.uri}>`],
      ['Event', value('Event')],
      ['Subscription-State', state],
      ['Content-Type', 'application/simple-message-summary'],
    ]);
    const uri = formatUri(parseNameAddr(value('Contact'))!.uri);
    this.#stack.request(
      { kind: 'request', method: 'NOTIFY', uri, headers, body },
      { final: () => undefined },
      flow,
    );
  }

  close(): Promise<void> {
    return this.#stack.close();
  }

  #serve(transaction: ServerTransaction): void {
    if (transaction.request.method === 'REGISTER') return this.#register(transaction);
    if (this.redirects(transaction)) return;
    const { user } = parseUri(transaction.request.uri) ?? {};
    const isMeant = ({ uri }: { readonly uri: string }): boolean => parseUri(uri)?.user === user;
    // Who is transferred calls a Contact.
    const contact = this.#contacts.get(user ?? '') ?? [...this.#contacts.values()].find(isMeant);
    if (!contact) return transaction.respond(404);
    const headers = transaction.request.headers.clone();
    headers.delete('Route');
    const forwarded: ClientTransaction = this.#stack.request(
      { ...transaction.request, uri: contact.uri, headers },
      {
        provisional: (response) => transaction.forward(withoutOurVia(response)),
        final: (response) => transaction.forward(withoutOurVia(response)),
      },
      contact.flow,
    );
    transaction.onCancel = () => forwarded.cancel();
  }

  #register(transaction: ServerTransaction): void {
    const { headers } = transaction.request;
    const user = parseNameAddr(headers.get('To') ?? '')?.uri.user ?? '';
    const contact = headers.get('Contact') ?? '';
    const uri = parseNameAddr(contact)?.uri;
    const expires = Number(headers.get('Expires') ?? 3600);
    if (uri && expires > 0) this.#contacts.set(user, { uri: formatUri(uri), flow: transaction.flow });
    else this.#contacts.delete(user);
    transaction.respond(200, { headers: expires > 0 ? [['Contact', contact]] : [] });
  }
}

function withoutOurVia<R extends Parameters<ServerTransaction['forward']>[0]>(response: R): R {
  const headers = response.headers.clone();
  headers.shift('Via');
  return { ...response, headers };
}
