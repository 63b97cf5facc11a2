import type {
  IncomingInvite,
  IncomingReferral,
  InviteSession,
  InviteSessionHandler,
  PeerReoffer,
  SessionEnd,
} from '@soft-handset/sip';
import type { PeerConnections } from './browser/kit-peer-connection.ts';
import {
  answerTo,
  readDescription,
  receives,
  writeDescription,
  type Direction,
  type MediaSection,
} from './session-description.ts';
import { Changes } from './until.ts';

export interface FarCallPorts {
  readonly patienceMs: number;
  readonly connections: PeerConnections;
  /** The phone calls whom the handset has transferred it to. */
  readonly follow: (referral: IncomingReferral) => FarCall;
}

/** What a phone does in a call, and what it sees of the handset. What waits gives up after a while and says what there was. */
export class FarCall {
  readonly #ports: FarCallPorts;
  readonly #changes: Changes;
  #session: InviteSession | undefined;
  #incoming: IncomingInvite | undefined;
  #hasVideo = false;
  #ownDirection: Direction = 'sendrecv';
  #theirs: readonly MediaSection[] = [];
  #connection: string | undefined;
  #isUp = false;
  #end: SessionEnd | undefined;
  #status = 0;
  #followed: FarCall | undefined;

  constructor(ports: FarCallPorts) {
    this.#ports = ports;
    this.#changes = new Changes(ports.patienceMs);
  }

