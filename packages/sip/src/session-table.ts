import { tagIn } from './header-values.ts';
import type { SipMessage } from './message.ts';

interface Member {
  readonly callId: string;
  readonly localTag: string;
}

/** All sessions of a stack by Call-ID and our tag: two ends of one call may both be here. */
export class SessionTable<S extends Member = Member> {
  readonly #sessions = new Map<string, S>();

  get size(): number {
    return this.#sessions.size;
  }

  add(session: S): void {
    this.#sessions.set(key(session.callId, session.localTag), session);
  }

  remove(session: S): void {
    this.#sessions.delete(key(session.callId, session.localTag));
  }

  /** Whose call a message from a peer belongs to: our tag is in To of a request and in From of a response. */
  find(message: SipMessage): S | undefined {
    const { headers } = message;
    const tag = tagIn(headers, message.kind === 'request' ? 'To' : 'From');
    return tag === undefined ? undefined : this.#sessions.get(key(headers.get('Call-ID') ?? '', tag));
  }

  get(callId: string, localTag: string): S | undefined {
    return this.#sessions.get(key(callId, localTag));
  }

  all(): S[] {
    return [...this.#sessions.values()];
  }
}

function key(callId: string, localTag: string): string {
  return `${callId}\n${localTag}`;
}
