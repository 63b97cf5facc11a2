import type {
  IncomingInvite,
  InviteSessionHandler,
  ResponseOptions,
  RingOptions,
  SessionEnd,
} from './contract.ts';
import { cseqOf, dialogAsUas } from './dialog.ts';
import { Session } from './invite-session.ts';
import { LiveDialog } from './live-dialog.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { noParams } from './params.ts';
import { reasonEnd } from './reason-header.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { ReliableResponses } from './reliable-responses.ts';
import { bodyRefusal } from './request-rules.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { SessionDialog } from './session-dialog.ts';
import type { EndOptions, SessionHost } from './session-host.ts';
import { SuccessRepeater } from './success-repeater.ts';

/** RFC 3261 §13.3.1.1: proxies on the way forget a call of which they hear nothing for three minutes. */
const provisionalEveryMs = 60_000;

/**
 * A call that comes to us (RFC 3261 §13.3).
 *
 *   inviting ──ring()──▶ early ──accept()──▶ accepted ──ACK──▶ confirmed ──▶ ended
 *
 * A peer that requires `100rel` acknowledges each ring with PRACK; a 200 waits for the PRACK to an early SDP.
 */
export class ServerInvite extends Session implements IncomingInvite {
  readonly role = 'uas';
  readonly offer: string | undefined;
  readonly isFromServer: boolean;
  readonly replaces?: Session;
  readonly #transaction: RunningServerTransaction;
  protected override readonly dialog: SessionDialog;
  readonly #reliable: ReliableResponses;
  readonly #peerRequiresReliable: boolean;
  readonly #peerTakesReliable: boolean;
  /** The 200 that waits for a PRACK. */
  #acceptOnPrack: (() => void) | undefined;
  #repeater: SuccessRepeater | undefined;
  /** We have hung up, but may not say so before the ACK or timer H (RFC 3261 §15). */
  #byeOnAck: EndOptions | undefined;

