import { expect } from 'vitest';
import type { Flow, SipStack, SipStackOptions, Target } from '../src/contract.ts';
import type { SipDns } from '../src/dns.ts';
import type { SipMessage, SipRequest, SipResponse } from '../src/message.ts';
import { tagOf } from '../src/header-values.ts';
import { parseMessage } from '../src/parse.ts';
import type { ParseFault } from '../src/parse.ts';
import { markReceived } from '../src/received.ts';
import { SipError } from '../src/sip-error.ts';
import { stackOn } from '../src/stack.ts';
import type { SipTransport } from '../src/transport.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** A wire in memory: what the stack sends lands as text at the peer whose address it is for, and nothing is sent that the test does not see. */
export class LadderWire implements SipTransport {
  readonly protocol: 'udp' | 'tcp';
  readonly local = { host: '192.0.2.1', port: 5060 };
  readonly peers = new Map<string, Peer>();
  connections = 0;
  onMessage?: (message: SipMessage, flow: Flow) => void;
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  onBroken?: (flow: Flow) => void;
  isBroken = false;
  isClosed = false;
  /** Flows that are gone. */
  readonly dead = new Set<string>();

  constructor(protocol: 'udp' | 'tcp' = 'udp') {
    this.protocol = protocol;
  }

  async send(bytes: Buffer, to: Flow | Target): Promise<Flow> {
    const [host, port] = 'id' in to ? [to.remoteHost, to.remotePort] : [to.host, to.port];
    const flow = this.flowOf(host, port);
    if (this.isClosed) throw SipError.closed('the transport');
    if (this.isBroken || ('id' in to && this.dead.has(to.id))) throw SipError.transport('not reachable');
    this.peers.get(`${host}:${port}`)?.inbox.push(bytes.toString());
    return flow;
  }

