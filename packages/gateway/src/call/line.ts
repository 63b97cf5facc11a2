import { isIP } from 'node:net';
import type { Extension } from '@soft-handset/protocol';
import { parseUri } from '@soft-handset/sip';
import type {
  Credentials,
  IncomingInvite,
  IncomingReferral,
  ServerTransaction,
  SipStack,
  SipUri,
  UserAgent,
} from '@soft-handset/sip';
import { Call } from './call.ts';
import type { CallWorld } from './call.ts';
import type { SipHeaders } from './call-effect.ts';
import type { CallStart } from './call-event.ts';
import { extensionsAt } from './extensions.ts';
import type { CallFacts, Handset } from './handset.ts';
import { HelperGroups } from './helper-groups.ts';
import { factsOfInvite } from './incoming-call.ts';
import { instanceOf } from './instance.ts';
import { LineRegistration } from './line-registration.ts';
import type { JoinOptions } from './line-registration.ts';
import { takeNote, takeUnaskedNotify } from './note.ts';
import type { NoteNews } from './note.ts';
import { PagerMessages, type PagerMessage } from './pager-messages.ts';
import { Redirection } from './redirection.ts';
import { Referrals } from './referrals.ts';
import { Subscriptions } from './subscriptions.ts';
import type { SubscriptionNews } from './subscriptions.ts';
import type { WantOffer } from './want-offer.ts';

/** The account behind a line, as SIP needs it. */
export interface LineIdentity {
  /** Two handsets with the same key share the line. */
  readonly key: string;
  /** For the log. */
  readonly account: string;
  readonly aor: string;
  readonly displayName?: string;
  readonly credentials?: Credentials;
  /** The only next hop. */
  readonly server: string;
  /** Those that take its place. */
  readonly backupServers?: readonly string[];
  /** Registered at all of them at the same time (RFC 5626). */
  readonly outbound?: boolean;
  readonly register: boolean;
  /** Return calls begin with an offer of ours. */
  readonly offersFirst: boolean;
  readonly credentialsOf: 'handset' | 'server';
  readonly onCredentialsRefused?: () => void;
}

export interface LineWorld extends CallWorld {
  readonly stack: Pick<SipStack, 'createUserAgent'>;
  /** The header that says `incomingcall.type`. */
  readonly callTypeHeader: string;
  /** How long a line without handsets stays registered: a page that reloads is back before. */
  readonly lineGraceMs: number;
  /** Names this installation of the gateway and no other; stays the same when it is started again. */
  readonly installation: string;
  /** Whether a SIP server of the list is there. */
  readonly isServerHost: (host: string) => boolean;
  readonly newId: () => string;
  /** Who refused an INVITE without offer before. */
  readonly wantOffer: WantOffer;
}

/** How a handset dials. Whether a return call begins with an offer is not its to say. */
export type DialStart =
  Omit<Extract<CallStart, { by: 'new_call' }>, 'offerFirst'> | Extract<CallStart, { by: 'call' }>;

/** What a handset dials. */
export interface DialOrder {
  readonly start: DialStart;
  /** A SIP URI. */
  readonly target: string;
  readonly callId?: string;
  readonly headers?: SipHeaders;
  /** Who has asked for the call. */
  readonly referral?: IncomingReferral;
  /** The peer's changes need not be asked about. */
  readonly autoAccepts: boolean;
}

