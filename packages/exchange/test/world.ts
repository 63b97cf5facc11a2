import {
  openSipStack,
  type Clock,
  type IncomingInvite,
  type InviteSession,
  type Log,
  type Protocol,
  type ServerTransaction,
  type SessionEnd,
  type SipRequest,
  type SipStack,
  type UserAgent,
} from '@soft-handset/sip';
import { startExchange, type Exchange, type ExchangeConfig } from '@soft-handset/exchange';

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const passwords = new Map([
  ['1001', 'one'],
  ['1002', 'two'],
  ['1003', 'three'],
]);

export interface PhoneOptions {
  readonly password?: string;
  readonly protocol?: Protocol;
  /** User-Agent header. */
  readonly userAgent?: string;
  /** Whom the phone believes over TLS. */
  readonly ca?: string;
}

/** An exchange and phones around it, on ports of the system; everything ends with `close`. */
export class World {
  readonly #stacks: SipStack[] = [];
  readonly exchange: Exchange;

  private constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  static async open(clock?: Clock, more: Partial<ExchangeConfig> = {}): Promise<World> {
    const config = { host: '127.0.0.1', port: 0, realm: 'soft-handset', echo: '600', passwords, ...more };
    return new World(await startExchange(config, { log: quiet, ...(clock && { clock }) }));
  }

  async phone(number: string, options: PhoneOptions = {}): Promise<Phone> {
    const { password = passwords.get(number), protocol = 'udp', userAgent: name, ca } = options;
    const isReachable = protocol === 'udp' || protocol === 'tcp';
    const listening = { ...(isReachable && { port: 0 }), ...(ca !== undefined && { credentials: { ca } }) };
    const stack = await openSipStack({
      [protocol]: listening,
      log: quiet,
      ...(name !== undefined && { userAgent: name }),
    });
    this.#stacks.push(stack);
    const userAgent = stack.createUserAgent({
      aor: `sip:${number}@127.0.0.1`,
      outboundProxy: `sip:127.0.0.1:${this.#portOf(protocol)};transport=${protocol}`,
      ...(password !== undefined && { credentials: { username: number, password } }),
    });
    return new Phone(userAgent, stack);
  }

  #portOf(protocol: Protocol): number {
    const { port: udp, tcpPort: tcp, tlsPort: tls, wsPort: ws, wssPort: wss } = this.exchange;
    return { udp, tcp, tls, ws, wss }[protocol] ?? 0;
  }

  async registeredPhone(number: string, options: PhoneOptions = {}): Promise<Phone> {
    const phone = await this.phone(number, options);
    const status = await phone.register();
    if (status !== 200) throw new Error(`${number} was not registered: ${status}`);
    return phone;
  }

  async close(): Promise<void> {
    for (const stack of this.#stacks.splice(0)) await stack.close();
    await this.exchange.close();
  }
}

/** A phone that writes down what it hears. */
export class Phone {
  readonly userAgent: UserAgent;
  readonly incoming = new Inbox<IncomingInvite>();
  /** Messages, and what comes in calls beside them; each is answered 200. */
  readonly notes = new Inbox<SipRequest>();
  readonly stack: SipStack;

  constructor(userAgent: UserAgent, stack: SipStack) {
    this.userAgent = userAgent;
    this.stack = stack;
    const take = (transaction: ServerTransaction) => {
      this.notes.put(transaction.request);
      transaction.respond(200);
    };
    userAgent.onMessage = take;
    userAgent.onInvite = (call) => {
      const end = new Inbox<SessionEnd>();
      ends.set(call, end);
      acks.set(call, new Inbox());
      call.attach({
        confirmed: ({ sdp }) => acks.get(call)?.put(sdp ?? ''),
        request: take,
        reoffered: (offer) => offer.accept(`${offer.sdp ?? ''}again`),
        ended: (cause) => end.put(cause),
      });
      this.incoming.put(call);
    };
  }

  /** The status that REGISTER ended with. */
  register(): Promise<number> {
    return new Promise((resolve) => {
      this.userAgent.register(
        { registered: () => resolve(200), failed: ({ status }) => resolve(status) },
        { expires: 60 },
      );
    });
  }

  call(target: string, sdp?: string): Call {
    return new Call(this.userAgent, target, sdp);
  }
}

const ends = new WeakMap<InviteSession, Inbox<SessionEnd>>();
const acks = new WeakMap<InviteSession, Inbox<string>>();

export function endOf(call: IncomingInvite): Promise<SessionEnd> {
  return ends.get(call)!.next();
}

/** The SDP of the ACK. */
export function ackOf(call: IncomingInvite): Promise<string> {
  return acks.get(call)!.next();
}

export class Call {
  readonly session: InviteSession;
  readonly ringing = new Inbox<number>();
  readonly answered = new Inbox<string>();
  readonly ended = new Inbox<SessionEnd>();

  constructor(userAgent: UserAgent, target: string, sdp: string | undefined) {
    this.session = userAgent.invite(
      target,
      {
        provisional: ({ status }) => this.ringing.put(status),
        accepted: (facts) => this.answered.put(facts.sdp ?? ''),
        ended: (cause) => this.ended.put(cause),
      },
      sdp === undefined ? {} : { sdp },
    );
  }
}

/** Things that come one after the other; `next` waits for the next at most four seconds. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const first = this.#waiting.shift();
    if (first) first(item);
    else this.#items.push(item);
  }

  next(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came within 4 s')), 4000);
      this.#waiting.push((late) => {
        clearTimeout(timer);
        resolve(late);
      });
    });
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }
}
