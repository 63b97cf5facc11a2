import type { SipserverEventName, SipserverResult } from '@soft-handset/protocol';
import { parseReason, reasonPhrase } from '@soft-handset/sip';
import type { Dialect } from './dialect.ts';

/**
 * `janus.plugin.sip`, as pages for the stock plugin know it. One for each handle: what an end is called depends on how far
 * the handle's one call has come.
 *
 *   incoming        incomingcall ──accept──▶ (accepting) accepted
 *   classic call    calling ──▶ (ringing, progress) accepted
 *   return call     calling ──▶ new_accepted ──new_accept──▶ accept_reply (the stock plugin has none: as in ours)
 *   the handset ends hangingup, or declining ──▶ hangup
 */
export class StockDialect implements Dialect {
  readonly autoAcceptsReinvites = true;
  #stage: Stage = 'idle';
  /** The transaction of the `call` that is being set up: clients wait for what becomes of it. */
  #placedBy: string | undefined;

  told(result: SipserverResult): readonly SipserverResult[] {
    return this.#inOrder(inStockWords(result));
  }

  answers(result: SipserverResult, transaction: string): void {
    if (result.event === 'calling') this.#placedBy = transaction;
    if (result.event === 'accepted' || result.event === 'hangingup') this.#placedBy = undefined;
  }

  answered(result: SipserverResult): string | undefined {
    if (!setUpNews.has(result.event)) return undefined;
    const placedBy = this.#placedBy;
    if (result.event === 'hangup') this.#placedBy = undefined;
    return placedBy;
  }

  #inOrder(result: SipserverResult): readonly SipserverResult[] {
    if (result.event === 'declining' && result.refer_id !== undefined) return [result];
    const before = this.#stage;
    this.#stage = stages[result.event] ?? before;
    if (result.event === 'accept_reply') {
      if (before === 'up') return [];
      return [before === 'incoming' ? { ...result, event: 'accepted' } : result];
    }
    if (result.event === 'declining') return [result, hangup(result.code ?? 486)];
    if (result.event !== 'hangingup') return [result];
    return [result, before === 'up' ? hangup(200, 'SIP BYE') : hangup(before === 'incoming' ? 486 : 487)];
  }

  /** Pages for the stock plugin call themselves by a SIP URI, and read one. */
  usernameOf(username: string, aor: string): string {
    return /^sips?:/i.test(username) ? username : aor;
  }
}

/** What the stock plugin says of a call under the transaction that has placed it. */
const setUpNews: ReadonlySet<SipserverEventName> = new Set(['ringing', 'progress', 'hangup']);

type Stage = 'idle' | 'incoming' | 'calling' | 'up';

/** How far the call has come when this has been told. */
const stages: Partial<Record<SipserverEventName, Stage>> = {
  incomingcall: 'incoming',
  calling: 'calling',
  accepted: 'up',
  accept_reply: 'up',
  declining: 'idle',
  hangingup: 'idle',
  hangup: 'idle',
};

/** The stock plugin takes a Reason header apart: its text stands under the header's own name. */
function inStockWords(result: SipserverResult): SipserverResult {
  if (result.event !== 'hangup' || result.reason_header === undefined) return result;
  const { reason_header: value, ...others } = result;
  const { protocol, cause, text } = parseReason(value) ?? {};
  return {
    ...others,
    reason_header: text ?? value,
    ...(protocol !== undefined && { reason_header_protocol: protocol }),
    ...(cause !== undefined && { reason_header_cause: String(cause) }),
  };
}

function hangup(code: number, reason = reasonPhrase(code)): SipserverResult {
  return { event: 'hangup', code, reason };
}
