import {
  formatHostPort,
  parseNameAddr,
  parseUri,
  type Clock,
  type Flow,
  type SipMessage,
  type SipUri,
} from '@soft-handset/sip';

const longestCallMs = 12 * 3600 * 1000;
const maxDialogs = 10_000;

interface KnownDialog {
  /** Contact user, host and port -> the way to it. */
  readonly ways: Map<string, Flow>;
  readonly since: number;
}

/**
 * The calls that went through us, by Call-ID, and which way each of their ends was heard: requests in a dialog are passed on only between
 * these, so nobody can use us to send to a stranger.
 */
export class DialogTable {
  readonly #clock: Clock;
  readonly #dialogs = new Map<string, KnownDialog>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#dialogs.size;
  }

  /** Learns one end from a request or response that makes a dialog: its Contact and where it came from. */
  learn(message: SipMessage, flow: Flow): void {
    const callId = message.headers.get('Call-ID');
    const contact = parseNameAddr(message.headers.list('Contact')[0] ?? '');
    if (callId === undefined || !contact) return;
    const dialog = this.#dialogs.get(callId) ?? { ways: new Map<string, Flow>(), since: this.#clock.now() };
    if (dialog.ways.size < 16) dialog.ways.set(wayOf(contact.uri), flow);
    if (!this.#dialogs.has(callId)) this.#makeRoom();
    this.#dialogs.set(callId, dialog);
  }

  /** The way to the remote target that the request names, if it belongs to this call. */
  wayFor(callId: string | undefined, requestUri: string): Flow | undefined {
    const uri = parseUri(requestUri);
    return uri && this.#dialogs.get(callId ?? '')?.ways.get(wayOf(uri));
  }

  forget(callId: string | undefined): void {
    if (callId !== undefined) this.#dialogs.delete(callId);
  }

  #makeRoom(): void {
    const expired = this.#clock.now() - longestCallMs;
    for (const [callId, { since }] of this.#dialogs) {
      if (this.#dialogs.size < maxDialogs && since > expired) return;
      this.#dialogs.delete(callId);
    }
  }
}

/** The user too: two phones behind different NATs may have the same private address. */
function wayOf({ user = '', host, port }: Pick<SipUri, 'user' | 'host' | 'port'>): string {
  return `${user}@${formatHostPort(host.toLowerCase(), port)}`;
}