  flowOf(remoteHost: string, remotePort: number): Flow {
    return {
      protocol: this.protocol,
      remoteHost,
      remotePort,
      id: `${this.protocol} ${remoteHost}:${remotePort}`,
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

/** A DNS without NAPTR and SRV records. */
export function addressesOnly(addresses: SipDns['addresses']): SipDns {
  return { naptr: async () => [], srv: async () => [], addresses };
}

/** A message as the peer heard it. */
export interface Heard {
  readonly text: string;
  readonly message: SipMessage;
  readonly body: string;
  header(name: string): string;
  all(name: string): string[];
  /** The branch of the top Via. */
  readonly branch: string;
  readonly cseq: number;
  readonly fromTag: string;
  readonly toTag: string;
}

export interface AnswerOptions {
  /** The To tag, where the request had none. Default `peer`. */
  readonly tag?: string;
  readonly headers?: readonly string[];
  readonly sdp?: string;
  /** Default: the peer's own. `''`: none. */
  readonly contact?: string;
}

/** The far end, by hand: it says what a test lets it say, and nothing may reach it that a test does not expect. */
export class Peer {
  readonly inbox: string[] = [];
  readonly host: string;
  readonly port: number;
  readonly #transport: LadderWire;
  readonly #clock: FakeClock;
  #branches = 0;

  constructor(transport: LadderWire, clock: FakeClock, host = '192.0.2.9', port = 5060) {
    this.host = host;
    this.port = port;
    this.#transport = transport;
    this.#clock = clock;
    transport.peers.set(`${host}:${port}`, this);
  }

  get contact(): string {
    return `<sip:peer@${this.host}:${this.port}${this.#transport.protocol === 'tcp' ? ';transport=tcp' : ''}>`;
  }

  get flow(): Flow {
    return this.#transport.flowOf(this.host, this.port);
  }

  newBranch(): string {
    this.#branches += 1;
    return `z9hG4bKpeer${this.#branches}`;
  }

  /** Puts a whole message on the wire. Lines may end in LF; Content-Length is added where it is missing. */
  sends(text: string): Promise<void> {
    return this.sendsBytes(toWire(text));
  }

  /** Puts these very bytes on the wire, as one datagram. */
  async sendsBytes(bytes: Buffer): Promise<void> {
    const parsed = parseMessage(bytes);
    if (parsed.ok) {
      if (parsed.message.kind === 'request') markReceived(parsed.message, this.host, this.port);
      this.#transport.onMessage?.(parsed.message, this.flow);
    } else {
      if (parsed.request) markReceived(parsed.request, this.host, this.port);
      this.#transport.onMalformed?.(parsed, this.flow);
    }
    await settle();
  }

  /** The next message that reached the peer; it begins as said. */
  async hears(start: string): Promise<Heard> {
    await settle();
    const text = this.inbox.shift();
    if (text === undefined) expect.fail(`the peer waits for ${start} and hears nothing`);
    if (!text.startsWith(start) && !text.startsWith(`SIP/2.0 ${start}`)) {
      expect.fail(`the peer waits for ${start} and hears:\n${text}`);
    }
    return heard(text);
  }

  async hearsNothing(): Promise<void> {
    await settle();
    expect(this.inbox.map((text) => text.split('\r\n', 1)[0])).toEqual([]);
  }

  /** Forgets what came, e.g. retransmissions that a test is not about. */
  drain(): Heard[] {
    return this.inbox.splice(0).map(heard);
  }

  /** Answers a request: `'180 Ringing'`. */
  async answers(request: Heard, status: string, options: AnswerOptions = {}): Promise<void> {
    const to = request.header('To');
    const code = Number.parseInt(status, 10);
    const contact = options.contact ?? (code > 100 && code < 300 ? this.contact : '');
    await this.sends(
      [
        `SIP/2.0 ${status}`,
        ...request.all('Via').map((via) => `Via: ${via}`),
        `From: ${request.header('From')}`,
        `To: ${to}${/;tag=/.test(to) || code === 100 ? '' : `;tag=${options.tag ?? 'peer'}`}`,
        `Call-ID: ${request.header('Call-ID')}`,
        `CSeq: ${request.header('CSeq')}`,
        ...(contact === '' ? [] : [`Contact: ${contact}`]),
        ...(options.headers ?? []),
        ...(options.sdp === undefined ? [] : ['Content-Type: application/sdp']),
        '',
        options.sdp ?? '',
      ].join('\n'),
    );
  }

  async waits(ms: number): Promise<void> {
    await this.#clock.advance(ms);
  }
}

/** The text as bytes of a message: CRLF, and a Content-Length. */
export function toWire(text: string): Buffer {
  const [head = '', ...rest] = text.replace(/\r\n/g, '\n').split('\n\n');
  const lines = head.split('\n').map((line) => line.trimStart());
  const body = rest.join('\n\n').replace(/\n/g, '\r\n');
  if (!lines.some((line) => /^Content-Length:/i.test(line)))
    lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

function heard(text: string): Heard {
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok) expect.fail(`we sent what does not parse (${parsed.reason}):\n${text}`);
  const { message } = parsed;
  const header = (name: string) => message.headers.get(name) ?? '';
  return {
    text,
    message,
    body: message.body,
    header,
    all: (name) => message.headers.getAll(name),
    branch: /;branch=([^;,\s]+)/.exec(header('Via'))?.[1] ?? '',
    cseq: Number.parseInt(header('CSeq'), 10),
    fromTag: tagOf(header('From')) ?? '',
    toTag: tagOf(header('To')) ?? '',
  };
}

export interface Bench {
  readonly clock: FakeClock;
  readonly transport: LadderWire;
  readonly stack: SipStack;
  readonly peer: Peer;
  /** What the stack logged as `error`: exceptions that it caught. */
  readonly errors: { readonly facts: object; readonly text: string }[];
}

/** A stack on a wire in memory, with a peer at 192.0.2.9. Random is a counter, so that messages can be compared as text. */
export function bench(options: Partial<SipStackOptions> & { readonly protocol?: 'udp' | 'tcp' } = {}): Bench {
  const clock = new FakeClock();
  const transport = new LadderWire(options.protocol);
  const errors: Bench['errors'] = [];
  const ignore = () => undefined;
  let count = 0;
  const stack = stackOn([transport], {
    clock,
    random: (bytes) => (count++).toString(16).padStart(bytes * 2, '0'),
    log: { debug: ignore, info: ignore, warn: ignore, error: (facts, text) => errors.push({ facts, text }) },
    dns: addressesOnly(async () => ['192.0.2.9']),
    ...options,
  });
  return { clock, transport, stack, peer: new Peer(transport, clock), errors };
}

/** All that a session told its owner, as short lines: `accepted 200 sdp`. */
export function recorder() {
  const events: string[] = [];
  const line = (...words: (string | number | undefined)[]) =>
    events.push(words.filter((word) => word !== undefined).join(' '));
  return {
    events,
    handler: {
      provisional: ({ status, sdp }: { status: number; sdp?: string }) =>
        void line('provisional', status, sdp?.trim()),
      accepted: ({ status, sdp }: { status: number; sdp?: string }) =>
        void line('accepted', status, sdp?.trim()),
      redirected: ({ status, target }: { status: number; target: string }) =>
        void line('redirected', status, target),
      reanswered: ({ sdp }: { sdp: string }) => void line('reanswered', sdp.trim()),
      confirmed: ({ sdp }: { sdp?: string }) => void line('confirmed', sdp?.trim()),
      ended: ({ by, status, reasonHeader }: { by: string; status: number; reasonHeader?: string }) =>
        void line('ended', by, status, reasonHeader),
    },
  };
}

/** All transactions, sessions and registrations are gone after the longest timers have run. */
export async function expectNothingLeft({ clock, stack, errors }: Bench): Promise<void> {
  await clock.advance(64_000);
  const { transactions, sessions } = stack.counts();
  expect({ transactions, sessions, errors }).toEqual({ transactions: 0, sessions: 0, errors: [] });
}

export type { SipRequest, SipResponse };