  /** Where the call stands for the phone. */
  get state(): 'ringing' | 'talking' | 'ended' {
    if (this.#end) return 'ended';
    return this.#isUp ? 'talking' : 'ringing';
  }

  /** The number at the other end. */
  get with(): string {
    return this.#session?.remote.uri.user ?? '';
  }

  /** The keys that the handset has pressed in the call (RFC 4733). */
  get digits(): string {
    return this.#ports.connections.find(this.#connection)?.digits ?? '';
  }

  /** The handset's microphone is open, not muted, and not on hold. */
  get hearsHandset(): boolean {
    return this.#isUp && (this.#ports.connections.find(this.#connection)?.isSending('audio') ?? false);
  }

  get seesHandset(): boolean {
    return this.#isUp && (this.#ports.connections.find(this.#connection)?.isSending('video') ?? false);
  }

  /** The handset has put the call on hold: it wants nothing of us. */
  get isOnHold(): boolean {
    return this.#isUp && this.#theirs.every(({ direction, isRefused }) => isRefused || !receives(direction));
  }

  /** Picks up. Settles when the handset has confirmed it (ACK). */
  async answers(options: { readonly video?: boolean } = {}): Promise<void> {
    const incoming = this.#incoming;
    if (!incoming || this.state !== 'ringing') throw new Error(`Cannot answer: the call is ${this.state}`);
    this.#hasVideo = options.video ?? false;
    incoming.accept(incoming.offer === undefined ? this.#offer() : this.#answerTo(incoming.offer));
    await this.isAnswered();
  }

  /** 180 Ringing again, or early media with its sound (183). */
  rings(): void {
    this.#incoming?.ring();
  }

  /** @param status of the SIP response, 486 Busy Here unless given */
  refuses(status = 486): void {
    this.#incoming?.reject(status);
  }

  /** Ends the call, or gives up calling. */
  hangsUp(): void {
    this.#session?.end();
  }

  holds(): Promise<void> {
    return this.#change('sendonly');
  }

  resumes(): Promise<void> {
    return this.#change('sendrecv');
  }

  /** The call is up. */
  async isAnswered(): Promise<void> {
    await this.#until(() => this.#isUp || undefined, 'The call is answered');
  }

  async isHeld(): Promise<void> {
    await this.#until(() => this.isOnHold || undefined, 'The call is held');
  }

  async isResumed(): Promise<void> {
    await this.#until(() => (this.#isUp && !this.isOnHold) || undefined, 'The call is resumed');
  }

  /** The handset has pressed these keys, all of them. */
  async hears(digits: string): Promise<void> {
    await this.#until(() => this.digits === digits || undefined, `The keys ${digits} are heard`);
  }

  /** The handset has transferred the phone: the call that it makes instead. */
  isTransferred(): Promise<FarCall> {
    return this.#until(() => this.#followed, 'The call is transferred');
  }

  /** How it ended: the SIP status (200: hung up, 487: given up), and who did it. */
  hasEnded(): Promise<{
    readonly status: number;
    readonly reason: string;
    readonly by: 'handset' | 'phone' | 'failure';
  }> {
    return this.#until(() => {
      if (!this.#end) return undefined;
      const { status, reason, by } = this.#end;
      return { status, reason, by: by === 'peer' ? 'handset' : by === 'local' ? 'phone' : by };
    }, 'The call has ended');
  }

  /** A call of the phone's own: `invite` sends the INVITE with what it is given. */
  place(
    invite: (sdp: string | undefined, handler: InviteSessionHandler) => InviteSession,
    options: { readonly video: boolean; readonly offer: boolean },
  ): this {
    this.#hasVideo = options.video;
    this.#session = invite(options.offer ? this.#offer() : undefined, this.#handler(options.offer));
    return this;
  }

  /** A call that has come in: it rings. */
  receive(invite: IncomingInvite): this {
    this.#session = invite;
    this.#incoming = invite;
    invite.attach(this.#handler(invite.offer === undefined));
    invite.ring();
    return this;
  }

  #handler(hasOffered: boolean): InviteSessionHandler {
    return {
      provisional: ({ status }) => this.#changed(() => (this.#status = status)),
      accepted: ({ sdp = '' }) =>
        this.#changed(() => {
          if (hasOffered) this.#hear(sdp);
          this.#session?.ack(hasOffered ? undefined : this.#answerTo(sdp));
          this.#isUp = true;
        }),
      confirmed: ({ sdp }) =>
        this.#changed(() => {
          if (sdp !== undefined) this.#hear(sdp);
          this.#isUp = true;
        }),
      reoffered: (offer) => this.#changed(() => this.#reoffered(offer)),
      referred: (referral) => this.#changed(() => (this.#followed = this.#ports.follow(referral))),
      request: (transaction) => transaction.respond(200),
      ended: (end) => this.#changed(() => (this.#end = end)),
    };
  }

  #reoffered(offer: PeerReoffer): void {
    if (offer.sdp !== undefined) return offer.accept(this.#answerTo(offer.sdp));
    offer.accept(this.#offer(), (answer) => this.#changed(() => this.#hear(answer ?? '')));
  }

  async #change(direction: Direction): Promise<void> {
    const before = this.#ownDirection;
    this.#ownDirection = direction;
    const { status = 0, sdp = '' } = (await this.#session?.reinvite(this.#offer())) ?? {};
    if (status >= 300) {
      this.#ownDirection = before;
      throw new Error(`The handset refused the change with ${status}`);
    }
    this.#changed(() => this.#hear(sdp));
  }

  #offer(): string {
    const kinds =
      this.#hasVideo || this.#theirs.length > 1 ? (['audio', 'video'] as const) : (['audio'] as const);
    const sections = kinds.map((kind): MediaSection => ({
      kind,
      direction: this.#ownDirection,
      isRefused: kind === 'video' && !this.#hasVideo,
    }));
    return writeDescription({ sections }, 'phone');
  }

  #answerTo(offer: string): string {
    this.#hear(offer);
    const sections = this.#theirs.map(({ kind, direction, isRefused }): MediaSection => ({
      kind,
      direction: answerTo(direction, this.#ownDirection),
      isRefused: isRefused || (kind === 'video' && !this.#hasVideo),
    }));
    return writeDescription({ sections }, 'phone');
  }

  #hear(sdp: string): void {
    const { sections, connection } = readDescription(sdp);
    this.#theirs = sections;
    if (connection === undefined || connection === this.#connection) return;
    this.#connection = connection;
    this.#ports.connections.find(connection)?.addEventListener('x-digits', () => this.#changes.tell());
  }

  #until<T>(look: () => T | undefined, what: string): Promise<T> {
    return this.#changes.until(look, what, () => {
      const end = this.#end ? ` with ${this.#end.status} ${this.#end.reason}` : '';
      const media = this.#theirs.map(({ kind, direction }) => `${kind} ${direction}`).join(', ');
      return `the call is ${this.state}${end}, last response ${this.#status}, keys "${this.digits}", ${media || 'no media'}`;
    });
  }

  #changed(change: () => void): void {
    change();
    this.#changes.tell();
  }
}
