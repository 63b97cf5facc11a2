import type { Headers } from '@soft-handset/sip';
import type { CallNews } from './call-effect.ts';
import type { CallEvent } from './call-event.ts';

/**
 * The headers of the peer's messages, until the handsets are told what those mean: a browser's SDP may have to be made in between. They
 * decide nothing, so the table of the call does not know them.
 */
export class SaidHeaders {
  readonly #of = new Map<CallNews['event'], Headers>();

  /** @param invite those of the INVITE, where the peer calls */
  constructor(invite: Headers | undefined) {
    if (invite) this.#of.set('incomingcall', invite);
  }

  keep(event: CallEvent): void {
    if (!('said' in event)) return;
    for (const news of newsOf[event.type]) this.#of.set(news, event.said);
  }

  of(news: CallNews['event']): Headers | undefined {
    return this.#of.get(news);
  }
}

const newsOf = {
  peerRang: ['ringing'],
  peerAnsweredEarly: ['ringing', 'progress'],
  peerAnswered: ['new_accepted', 'accepted', 'accept_reply'],
  peerEnded: ['hangup'],
} as const;
