import { parseSipserverRequest, sipserverErrors } from '@soft-handset/protocol';
import type { Candidate, Jsep, SipserverRequest } from '@soft-handset/protocol';
import { parseUri } from '@soft-handset/sip';
import type { IncomingReferral, Log } from '@soft-handset/sip';
import type { Call } from '../call/call.ts';
import type { Line } from '../call/line.ts';
import type { Lines } from '../call/lines.ts';
import { videoWish } from '../call/media-wish.ts';
import type { PluginHandle, PluginInstance } from '../janus-api/plugin.ts';
import { destinationOf } from './destination.ts';
import type { Dialect } from './dialect.ts';
import type { AboutHandset } from './events.ts';
import { HandsetView } from './handset-view.ts';
import type { Login, LoginResult, RegisterRequest } from './login.ts';
import { noteOf, subscriptionOf } from './notes.ts';
import type { MessageRequest, NoteRequest, SubscribeRequest, UnsubscribeRequest } from './notes.ts';
import type { CallMediaRequest, DialRequest, InCallRequest, TransferRequest } from './request-rules.ts';
import {
  callRequest,
  headerRefusal,
  isCallId,
  jsepRefusal,
  mediaRequest,
  srtpOf,
  srtpRefusal,
} from './request-rules.ts';
import type { ExchangeFacts, SecondHandset } from './second-handset.ts';

export interface HandleOptions {
  readonly lines: Lines;
  readonly login: Login;
  readonly secondHandset: SecondHandset;
  readonly exchange: ExchangeFacts | undefined;
  readonly dialect: Dialect;
  readonly log: Log;
  readonly onDetach: () => void;
}

const subscribeRefusals = {
  'too-many': 'Too many subscriptions',
  'other-call-id': 'Subscribed with another call_id: unsubscribe first',
} as const;

/** One attached handle: takes a handset's requests to its line and its call, and answers those that cannot be. */
export class SipserverHandle implements PluginInstance {
  readonly #options: HandleOptions;
  readonly #remoteAddress: string;
  readonly #handset: HandsetView;
  #line: Line | undefined;

  constructor(handle: PluginHandle, options: HandleOptions) {
    this.#options = options;
    this.#remoteAddress = handle.remoteAddress;
    this.#handset = new HandsetView(handle, options.dialect);
  }

  message({ transaction, body, jsep }: Parameters<PluginInstance['message']>[0]): void {
    const parsed = parseSipserverRequest(body);
    if (!parsed.ok) return this.#handset.hearsError(parsed.code, parsed.reason, transaction);
    const request = parsed.value;
    const refusal = jsepRefusal(request, jsep) ?? headerRefusal(request) ?? srtpRefusal(request);
    if (refusal) return this.#handset.hearsError(refusal.code, refusal.text, transaction);
    try {
      this.#serve(request, transaction, jsep);
    } catch (error) {
      this.#options.log.error({ err: error, request: request.request }, 'request broken');
      this.#handset.hearsError(sipserverErrors.unknown, 'Internal error', transaction);
    }
  }

  trickle(candidates: readonly Candidate[]): void {
    const isTaken = this.#line?.callOf(this.#handset)?.addCandidates(this.#handset, candidates) ?? false;
    if (!isTaken) this.#handset.earlyCandidates.add(candidates);
  }

  hangup(): void {
    this.#line?.callOf(this.#handset)?.ask(this.#handset, { type: 'hangup' });
  }

  detach(): void {
    this.#line?.detach(this.#handset);
    this.#line = undefined;
    this.#options.onDetach();
  }