  constructor(
    host: SessionHost,
    transaction: RunningServerTransaction,
    { isFromServer, replaces }: { readonly isFromServer: boolean; readonly replaces?: Session | undefined },
  ) {
    const { request, toTag, flow } = transaction;
    const remote = parseNameAddr(request.headers.get('From') ?? '');
    const callId = request.headers.get('Call-ID') ?? '';
    super(host, callId, toTag, remote ?? { uri: host.account.aor, params: noParams });
    this.#transaction = transaction;
    this.isFromServer = isFromServer;
    if (replaces) this.replaces = replaces;
    const path = { authenticator: this.authenticator, flow, protocol: flow.protocol };
    this.dialog = new SessionDialog(this, new LiveDialog(host, dialogAsUas(request, toTag), path));
    this.dialogs.set(this.dialog.live.state.remoteTag, this.dialog);
    const body = sdpOf(request);
    this.offer = body.ok ? body.sdp : undefined;
    if (this.offer !== undefined) this.dialog.agreement.peerOffers(this.offer);
    this.#reliable = new ReliableResponses(host.core, transaction, () => this.#noPrack());
    this.#peerRequiresReliable = lists(request, 'Require', '100rel');
    this.#peerTakesReliable = this.#peerRequiresReliable || lists(request, 'Supported', '100rel');
    transaction.onCancel = (cancel) => this.#cancelled(cancel);
    transaction.onTransportFailed = () =>
      this.finish({ by: 'failure', status: 503, reason: reasonPhrase(503) });
    this.#limitRinging();
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  get isAttached(): boolean {
    return this.handler !== undefined;
  }

  attach(handler: InviteSessionHandler): void {
    this.handler = handler;
  }

  ring(status = 180, options: RingOptions = {}): void {
    if (!this.#isOpen('ring')) return;
    this.move('early');
    const { acknowledged, reliable = false, ...rest } = options;
    const named = this.#named(rest);
    const isReliable = this.#peerRequiresReliable || (reliable && this.#peerTakesReliable);
    const send = isReliable
      ? () => this.#ringReliably(status, named, acknowledged)
      : () => this.#transaction.respond(status, named);
    this.#repeatProvisional(send);
    send();
  }

  accept(sdp?: string, options: ResponseOptions = {}): void {
    if (!this.#isOpen('accept') || this.#acceptOnPrack) return;
    const { agreement } = this.dialog;
    const send = () => {
      // RFC 3262 §5: what was agreed before is not said again.
      const body = agreement.state === 'agreed' || sdp === undefined ? {} : { body: sdp };
      const named = this.#named(options, this.timer.accept(this.request));
      const response = this.#transaction.make(200, { ...named, ...body });
      if (sdp === undefined) agreement.refused();
      else if (agreement.state === 'peerOffered') agreement.weAnswer(sdp);
      else if (agreement.state !== 'agreed') agreement.weOffer(sdp);
      this.timers.stopAll();
      this.#reliable.finish();
      this.move('accepted');
      this.#repeater = new SuccessRepeater(this.host.core, this.#transaction, response, () => this.#noAck());
      // RFC 3891 §3: the call that was replaced ends, by BYE or CANCEL as its state asks.
      this.replaces?.end();
    };
    if (this.#reliable.holdsSuccess) this.#acceptOnPrack = send;
    else send();
  }

  reject(status: number, options: ResponseOptions = {}): void {
    if (!this.#isOpen('reject')) return;
    this.#transaction.respond(status, options);
    this.finish({ by: 'local', status, reason: options.reason ?? reasonPhrase(status) });
  }

  /** The peer sends the ACK. */
  ack(): void {
    this.host.core.log.debug({ callId: this.callId }, 'only the caller sends an ACK');
  }

  protected closeOut(options: EndOptions): void {
    switch (this.state) {
      case 'inviting':
      case 'early': {
        const { status = 480, reason, headers } = options;
        const more = { ...(reason === undefined ? {} : { reason }), ...(headers ? { headers } : {}) };
        return this.#transaction.respond(Math.max(status, 300), more);
      }
      case 'accepted':
        this.#byeOnAck = options;
        return;
      case 'confirmed':
        return this.hangUp(options);
      case 'ended':
        return;
    }
  }

  protected acknowledged(ack: SipRequest): boolean {
    if (cseqOf(ack) !== cseqOf(this.request) || !this.#repeater) return false;
    this.#repeater.stop();
    this.#repeater = undefined;
    if (this.#byeOnAck) this.#sendHeldBye();
    else this.#confirm(ack);
    return true;
  }

  protected override owesBye(): boolean {
    return this.#byeOnAck !== undefined;
  }

  protected override finish(cause: SessionEnd): void {
    this.#reliable.finish();
    super.finish(cause);
  }

  protected override byeReceived(): void {
    super.byeReceived();
    this.#repeater?.stop();
    this.#repeater = undefined;
    this.#byeOnAck = undefined;
    if (this.#transaction.isOpen) this.#transaction.respond(487);
  }

  protected override receivePrack(transaction: RunningServerTransaction, dialog: SessionDialog): void {
    const { request } = transaction;
    const refusal = bodyRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    const taken = this.#reliable.take(request);
    if (!taken) return transaction.respond(481);
    const weOffered = dialog.agreement.state === 'weOffered';
    taken.acknowledged(request);
    // RFC 3262 §5: the PRACK to an offer answers, the PRACK to an answer may bring the next offer.
    if (!weOffered && readSdp(request) !== undefined) dialog.receive(transaction);
    else transaction.respond(200);
    this.#reliable.goOn();
    if (!this.#acceptOnPrack || this.#reliable.holdsSuccess || !this.#isOpen('accept')) return;
    const accept = this.#acceptOnPrack;
    this.#acceptOnPrack = undefined;
    accept();
  }

  #ringReliably(status: number, options: ResponseOptions, acknowledged: RingOptions['acknowledged']): void {
    const { agreement } = this.dialog;
    const { body = '' } = options;
    const response = this.#transaction.make(status, options);
    if (body !== '' && this.offer === undefined && agreement.state === 'none') agreement.weOffer(body);
    this.#reliable.send({
      response,
      acknowledged: (prack) => {
        const sdp = agreement.state === 'weOffered' ? readSdp(prack) : undefined;
        if (sdp !== undefined) agreement.peerAnswers(sdp);
        else if (body !== '') agreement.weAnswer(body);
        if (acknowledged) this.tell('acknowledged', () => acknowledged(sdp));
      },
    });
  }

  /** RFC 3262 §3: a 5xx, for nobody can tell whether the caller heard. */
  #noPrack(): void {
    this.#transaction.respond(504);
    this.finish({ by: 'failure', status: 408, reason: reasonPhrase(408) });
  }

  #confirm(ack: SipRequest): void {
    this.move('confirmed');
    const { agreement } = this.dialog;
    const sdp = agreement.state === 'weOffered' ? readSdp(ack) : undefined;
    if (sdp === undefined) agreement.refused();
    else agreement.peerAnswers(sdp);
    this.tell('confirmed', () => this.handler?.confirmed?.(sdp === undefined ? {} : { sdp }));
  }

  #isOpen(what: string): boolean {
    if (this.state === 'inviting' || this.state === 'early') return true;
    this.host.core.log.debug({ callId: this.callId, state: this.state }, `too late to ${what}`);
    return false;
  }

  /** The options with what makes a dialog: Contact and what we can. */
  #named(options: ResponseOptions, more: readonly [string, string][] = []): ResponseOptions {
    const own = [['Contact', this.dialog.live.contact()] as const, ...this.capabilities(), ...more];
    return { ...options, headers: [...own, ...(options.headers ?? [])] };
  }

  #repeatProvisional(send: () => void): void {
    this.timers.start('provisional', provisionalEveryMs, () => {
      this.#repeatProvisional(send);
      send();
    });
  }

  /** A caller that has vanished never sends CANCEL; its Expires counts if it is shorter (RFC 3261 §13.3.1). */
  #limitRinging(): void {
    const wanted = Number.parseInt(this.request.headers.get('Expires') ?? '', 10) * 1_000;
    const limit = this.host.core.timers.timerC;
    this.timers.start('ringing', wanted > 0 ? Math.min(wanted, limit) : limit, () => {
      this.#transaction.respond(487);
      this.finish({ by: 'failure', status: 408, reason: reasonPhrase(408) });
    });
  }

  #cancelled(cancel: SipRequest): void {
    this.#transaction.respond(487);
    this.finish(reasonEnd(cancel, 487));
  }

  /** RFC 3261 §13.3.1.4: the dialog is there all the same, and is to be ended. */
  #noAck(): void {
    this.#repeater = undefined;
    if (this.#byeOnAck) return this.#sendHeldBye();
    this.bye({});
    this.finish({ by: 'failure', status: 408, reason: reasonPhrase(408) });
  }

  #sendHeldBye(): void {
    const options = this.#byeOnAck ?? {};
    this.#byeOnAck = undefined;
    this.bye(options);
  }
}

function readSdp(message: SipRequest): string | undefined {
  const body = sdpOf(message);
  return body.ok ? body.sdp : undefined;
}

function lists(request: SipRequest, header: string, tag: string): boolean {
  return request.headers.list(header).some((one) => one.toLowerCase() === tag);
}
