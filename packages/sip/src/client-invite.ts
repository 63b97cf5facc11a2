import { contactUri, readUri, requestOutside, wayTo, withOptions } from './account.ts';
import { AuthenticatedRequest } from './authentication.ts';
import type { Flow, InviteOptions, InviteSessionHandler, Protocol } from './contract.ts';
import { dialogAsUac } from './dialog.ts';
import { tagOf } from './header-values.ts';
import { Session } from './invite-session.ts';
import type { EndOptions, SessionHost } from './invite-session.ts';
import { LiveDialog } from './live-dialog.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { noParams } from './params.ts';
import { sdpOf } from './sdp-body.ts';
import { formatUri } from './uri.ts';

/**
 * A call that we make (RFC 3261 §13.2).
 *
 *   inviting ──101-199──▶ early ──2xx──▶ accepted ──ack()──▶ confirmed ──▶ ended
 *      └─────────────────2xx─────────────▲  (with our offer in the INVITE the ACK goes out at once)
 */
export class ClientInvite extends Session {
  readonly role = 'uac';
  protected dialog: LiveDialog | undefined;
  readonly #protocol: Protocol;
  readonly #isOfferless: boolean;
  readonly #invite: AuthenticatedRequest;
  readonly #earlyTags = new Set<string>();
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
    this.#isOfferless = options.sdp === undefined;
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
    this.#acks.set(dialog.state.remoteTag, dialog.ack(this.request, sdp));
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

  protected knows(remoteTag: string): boolean {
    return this.dialog ? this.dialog.state.remoteTag === remoteTag : this.#earlyTags.has(remoteTag);
  }

  protected acknowledged(): boolean {
    return false;
  }

  #start(request: SipRequest, options: InviteOptions): AuthenticatedRequest {
    const { account, core, endpoint } = this.host;
    for (const [name, value] of [...this.capabilities(), ...account.headers])
      request.headers.append(name, value);
    const body = options.sdp === undefined ? {} : { body: options.sdp };
    let cseq = 1;
    return new AuthenticatedRequest(
      endpoint,
      this.authenticator,
      withOptions(request, { ...body, ...(options.headers ? { headers: options.headers } : {}) }),
      () => (cseq += 1),
      {
        provisional: (response) => core.guard('provisional', () => this.#provisional(response)),
        final: (response, flow) =>
          core.guard(
            'final',
            () => this.#final(response, flow),
            () => this.fail(500),
          ),
      },
      wayTo(account, readUri(request.uri)),
    );
  }

  #provisional(response: SipResponse): void {
    if (this.state !== 'inviting' && this.state !== 'early') return;
    this.move('early');
    const tag = tagOf(response.headers.get('To'));
    if (tag !== undefined && this.#earlyTags.size < maxForks) this.#earlyTags.add(tag);
    const body = sdpOf(response);
    // Without our offer only a reliable provisional could offer, and we do not claim to understand those (RFC 3262 §5).
    const sdp = body.ok && !this.#isOfferless ? body.sdp : undefined;
    const { status, reason } = response;
    const facts = { status, reason, response, ...(sdp === undefined ? {} : { sdp }) };
    this.tell('provisional', () => this.handler?.provisional?.(facts));
  }

  #final(response: SipResponse, flow: Flow | undefined): void {
    if (response.status < 300) return this.#success(response, flow);
    const { status, reason } = response;
    this.finish({ by: flow ? 'peer' : 'failure', status, reason, ...reasonOf(response) });
  }

  /** RFC 3261 §13.2.2.4: the first 2xx is the call; each other one is acknowledged, and hung up if it is of another fork. */
  #success(response: SipResponse, flow: Flow | undefined): void {
    const state = dialogAsUac(this.request, response);
    const repeatAck = this.#acks.get(state.remoteTag);
    if (repeatAck) return repeatAck();
    const dialog = new LiveDialog(this.host, state, {
      authenticator: this.authenticator,
      flow,
      protocol: this.#protocol,
    });
    if (this.state === 'ended' || this.dialog) {
      if (state.remoteTag !== this.dialog?.state.remoteTag) this.#refuseFork(dialog);
      return;
    }
    this.dialog = dialog;
    const body = sdpOf(response);
    const sdp = body.ok ? body.sdp : undefined;
    const { status } = response;
    this.move('accepted');
    if (this.#isOfferless) this.timers.start('H', this.host.core.timers.timerH, () => this.fail(408));
    else this.ack();
    this.tell('accepted', () =>
      this.handler?.accepted?.({ status, response, ...(sdp === undefined ? {} : { sdp }) }),
    );
  }

  #refuseFork(dialog: LiveDialog): void {
    if (this.#acks.size >= maxForks) return;
    this.host.core.count('forksRefused');
    this.#acks.set(dialog.state.remoteTag, dialog.ack(this.request));
    this.bye({}, dialog);
  }
}

/** More early dialogs and answers than a real forking proxy makes are not kept. */
const maxForks = 50;

function reasonOf(response: SipResponse): { reasonHeader?: string } {
  const reasonHeader = response.headers.get('Reason');
  return reasonHeader === undefined ? {} : { reasonHeader };
}
