import { parseUri, type ServerTransaction, type SipStack, type UserAgent } from '@soft-handset/sip';
import type { PeerConnections } from './browser/kit-peer-connection.ts';
import { FarCall } from './far-call.ts';
import { Changes } from './until.ts';

export interface FarPhoneOptions {
  readonly number: string;
  readonly displayName?: string | undefined;
  readonly stack: Pick<SipStack, 'createUserAgent'>;
  /** `pbx.test` */
  readonly domain: string;
  readonly connections: PeerConnections;
  readonly patienceMs: number;
}

export interface FarCallOptions {
  readonly video?: boolean;
  /** False: the INVITE brings no offer, and the handset makes it. Default true. */
  readonly offer?: boolean;
  /** Header name-values of the INVITE, such as `['X-Call-Type', 'call_dispatch']`. */
  readonly headers?: Iterable<readonly [string, string]>;
}

/** A SIP message that has come, or its text. */
export interface FarMessage {
  readonly from: string;
  readonly text: string;
}

/** A telephone at the PBX of the kit, played by the test. */
export class FarPhone {
  readonly number: string;
  readonly #options: FarPhoneOptions;
  readonly #agent: UserAgent;
  readonly #changes: Changes;
  readonly #calls: FarCall[] = [];
  readonly #messages: FarMessage[] = [];

  constructor(options: FarPhoneOptions) {
    this.#options = options;
    this.number = options.number;
    this.#changes = new Changes(options.patienceMs);
    const { number, domain, displayName } = options;
    this.#agent = options.stack.createUserAgent({
      aor: `sip:${number}@${domain}`,
      contactUser: number,
      ...(displayName !== undefined && { displayName }),
    });
    this.#agent.onInvite = (invite) => {
      this.#calls.push(this.#newCall().receive(invite));
      this.#changes.tell();
    };
    this.#agent.onMessage = (transaction) => this.#messaged(transaction);
  }

  /** Calls an account; its handset rings as soon as the INVITE is there. */
  calls(account: string, options: FarCallOptions = {}): FarCall {
    const { video = false, offer = true, headers } = options;
    return this.#newCall().place(
      (sdp, handler) =>
        this.#agent.invite(`sip:${account}@${this.#options.domain}`, handler, {
          ...(sdp !== undefined && { sdp }),
          ...(headers && { headers }),
        }),
      { video, offer },
    );
  }

  /** The next call that comes in; it rings, and waits for what the phone does. */
  isCalled(): Promise<FarCall> {
    return this.#changes.until(
      () => this.#calls.shift(),
      `${this.number} is called`,
      () => 'no call came in',
    );
  }

  /** Sends a MESSAGE (RFC 3428). @returns the status of the answer */
  async writes(account: string, text: string): Promise<number> {
    const target = `sip:${account}@${this.#options.domain}`;
    const { status } = await this.#agent.request('MESSAGE', target, {
      body: text,
      contentType: 'text/plain',
    });
    return status;
  }

  /** The next message that comes in. */
  isWritten(): Promise<FarMessage> {
    return this.#changes.until(
      () => this.#messages.shift(),
      `${this.number} gets a message`,
      () => 'none came in',
    );
  }

  close(): void {
    this.#agent.close();
  }

  #newCall(): FarCall {
    return new FarCall({
      connections: this.#options.connections,
      patienceMs: this.#options.patienceMs,
      follow: (referral) => {
        referral.accept();
        const { target, replaces, referredBy } = referral;
        return this.#newCall().place(
          (sdp, handler) =>
            this.#agent.invite(
              target,
              {
                ...handler,
                provisional: (facts) => {
                  referral.progress(facts.status, facts.reason);
                  handler.provisional?.(facts);
                },
                accepted: (facts) => {
                  referral.progress(200);
                  handler.accepted?.(facts);
                },
                ended: (end) => {
                  if (end.by === 'peer' && end.status >= 300) referral.progress(end.status, end.reason);
                  handler.ended(end);
                },
              },
              {
                ...(sdp !== undefined && { sdp }),
                ...(replaces && { replaces }),
                ...(referredBy !== undefined && { referredBy }),
              },
            ),
          { video: false, offer: true },
        );
      },
    });
  }

  #messaged(transaction: ServerTransaction): void {
    const { headers, body } = transaction.request;
    transaction.respond(200);
    const from = parseUri(/<?(sips?:[^>;]+)/.exec(headers.get('From') ?? '')?.[1] ?? '')?.user ?? '';
    this.#messages.push({ from, text: body });
    this.#changes.tell();
  }
}
