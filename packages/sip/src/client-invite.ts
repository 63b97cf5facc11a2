import { contactUri, readUri, requestOutside, wayTo, withOptions } from './account.ts';
import { AuthenticatedRequest } from './authentication.ts';
import type { EarlyOffer, Flow, InviteOptions, InviteSessionHandler, Protocol } from './contract.ts';
import { dialogAsUac } from './dialog.ts';
import { EarlyDialogs, maxForks } from './early-dialog.ts';
import type { EarlyDialog } from './early-dialog.ts';
import { tagOf } from './header-values.ts';
import { Session } from './invite-session.ts';
import { InviteRetries } from './invite-retries.ts';
import { LiveDialog } from './live-dialog.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { noParams } from './params.ts';
import { Redirects } from './redirects.ts';
import { formatReplaces } from './replaces.ts';
import { sdpOf } from './sdp-body.ts';
import { SessionDialog } from './session-dialog.ts';
import type { EndOptions, SessionHost } from './session-host.ts';
import { formatUri } from './uri.ts';

/**
 * A call that we make (RFC 3261 §13.2).
 *
 *   inviting ──101-199──▶ early ──2xx──▶ accepted ──ack()──▶ confirmed ──▶ ended
 *      └─────────────────2xx─────────────▲  (with our offer in the INVITE, or after an early answer, the ACK goes out at once)
 */
export class ClientInvite extends Session {
  readonly role = 'uac';
  readonly #protocol: Protocol;
  readonly #offer: string | undefined;
  readonly #invite: AuthenticatedRequest;
  readonly #forks = new EarlyDialogs((response, flow) => this.#newDialog(response, flow));
  /** For each dialog that a 2xx made: sends its ACK again. */
  readonly #acks = new Map<string, () => void>();

  /** @throws SipError `invalid-uri`, `invalid-header` */
  constructor(host: SessionHost, target: string, handler: InviteSessionHandler, options: InviteOptions = {}) {
    const { core, endpoint, account } = host;
    const uri = readUri(target);
    const way = wayTo(account, uri);
    const protocol = endpoint.protocolTo(way) ?? 'udp';
    const callId = options.callId ?? core.random(16);
    const fromTag = core.random(8);
    const { displayName } = options;
    const facts = { method: 'INVITE', uri, callId, cseq: 1, fromTag, displayName };
    const contact = formatUri(contactUri(account, endpoint, protocol, uri.scheme === 'sips'));
    const request = requestOutside(account, core, facts);
    request.headers.append('Contact', `<${contact}>`);
    super(host, callId, fromTag, { uri, params: noParams });
    this.#protocol = protocol;
    this.handler = handler;
    this.#offer = options.sdp;
    try {
      this.#invite = this.#start(request, options);
    } catch (error) {
      host.sessions.remove(this);
      throw error;
    }
  }

  get request(): SipRequest {
    return this.#invite.request;
  }

  ack(sdp?: string): void {
    const { dialog } = this;
    if (this.state !== 'accepted' || !dialog) {
      this.host.core.log.debug({ callId: this.callId, state: this.state }, 'no ACK is due');
      return;
    }
    this.timers.stop('H');
    this.move('confirmed');
    if (sdp === undefined) dialog.agreement.refused();
    else dialog.agreement.weAnswer(sdp);
    this.#acks.set(dialog.live.state.remoteTag, dialog.live.ack(this.request, sdp));
  }

  /** Reliable provisional responses may offer when our INVITE does not: only an owner who can answer wants them (RFC 3262 §5). */
  protected override supported(): readonly string[] {
    const takesReliable = this.#offer !== undefined || this.handler?.offeredEarly !== undefined;
    return super.supported().filter((tag) => tag !== '100rel' || takesReliable);
  }

