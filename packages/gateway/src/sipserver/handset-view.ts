import type { Candidate, Extension, Jsep, SipserverData, SipserverResult } from '@soft-handset/protocol';
import type { Headers } from '@soft-handset/sip';
import type { CallNews } from '../call/call-effect.ts';
import type { Handset, LineNews, NewsOfCall, Refusal } from '../call/handset.ts';
import type { NoteNews } from '../call/note.ts';
import type { SubscriptionNews } from '../call/subscriptions.ts';
import type { PluginHandle } from '../janus-api/plugin.ts';
import { EarlyCandidates } from './early-candidates.ts';
import type { Dialect } from './dialect.ts';
import { callEvent, errorEvent, lineEvent, refusalCodes, secondHandsetEvent } from './events.ts';
import type { AboutHandset, ToldHeaders } from './events.ts';
import { headersFor } from './headers-for.ts';
import { noteEvent } from './notes.ts';
import type { SecondHandsetLink } from './second-handset.ts';

/** A Janus handle as line and calls see it: the way out to the handset. */
export class HandsetView implements Handset {
  readonly earlyCandidates = new EarlyCandidates();
  /** What it hears with the events of its line: `username` as it called itself in `register`. */
  about: AboutHandset = { username: '' };
  displayName: string | undefined;
  /** Which headers of the peers' messages it wants to hear of. */
  headerPrefixes: readonly string[] = [];
  readonly #handle: PluginHandle;
  readonly #dialect: Dialect;

  constructor(handle: PluginHandle, dialect: Dialect) {
    this.#handle = handle;
    this.#dialect = dialect;
  }

  hears(news: CallNews, { callId, facts, jsep, transaction, said }: NewsOfCall): void {
    if (news.event === 'hangup') this.earlyCandidates.clear();
    this.#send(callEvent(callId, news, facts, this.#told(said)), transaction, jsep);
  }

  hearsLine(news: LineNews, transaction?: string): void {
    this.#send(lineEvent(news, this.about), transaction);
  }

  hearsLink(link: SecondHandsetLink, transaction: string): void {
    this.#send(secondHandsetEvent(link), transaction);
  }

  hearsExtensions(extensions: readonly Extension[], transaction: string): void {
    this.#send({ sip: 'event', result: { event: 'extensions', extensions: [...extensions] } }, transaction);
  }

  hearsReferralDeclined(id: number, code: number, transaction: string): void {
    this.#send({ sip: 'event', result: { event: 'declining', code, refer_id: id } }, transaction);
  }

  hearsNote(
    news: NoteNews | SubscriptionNews,
    { callId, transaction, said }: Parameters<Handset['hearsNote']>[1],
  ): void {
    this.#send(noteEvent(news, callId, this.#told(said)), transaction);
  }

  isRefused({ code, text, transaction, callId }: Refusal): void {
    this.hearsError(refusalCodes[code], text, transaction, callId);
  }

  hearsError(code: number, text: string, transaction: string, callId?: string): void {
    this.#send(errorEvent(code, text, callId), transaction);
  }

  takeCandidates(sdp: string): readonly Candidate[] {
    return this.earlyCandidates.take(sdp);
  }

  webrtcUp(): void {
    this.#handle.webrtcup();
  }

  media(facts: Parameters<Handset['media']>[0]): void {
    this.#handle.media(facts);
  }

  slowLink(facts: Parameters<Handset['slowLink']>[0]): void {
    this.#handle.slowlink(facts);
  }

  mediaClosed(reason: string): void {
    this.#handle.hangup(reason);
  }

  isDismissed(): void {
    this.#handle.end();
  }

  #answered(result: SipserverResult, transaction: string | undefined): string | undefined {
    if (transaction === undefined) return this.#dialect.answered(result);
    this.#dialect.answers(result, transaction);
    return transaction;
  }

  #told(said: Headers | undefined): ToldHeaders {
    const headers = said && headersFor(this.headerPrefixes, said);
    return headers ? { headers } : {};
  }

  #send(data: SipserverData, transaction: string | undefined, jsep?: Jsep): void {
    const answered = 'result' in data ? this.#answered(data.result, transaction) : transaction;
    const more = { ...(jsep && { jsep }), ...(answered !== undefined && { transaction: answered }) };
    if (!('result' in data)) return this.#handle.event(data, more);
    for (const [at, result] of this.#dialect.told(data.result).entries())
      this.#handle.event({ ...data, result }, at === 0 ? more : {});
  }
}