  #serve(request: SipserverRequest, transaction: string, jsep: Jsep | undefined): void {
    switch (request.request) {
      case 'register':
        return this.#register(request, transaction);
      case 'unregister':
        return this.#unregister(transaction);
      case 'second_handset':
        return this.#openSecond(transaction);
      case 'extensions':
        return this.#listExtensions(transaction);
      case 'new_call':
      case 'call':
        return this.#dial(request, transaction, jsep);
      case 'decline':
        if (request.refer_id !== undefined)
          return this.#declineReferral(request.refer_id, request.code, transaction);
        return this.#ask(request, transaction, jsep);
      case 'new_accept':
      case 'accept':
      case 'hangup':
      case 'update':
      case 'hold':
      case 'unhold':
        return this.#ask(request, transaction, jsep);
      case 'transfer':
        return this.#transfer(request, transaction);
      case 'recording':
      case 'keyframe':
        return this.#askMedia(request, transaction);
      case 'dtmf_info':
      case 'info':
        return this.#sendNote(request, transaction);
      case 'message':
        if (request.uri === undefined) return this.#sendNote(request, transaction);
        return this.#sendMessage(request, request.uri, transaction);
      case 'subscribe':
      case 'unsubscribe':
        return this.#subscribe(request, transaction);
    }
  }

  #register(request: RegisterRequest, transaction: string): void {
    if (request.type === 'helper') return this.#registerHelper(request, transaction);
    const result = this.#options.login.logIn(request, this.#remoteAddress);
    if (!result.ok && 'unreadable' in result)
      return this.#refuse(sipserverErrors.invalidAddress, result.unreadable, transaction);
    if (
      this.#line &&
      !this.#line.hasFailed &&
      !(result.ok && result.identity.key === this.#line.identity.key)
    )
      return this.#refuse(
        sipserverErrors.alreadyRegistered,
        'Already registered: unregister first',
        transaction,
      );
    this.#handset.about = this.#aboutHandset(request.username, result);
    this.#takeWishes(request);
    if (!result.ok) {
      this.#handset.hearsLine({ event: 'registering' }, transaction);
      const { code, reason } = result;
      return this.#handset.hearsLine({ event: 'registration_failed', code, reason }, transaction);
    }
    const { headers, contact_params: contactParams, register_ttl: expires } = request;
    if (this.#line && this.#line.identity.key !== result.identity.key) this.#line.detach(this.#handset);
    this.#line = this.#options.lines.attach(result.identity, this.#handset, {
      transaction,
      sendRegister: (request.send_register ?? true) && request.type !== 'guest',
      refresh: request.refresh ?? false,
      ...(expires !== undefined && { expires }),
      ...(headers && { headers: Object.entries(headers) }),
      ...(contactParams && { contactParams: Object.entries(contactParams) }),
    });
  }

  /** Another handle of a page that is logged in: the master's id is all that it needs. */
  #registerHelper(request: RegisterRequest, transaction: string): void {
    const { master_id: masterId, username } = request;
    if (masterId === undefined)
      return this.#refuse(sipserverErrors.missingElement, 'A helper needs master_id', transaction);
    if (this.#line)
      return this.#refuse(
        sipserverErrors.alreadyRegistered,
        'Already registered: unregister first',
        transaction,
      );
    const line = this.#options.lines.withMaster(masterId);
    this.#takeWishes(request);
    this.#handset.about = {
      username: this.#options.dialect.usernameOf(username, line?.identity.aor ?? username),
    };
    if (line?.attachHelper(this.#handset, masterId, transaction)) this.#line = line;
    else this.#refuse(sipserverErrors.helper, 'No such master is registered', transaction);
  }

  #takeWishes({ display_name: displayName, incoming_header_prefixes: prefixes }: RegisterRequest): void {
    this.#handset.displayName = displayName;
    if (prefixes) this.#handset.headerPrefixes = prefixes;
  }

  #aboutHandset(called: string, result: LoginResult): AboutHandset {
    if (!result.ok) return { username: called };
    const { dialect, exchange, secondHandset } = this.#options;
    const { identity, loginToken } = result;
    const username = dialect.usernameOf(called, identity.aor);
    const offer = exchange && {
      ...exchange,
      second_handset: secondHandset.isOfferedTo(identity.account, this.#remoteAddress),
    };
    return { username, loginToken, exchange: offer };
  }

  #openSecond(transaction: string): void {
    const { secondHandset } = this.#options;
    if (!this.#line?.allowsCalls)
      return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    if (!secondHandset.isOfferedTo(this.#line.identity.account, this.#remoteAddress))
      return this.#refuse(sipserverErrors.invalidRequest, 'Not offered here', transaction);
    const link = secondHandset.link();
    if (!link) return this.#refuse(sipserverErrors.wrongState, 'All numbers are in use', transaction);
    this.#handset.hearsLink(link, transaction);
  }

  /** Not asked where there is no exchange: another server would only wonder. */
  #listExtensions(transaction: string): void {
    const line = this.#line;
    if (!line?.allowsCalls) return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    const none = (): void =>
      this.#refuse(sipserverErrors.invalidRequest, 'The SIP server has no list of extensions', transaction);
    if (!this.#options.exchange) return none();
    void line.extensions().then(
      (extensions) => (extensions ? this.#handset.hearsExtensions(extensions, transaction) : none()),
      (err: unknown) => {
        this.#options.log.warn({ err, account: line.identity.account }, 'no list of extensions');
        this.#refuse(sipserverErrors.sipStack, 'The SIP server could not be asked', transaction);
      },
    );
  }

  #unregister(transaction: string): void {
    const line = this.#line;
    if (!line) return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    this.#line = undefined;
    line.unregister(this.#handset, transaction);
  }

  #dial(request: DialRequest, transaction: string, jsep: Jsep | undefined): void {
    const { uri, video, headers = {}, call_id: callId } = request;
    const line = this.#line;
    if (!line?.allowsCalls) return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    if (line.callOf(this.#handset))
      return this.#refuse(sipserverErrors.wrongState, 'Already in a call', transaction);
    const target = this.#targetOf(line, { uri, callId }, transaction);
    if (target === undefined) return;
    const referral = this.#referralMeant(line, request, transaction);
    if (referral === 'none') return;
    const wishes = !jsep && video ? [videoWish] : [];
    line.dial(this.#handset, {
      start: jsep
        ? { by: 'call', transaction, jsep, ...srtpOf(request) }
        : { by: 'new_call', transaction, video: video ?? false, ...srtpOf(request) },
      target,
      ...(callId !== undefined && { callId }),
      headers: [...wishes, ...Object.entries(headers)],
      ...(referral && { referral }),
      autoAccepts: request.autoaccept_reinvites ?? this.#options.dialect.autoAcceptsReinvites,
    });
  }

  /** What a peer has asked for; `none`: it is not there, and the request is refused. */
  #referralMeant(
    line: Line,
    request: DialRequest,
    transaction: string,
  ): IncomingReferral | undefined | 'none' {
    const { refer_id: id } = request;
    const referral = id === undefined ? undefined : line.referrals.take(id);
    if (id === undefined || referral) return referral;
    this.#refuse(sipserverErrors.invalidElement, 'No such transfer', transaction);
    return 'none';
  }

  #declineReferral(id: number, code = 603, transaction: string): void {
    const referral = this.#line?.referrals.take(id);
    if (!referral) return this.#refuse(sipserverErrors.invalidElement, 'No such transfer', transaction);
    referral.reject(code);
    this.#handset.hearsReferralDeclined(id, code, transaction);
  }

  /** RFC 5589 §6 and §7. */
  #transfer(request: TransferRequest, transaction: string): void {
    const call = this.#callMeant(request, transaction);
    const line = this.#line;
    if (!call || !line) return;
    const { uri, replace } = request;
    if (replace !== undefined) {
      const other = line.callById(replace);
      if (other && other !== call) return call.transfer(this.#handset, other, transaction);
      return this.#refuse(sipserverErrors.noSuchCallId, 'No such call to replace', transaction, call.id);
    }
    if (uri === undefined)
      return this.#refuse(
        sipserverErrors.missingElement,
        'transfer needs uri or replace',
        transaction,
        call.id,
      );
    const target = this.#targetOf(line, { uri, callId: undefined }, transaction);
    if (target !== undefined) call.transfer(this.#handset, target, transaction);
  }

  #sendNote(request: NoteRequest, transaction: string): void {
    this.#callMeant(request, transaction)?.sendNote(this.#handset, noteOf(request), transaction);
  }

  #sendMessage(request: MessageRequest, uri: string, transaction: string): void {
    const { call_id: callId } = request;
    const line = this.#line;
    if (!line?.allowsCalls) return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    const target = this.#targetOf(line, { uri, callId }, transaction);
    if (target === undefined) return;
    const message = { target, note: noteOf(request), ...(callId !== undefined && { callId }) };
    if (!line.sendMessage(this.#handset, message, transaction))
      this.#refuse(sipserverErrors.wrongState, 'Too many messages wait for their answers', transaction);
  }

  #subscribe(request: SubscribeRequest | UnsubscribeRequest, transaction: string): void {
    const line = this.#line;
    if (!line?.allowsCalls) return this.#refuse(sipserverErrors.wrongState, 'Not registered', transaction);
    const callId = request.request === 'subscribe' ? request.call_id : undefined;
    const target = this.#targetOf(line, { uri: request.to ?? line.identity.aor, callId }, transaction);
    if (target === undefined) return;
    const { subscriptions } = line;
    if (request.request === 'subscribe') {
      const refusal = subscriptions.subscribe(this.#handset, subscriptionOf(request, target), transaction);
      if (refusal) this.#refuse(sipserverErrors.wrongState, subscribeRefusals[refusal], transaction);
    } else if (!subscriptions.unsubscribe(this.#handset, { event: request.event, target }, transaction))
      this.#refuse(sipserverErrors.wrongState, 'Not subscribed', transaction);
  }

  /** Where a request that begins something goes; undefined where it is refused. */
  #targetOf(
    line: Line,
    { uri, callId }: { readonly uri: string; readonly callId: string | undefined },
    transaction: string,
  ): string | undefined {
    const home = parseUri(line.identity.aor);
    const target = home && destinationOf(uri, home);
    if (target === undefined)
      this.#refuse(sipserverErrors.invalidAddress, 'The number or URI cannot be understood', transaction);
    else if (callId !== undefined && (!isCallId(callId) || line.callById(callId)))
      this.#refuse(sipserverErrors.invalidElement, 'call_id is not a free Call-ID', transaction);
    else return target;
    return undefined;
  }

  #ask(request: InCallRequest, transaction: string, jsep: Jsep | undefined): void {
    const call = this.#callMeant(request, transaction);
    const { autoAcceptsReinvites: autoAccepts } = this.#options.dialect;
    const asked = call && callRequest(request, { transaction, jsep, autoAccepts });
    if (asked) call.ask(this.#handset, asked);
  }

  #askMedia(request: CallMediaRequest, transaction: string): void {
    this.#callMeant(request, transaction)?.askMedia(this.#handset, mediaRequest(request), transaction);
  }

  /** The handset's call; without it, or where another is meant, the request is refused. */
  #callMeant(
    { call_id: callId }: InCallRequest | CallMediaRequest | NoteRequest | TransferRequest,
    transaction: string,
  ): Call | undefined {
    const call = this.#line?.callOf(this.#handset);
    if (callId !== undefined && callId !== call?.id)
      this.#refuse(sipserverErrors.noSuchCallId, 'No such call', transaction, callId);
    else if (!call) this.#refuse(sipserverErrors.wrongState, 'Not in a call', transaction);
    else return call;
    return undefined;
  }

  #refuse(code: number, text: string, transaction: string, callId?: string): void {
    this.#handset.hearsError(code, text, transaction, callId);
  }
}