  protected closeOut(options: EndOptions): void {
    switch (this.state) {
      case 'inviting':
      case 'early':
        return this.#invite.cancel(options.headers);
      case 'accepted':
        this.ack();
        return this.hangUp(options);
      case 'confirmed':
        return this.hangUp(options);
      case 'ended':
        return;
    }
  }

  protected acknowledged(): boolean {
    return false;
  }

  #start(request: SipRequest, options: InviteOptions): AuthenticatedRequest {
    const { account, core, endpoint } = this.host;
    for (const [name, value] of [...this.capabilities(), ...this.timer.requestHeaders(), ...account.headers])
      request.headers.append(name, value);
    const body = options.sdp === undefined ? {} : { body: options.sdp };
    let cseq = 1;
    if (options.replaces) {
      request.headers.append('Replaces', formatReplaces(options.replaces));
      request.headers.append('Require', 'replaces');
    }
    if (options.referredBy !== undefined) request.headers.append('Referred-By', options.referredBy);
    const { redirect } = options;
    const uri = readUri(request.uri);
    const retries = new InviteRetries(
      account,
      this.timer,
      redirect && new Redirects(uri, redirect),
      ({ status }, target) => this.tell('redirected', () => this.handler?.redirected?.({ status, target })),
    );
    return new AuthenticatedRequest(
      withOptions(request, { ...body, ...(options.headers ? { headers: options.headers } : {}) }),
      {
        endpoint,
        authenticator: this.authenticator,
        nextCSeq: () => (cseq += 1),
        user: {
          provisional: (response, flow) => core.guard('provisional', () => this.#provisional(response, flow)),
          final: (response, flow) =>
            core.guard(
              'final',
              () => this.#final(response, flow),
              () => this.fail(500),
            ),
        },
        to: wayTo(account, uri),
        amend: (refused, response) => retries.amend(refused, response),
      },
    );
  }

  #provisional(response: SipResponse, flow: Flow): void {
    if (this.state !== 'inviting' && this.state !== 'early') return;
    this.move('early');
    const early = this.#forks.of(response, flow);
    const fork = early?.dialog.live.state.remoteTag;
    if (early && fork !== undefined) this.dialogs.set(fork, early.dialog);
    const taken = early?.take(response);
    if (taken?.kind === 'ignored') return;
    const body = sdpOf(response);
    const sdp = body.ok ? body.sdp : undefined;
    if (early && taken?.kind === 'reliable') {
      const offers =
        this.#offer === undefined && sdp !== undefined && early.dialog.agreement.state === 'none';
      if (offers && this.handler?.offeredEarly)
        return this.#offeredEarly(early, { sdp, response, rSeq: taken.rSeq });
      if (sdp !== undefined) early.dialog.agreement.peerAnswers(sdp);
      // An offer that the INVITE did not ask for cannot be answered: its response is no better than a plain one.
      if (!offers) early.prack(response, taken.rSeq, this.#prackRefused);
    }
    if (early && sdp !== undefined && this.#offer !== undefined) early.sdp = sdp;
    const { status, reason } = response;
    // Without our offer only a reliable provisional response can hold an SDP that counts (RFC 3261 §13.2.1).
    const shown = sdp !== undefined && this.#offer !== undefined ? { sdp } : {};
    this.tell('provisional', () =>
      this.handler?.provisional?.({
        status,
        reason,
        response,
        ...(fork === undefined ? {} : { fork }),
        ...shown,
      }),
    );
  }

  /** RFC 3262 §5: our INVITE had no offer, and the first reliable response brings the peer's; its PRACK answers. */
  #offeredEarly(
    early: EarlyDialog,
    { sdp, response, rSeq }: { readonly sdp: string; readonly response: SipResponse; readonly rSeq: number },
  ): void {
    const { agreement } = early.dialog;
    agreement.peerOffers(sdp);
    const offer: EarlyOffer = {
      status: response.status,
      sdp,
      fork: early.dialog.live.state.remoteTag,
      response,
      answer: (answer) => {
        if (this.state !== 'early' || agreement.state !== 'peerOffered') return;
        agreement.weAnswer(answer);
        early.prack(response, rSeq, this.#prackRefused, answer);
      },
    };
    this.tell('offeredEarly', () => this.handler?.offeredEarly?.(offer));
  }

  readonly #prackRefused = (status: number): void =>
    this.host.core.log.warn({ callId: this.callId, status }, 'PRACK refused');

  #newDialog(response: SipResponse, flow: Flow | undefined): SessionDialog {
    const live = new LiveDialog(this.host, dialogAsUac(this.request, response), {
      authenticator: this.authenticator,
      flow,
      protocol: this.#protocol,
    });
    const dialog = new SessionDialog(this, live);
    if (this.#offer !== undefined) dialog.agreement.weOffer(this.#offer);
    return dialog;
  }

  #final(response: SipResponse, flow: Flow | undefined): void {
    if (response.status < 300) return this.#success(response, flow);
    const { status, reason } = response;
    const said = flow ? { ...reasonOf(response), headers: response.headers } : {};
    this.finish({ by: flow ? 'peer' : 'failure', status, reason, ...said });
  }