/** An account at work: owns its registration and its calls; handsets attach to it and may come and go. */
export class Line {
  readonly identity: LineIdentity;
  /** What its handsets have subscribed to. */
  readonly subscriptions: Subscriptions;
  /** What the peers of its calls ask for. */
  readonly referrals = new Referrals();
  readonly #world: LineWorld;
  readonly #onClosed: () => void;
  readonly #agent: UserAgent;
  readonly #registration: LineRegistration;
  readonly #handsets = new Set<Handset>();
  readonly #groups = new HelperGroups();
  readonly #calls = new Set<Call>();
  readonly #messages: PagerMessages;
  #stopGrace: (() => void) | undefined;
  #extensions: Promise<readonly Extension[] | undefined> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws SipError `invalid-uri` if the account's address is not one */
  constructor(identity: LineIdentity, world: LineWorld, onClosed: () => void) {
    this.identity = identity;
    this.#world = world;
    this.#onClosed = onClosed;
    // A server that was never told a Contact calls the number itself.
    const contactUser = identity.register ? undefined : parseUri(identity.aor)?.user;
    this.#agent = world.stack.createUserAgent({
      aor: identity.aor,
      ...(contactUser !== undefined && { contactUser }),
      outboundProxy: identity.server,
      ...(identity.backupServers && { backupProxies: identity.backupServers }),
      ...(identity.outbound && { instance: instanceOf(world.installation, identity.key) }),
      ...(identity.displayName !== undefined && { displayName: identity.displayName }),
      ...(identity.credentials && { credentials: identity.credentials }),
    });
    this.#agent.onInvite = (invite) => this.#invited(invite);
    this.#agent.onMessage = (transaction) => this.#messaged(transaction);
    this.#agent.onNotify = (transaction) => this.#notified(transaction);
    this.#messages = new PagerMessages(this.#agent, world.log);
    this.subscriptions = new Subscriptions(this.#agent, world.log);
    this.#registration = new LineRegistration({
      agent: this.#agent,
      log: world.log,
      account: identity.account,
      displayName: identity.displayName,
      handsets: () => this.#masters,
      masterIdOf: (handset) => this.#groups.idOf(handset),
      credentialsOf: identity.credentialsOf,
      onCredentialsRefused: () => identity.onCredentialsRefused?.(),
    });
  }

  get counts(): { readonly calls: number; readonly timers: number } {
    const timers = [...this.#calls].filter((call) => call.hasTimer).length + (this.#stopGrace ? 1 : 0);
    return { calls: this.#calls.size, timers };
  }

  get allowsCalls(): boolean {
    return this.#registration.allowsCalls;
  }

  /** The numbers at the server, if it tells them; several who ask at once share one question. */
  extensions(): Promise<readonly Extension[] | undefined> {
    this.#extensions ??= extensionsAt(this.#agent, this.identity.aor).finally(() => {
      this.#extensions = undefined;
    });
    return this.#extensions;
  }

  /** The last that was heard of the server was bad: another login may take the handset. */
  get hasFailed(): boolean {
    return this.#registration.hasFailed;
  }

  attach(handset: Handset, options: JoinOptions): void {
    this.#stopGrace?.();
    this.#stopGrace = undefined;
    const isNew = !this.#handsets.has(handset);
    this.#handsets.add(handset);
    const sendRegister = options.sendRegister && this.identity.register;
    this.#registration.join(handset, { ...options, sendRegister });
    if (isNew) this.#ringAlsoAt(handset);
  }

  /**
   * The handset takes further calls of the one that was given this id in `registered`; no secret is asked for.
   * False: nobody has it, or the line is not registered.
   */
  attachHelper(handset: Handset, masterId: number, transaction: string): boolean {
    const master = this.#groups.masterWith(masterId);
    if (!master || !this.allowsCalls) return false;
    this.#handsets.add(handset);
    this.#groups.add(handset, master);
    const displayName = this.identity.displayName ?? handset.displayName;
    handset.hearsLine(
      {
        event: 'registered',
        registerSent: false,
        isHelper: true,
        masterId,
        ...(displayName !== undefined && { displayName }),
      },
      transaction,
    );
    this.#ringAlsoAt(handset);
    return true;
  }

  hasMaster(masterId: number): boolean {
    return this.#groups.masterWith(masterId) !== undefined;
  }

  /** What rings on the line, unless it rings at this telephone already. */
  #ringAlsoAt(handset: Handset): void {
    const group = this.#groups.groupOf(handset);
    for (const call of this.#calls)
      if (!this.callOf(handset) && !group.some((one) => call.has(one))) call.alsoRingAt(handset);
  }

  get #masters(): readonly Handset[] {
    return [...this.#handsets].filter((handset) => !this.#groups.isHelper(handset));
  }

  /** The handset has gone, by itself or with its session. The line outlives it for a moment, and what rings rings on. */
  detach(handset: Handset): void {
    const isLast =
      this.#groups.groupOf(handset).length === this.#handsets.size && this.#handsets.has(handset);
    this.#leave(handset, isLast && !this.#closing);
    if (this.#handsets.size > 0 || this.#closing || this.#stopGrace) return;
    this.#stopGrace = this.#world.clock.setTimeout(() => {
      this.#stopGrace = undefined;
      void this.close();
    }, this.#world.lineGraceMs);
  }

  /** The handset logs out; the last one takes the registration with it. */
  unregister(handset: Handset, transaction: string): void {
    handset.hearsLine({ event: 'unregistering' }, transaction);
    const call = this.callOf(handset);
    if (call?.endsWith(handset)) call.ask(handset, { type: 'hangup' });
    this.#leave(handset);
    const done = (registerSent: boolean): void =>
      handset.hearsLine({ event: 'unregistered', registerSent }, transaction);
    if (this.#handsets.size > 0) return done(false);
    const { isSent } = this.#registration;
    void this.close().then(() => done(isSent));
  }

  /** The call that rings at the handset or that it drives. A handle has one PeerConnection, so at most one. */
  callOf(handset: Handset): Call | undefined {
    for (const call of this.#calls) if (call.has(handset)) return call;
    return undefined;
  }

  callById(callId: string): Call | undefined {
    for (const call of this.#calls) if (call.id === callId) return call;
    return undefined;
  }

  dial(handset: Handset, { start, target, callId, headers, referral, autoAccepts }: DialOrder): void {
    const id = callId ?? this.#world.newId();
    const displayName = this.identity.displayName ?? handset.displayName;
    const { wantOffer } = this.#world;
    const peer = `${this.identity.server} ${target}`;
    const redirection = this.#redirection();
    referral?.accept();
    const { referredBy, replaces } = referral ?? {};
    this.#begin(
      new Call(
        this.#world,
        {
          id,
          facts: { direction: 'out', peer: target, audio: true, video: false, type: 'user_call_user' },
          handsets: [handset],
          dialog: (sdp, handler) =>
            this.#agent.invite(target, redirection.explains(handler), {
              callId: id,
              redirect: redirection.allows,
              ...(sdp !== undefined && { sdp }),
              ...(headers && { headers }),
              ...(displayName !== undefined && { displayName }),
              ...(referredBy !== undefined && { referredBy }),
              ...(replaces && { replaces }),
            }),
          family: familyOf(this.identity.server),
          autoAccepts,
          ...(referral && { referral }),
          onReferred: (other) => this.referrals.add(other),
          onEnd: (call) => void this.#calls.delete(call),
          onOfferMissed: () => wantOffer.add(peer),
        },
        start.by === 'call'
          ? start
          : { ...start, offerFirst: this.identity.offersFirst || wantOffer.has(peer) },
      ),
    );
  }

  /** The account's own domain is as good as the servers of the list. */
  #redirection(): Redirection {
    const home = parseUri(this.identity.aor)?.host.toLowerCase();
    const isOurs = (uri: SipUri): boolean =>
      uri.host.toLowerCase() === home || this.#world.isServerHost(uri.host);
    return new Redirection({ isOurs, log: this.#world.log, account: this.identity.account });
  }

  /** A message outside any call. False: too many wait already. */
  sendMessage(handset: Handset, message: PagerMessage, transaction: string): boolean {
    const displayName = this.identity.displayName ?? handset.displayName;
    return this.#messages.send(
      handset,
      { callId: this.#world.newId(), displayName, ...message },
      transaction,
    );
  }

  /** Ends its calls and its registration. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopGrace?.();
    this.#stopGrace = undefined;
    for (const call of this.#calls) call.close();
    this.subscriptions.close();
    this.#onClosed();
    await this.#registration.end();
    this.#agent.close();
    this.#world.log.info({ account: this.identity.account }, 'line closed');
  }

  #leave(handset: Handset, mayReturn = false): void {
    this.#registration.leave(handset);
    this.subscriptions.leave(handset);
    this.#handsets.delete(handset);
    this.callOf(handset)?.leave(handset, mayReturn);
    const helpers = this.#groups.isHelper(handset) ? [] : this.#groups.helpersOf(handset);
    this.#groups.delete(handset);
    for (const helper of helpers) helper.isDismissed();
  }

  /** Nothing in an INVITE may end more than its own call. */
  #invited(invite: IncomingInvite): void {
    try {
      this.#ring(invite);
    } catch (error) {
      this.#world.log.error({ err: error, callId: invite.callId }, 'incoming call broken');
      invite.reject(500);
    }
  }

  #ring(invite: IncomingInvite): void {
    const replaced = this.#replacedBy(invite);
    const facts = {
      ...factsOfInvite(invite, this.#world.callTypeHeader),
      ...(replaced && { replaces: replaced.id }),
    };
    if (replaced?.replacePeer(invite, facts)) return;
    const isFree = (handset: Handset): boolean => this.callOf(handset) === undefined;
    const free = this.#groups.firstOfEach(this.#handsets, isFree);
    const isAwaited = this.#stopGrace !== undefined && this.#calls.size === 0;
    if (this.#closing || (this.#handsets.size === 0 && !isAwaited)) return invite.reject(480);
    if (free.length === 0 && !isAwaited) return this.#miss(invite, facts, 486, 'Busy Here');
    // RFC 3261 §21.5.4: a 503 would make the proxy shun all lines of this gateway.
    if (!this.#world.engine.isUp) return this.#miss(invite, facts, 480, 'Media engine unavailable');
    const { offer } = invite;
    this.#begin(
      new Call(
        this.#world,
        {
          id: this.callById(invite.callId) ? this.#world.newId() : invite.callId,
          facts,
          handsets: free,
          dialog: invite,
          family: familyOf(this.identity.server),
          onReferred: (referral) => this.referrals.add(referral),
          onEnd: (call) => void this.#calls.delete(call),
        },
        { by: 'peer', ...(offer !== undefined && { offer }) },
      ),
    );
  }

  #replacedBy({ replaces }: IncomingInvite): Call | undefined {
    for (const call of this.#calls) if (replaces && call.hasDialog(replaces)) return call;
    return undefined;
  }

  /** Heard by all; a page that is only reloading may be told later (RFC 3261 §21.4.18). */
  #messaged(transaction: ServerTransaction): void {
    if (this.#closing || this.#handsets.size === 0) return transaction.respond(480);
    const news = takeNote(transaction);
    this.#tellAll(news, transaction);
  }

  #notified(transaction: ServerTransaction): void {
    if (this.#closing || this.#handsets.size === 0) return transaction.respond(480);
    const news = takeUnaskedNotify(transaction);
    this.#tellAll(news, transaction);
  }

  #tellAll(news: NoteNews | SubscriptionNews | undefined, { request }: ServerTransaction): void {
    if (news) for (const handset of this.#masters) handset.hearsNote(news, { said: request.headers });
  }

  #begin(call: Call): void {
    if (call.state !== 'terminated') this.#calls.add(call);
  }

  #miss(invite: IncomingInvite, facts: CallFacts, status: number, reason: string): void {
    invite.reject(status);
    const { peer, displayName, callee } = facts;
    for (const handset of this.#masters)
      handset.hearsLine({
        event: 'missed_call',
        caller: peer,
        ...(displayName !== undefined && { displayName }),
        ...(callee !== undefined && { callee }),
        reason,
      });
  }
}

/** All goes by the server: what it has itself its phones are likely to have. Undefined: it is a name. */
function familyOf(server: string): 4 | 6 | undefined {
  const version = isIP(parseUri(server)?.host ?? '');
  return version === 0 ? undefined : version === 6 ? 6 : 4;
}
