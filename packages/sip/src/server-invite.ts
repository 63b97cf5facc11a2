import type { IncomingInvite, InviteSessionHandler, ResponseOptions } from './contract.ts';
import { cseqOf, dialogAsUas } from './dialog.ts';
import { Session } from './invite-session.ts';
import type { EndOptions, SessionHost } from './invite-session.ts';
import { LiveDialog } from './live-dialog.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { noParams } from './params.ts';
import { reasonEnd } from './reason-header.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { sdpOf } from './sdp-body.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { SuccessRepeater } from './success-repeater.ts';

/** RFC 3261 §13.3.1.1: proxies on the way forget a call of which they hear nothing for three minutes. */
const provisionalEveryMs = 60_000;

/**
 * A call that comes to us (RFC 3261 §13.3).
 *
 *   inviting ──ring()──▶ early ──accept()──▶ accepted ──ACK──▶ confirmed ──▶ ended
 */
export class ServerInvite extends Session implements IncomingInvite {
  readonly role = 'uas';
  readonly offer: string | undefined;
  readonly #transaction: RunningServerTransaction;
  protected readonly dialog: LiveDialog;
  #repeater: SuccessRepeater | undefined;
  /** We have hung up, but may not say so before the ACK or timer H (RFC 3261 §15). */
  #byeOnAck: EndOptions | undefined;

  constructor(host: SessionHost, transaction: RunningServerTransaction) {
    const { request, toTag, flow } = transaction;
    const remote = parseNameAddr(request.headers.get('From') ?? '');
    const callId = request.headers.get('Call-ID') ?? '';
    super(host, callId, toTag, remote ?? { uri: host.account.aor, params: noParams });
    this.#transaction = transaction;
    const path = { authenticator: this.authenticator, flow, protocol: flow.protocol };
    this.dialog = new LiveDialog(host, dialogAsUas(request, toTag), path);
    const body = sdpOf(request);
    this.offer = body.ok ? body.sdp : undefined;
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

  ring(status = 180, options: ResponseOptions = {}): void {
    if (!this.#isOpen('ring')) return;
    this.move('early');
    const named = this.#named(options);
    this.#repeatProvisional(() => this.#transaction.respond(status, named));
    this.#transaction.respond(status, named);
  }

  accept(sdp: string, options: ResponseOptions = {}): void {
    if (!this.#isOpen('accept')) return;
    const response = this.#transaction.make(200, { ...this.#named(options), body: sdp });
    this.timers.stopAll();
    this.move('accepted');
    this.#repeater = new SuccessRepeater(this.host.core, this.#transaction, response, () => this.#noAck());
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

  protected knows(remoteTag: string): boolean {
    return this.dialog.state.remoteTag === remoteTag;
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

  protected override byeReceived(): void {
    super.byeReceived();
    this.#repeater?.stop();
    this.#repeater = undefined;
    this.#byeOnAck = undefined;
    if (this.#transaction.isOpen) this.#transaction.respond(487);
  }

  #confirm(ack: SipRequest): void {
    this.move('confirmed');
    const body = sdpOf(ack);
    const sdp = body.ok && this.offer === undefined ? body.sdp : undefined;
    this.tell('confirmed', () => this.handler?.confirmed?.(sdp === undefined ? {} : { sdp }));
  }

  #isOpen(what: string): boolean {
    if (this.state === 'inviting' || this.state === 'early') return true;
    this.host.core.log.debug({ callId: this.callId, state: this.state }, `too late to ${what}`);
    return false;
  }

  /** The options with what makes a dialog: Contact and what we can. */
  #named(options: ResponseOptions): ResponseOptions {
    const own: [string, string][] = [['Contact', this.dialog.contact()], ...this.capabilities()];
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