  /** RFC 3261 §13.2.2.4: the first 2xx is the call; each other one is acknowledged, and hung up if it is of another fork. */
  #success(response: SipResponse, flow: Flow | undefined): void {
    const fork = tagOf(response.headers.get('To')) ?? '';
    const repeatAck = this.#acks.get(fork);
    if (repeatAck) return repeatAck();
    const isLate = this.state === 'ended' || this.dialog !== undefined;
    // Our own 2xx again, before its ACK is made.
    if (isLate && this.dialog?.live.state.remoteTag === fork) return;
    const early = this.#forks.get(fork);
    const dialog = early?.dialog ?? this.#newDialog(response, flow);
    early?.dialog.live.confirm(response);
    if (isLate) this.#refuseFork(dialog.live);
    else this.#accepted(dialog, early, response);
  }

  #accepted(dialog: SessionDialog, early: EarlyDialog | undefined, response: SipResponse): void {
    this.#choose(dialog);
    const { agreement } = dialog;
    const body = sdpOf(response);
    const said = (body.ok ? body.sdp : undefined) ?? early?.sdp;
    const isDone = this.#offer !== undefined || agreement.state === 'agreed';
    const { status } = response;
    this.move('accepted');
    this.timer.answered(response);
    if (isDone) {
      if (said !== undefined) agreement.peerAnswers(said);
    } else {
      if (said !== undefined) agreement.peerOffers(said);
      this.timers.start('H', this.host.core.timers.timerH, () => this.fail(408));
    }
    const sdp = this.#offer === undefined && isDone ? undefined : said;
    this.tell('accepted', () =>
      this.handler?.accepted?.({ status, response, ...(sdp === undefined ? {} : { sdp }) }),
    );
    // After the owner, behind whom somebody waits to speak: the peer repeats its 2xx after T1 only (RFC 3261 §13.3.1.4).
    if (isDone && this.state === 'accepted') this.ack();
  }

  /** The other forks have lost: what was under way in them is over. */
  #choose(dialog: SessionDialog): void {
    for (const other of this.dialogs.values()) if (other !== dialog) other.abort();
    this.dialogs.clear();
    this.dialogs.set(dialog.live.state.remoteTag, dialog);
    this.dialog = dialog;
  }

  #refuseFork(dialog: LiveDialog): void {
    if (this.#acks.size >= maxForks) return;
    this.host.core.count('forksRefused');
    this.#acks.set(dialog.state.remoteTag, dialog.ack(this.request));
    this.bye({}, dialog);
  }
}

function reasonOf(response: SipResponse): { reasonHeader?: string } {
  const reasonHeader = response.headers.get('Reason');
  return reasonHeader === undefined ? {} : { reasonHeader };
}
