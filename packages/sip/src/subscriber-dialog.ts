import { contactUri, readUri, requestOutside, wayTo, withOptions } from './account.ts';
import { AuthenticatedRequest, Authenticator } from './authentication.ts';
import type { Flow, RequestOptions } from './contract.ts';
import { dialogAsSubscriber, dialogAsUac } from './dialog.ts';
import type { DialogState } from './dialog.ts';
import { eventOf } from './event-headers.ts';
import { tagOf } from './header-values.ts';
import { LiveDialog } from './live-dialog.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { methodRefusal, requireRefusal } from './request-rules.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import type { DialogHost, DialogUser } from './session-host.ts';
import type { SessionTable } from './session-table.ts';
import { formatUri } from './uri.ts';

/** What a subscription is given by its user agent. */
export interface SubscriptionHost extends DialogHost {
  readonly subscriptions: SessionTable<DialogUser>;
}

interface SubscriberUser {
  /** The final response to the first SUBSCRIBE. */
  answered(response: SipResponse): void;
  /** A NOTIFY of this subscription, answered with 200. */
  notified(request: SipRequest): void;
  /** The stack or the user agent closes. */
  closed(): void;
}

/**
 * One try of a subscription: its first SUBSCRIBE and the dialog, which the 2xx makes or a NOTIFY that comes before it (RFC 6665 §4.1.2.4,
 * §4.4.1). Of several notifiers behind a forking proxy the first one counts.
 */
export class SubscriberDialog implements DialogUser {
  readonly host: SubscriptionHost;
  readonly callId: string;
  readonly localTag: string;
  readonly #user: SubscriberUser;
  readonly #authenticator: Authenticator;
  readonly #event: string;
  readonly #first: AuthenticatedRequest;
  #live: LiveDialog | undefined;

  /** @throws SipError `invalid-uri`, `invalid-header` */
  constructor(
    host: SubscriptionHost,
    target: string,
    options: RequestOptions & { readonly event: string; readonly callId?: string },
    user: SubscriberUser,
  ) {
    const { core, endpoint, account } = host;
    this.host = host;
    this.#user = user;
    this.#event = options.event;
    this.#authenticator = new Authenticator(core, account.credentials);
    this.callId = options.callId ?? core.random(16);
    this.localTag = core.random(8);
    const uri = readUri(target);
    const way = wayTo(account, uri);
    const facts = { method: 'SUBSCRIBE', uri, callId: this.callId, cseq: 1, fromTag: this.localTag };
    const request = requestOutside(account, core, facts);
    const contact = contactUri(account, endpoint, endpoint.protocolTo(way) ?? 'udp', uri.scheme === 'sips');
    request.headers.append('Contact', `<${formatUri(contact)}>`);
    let cseq = 1;
    host.subscriptions.add(this);
    try {
      this.#first = new AuthenticatedRequest(withOptions(request, options), {
        endpoint,
        authenticator: this.#authenticator,
        nextCSeq: () => (cseq += 1),
        user: { final: (response, flow) => core.guard('SUBSCRIBE', () => this.#answered(response, flow)) },
        to: way,
      });
    } catch (error) {
      host.subscriptions.remove(this);
      throw error;
    }
  }

  get isUp(): boolean {
    return this.#live !== undefined;
  }

  /** A refresh; there must be a dialog. */
  send(options: RequestOptions, final: (response: SipResponse) => void): void {
    const { guard } = this.host.core;
    this.#live?.send('SUBSCRIBE', options, {
      final: (response) => guard('SUBSCRIBE', () => final(response)),
    });
  }

  receive(transaction: RunningServerTransaction): void {
    const { request, flow } = transaction;
    const remoteTag = tagOf(request.headers.get('From')) ?? '';
    if (this.#live && this.#live.state.remoteTag !== remoteTag) return transaction.respond(481);
    const refusal =
      (request.method === 'NOTIFY' ? undefined : methodRefusal(request.method, 'NOTIFY')) ??
      requireRefusal(request);
    if (refusal) return transaction.respond(refusal.status, { headers: refusal.headers });
    if (eventOf(request.headers)?.name !== this.#event.split(';', 1)[0]?.trim().toLowerCase())
      return transaction.respond(489);
    this.#live ??= this.#make(dialogAsSubscriber(this.#first.request, request), flow);
    if (!this.#live.takes(request)) return transaction.respond(500, { reason: 'CSeq Out Of Order' });
    this.#live.refreshTarget(request);
    transaction.respond(200);
    this.#user.notified(request);
  }

  fail(): void {
    this.close();
    this.#user.closed();
  }

  close(): void {
    this.host.subscriptions.remove(this);
  }

  #answered(response: SipResponse, flow: Flow | undefined): void {
    if (response.status < 300) this.#live ??= this.#make(dialogAsUac(this.#first.request, response), flow);
    this.#user.answered(response);
  }

  #make(state: DialogState, flow: Flow | undefined): LiveDialog {
    const protocol = flow?.protocol ?? 'udp';
    return new LiveDialog(this.host, state, { authenticator: this.#authenticator, flow, protocol });
  }
}
