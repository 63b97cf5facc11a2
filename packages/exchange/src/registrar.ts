import {
  formatNameAddr,
  parseContacts,
  parseCSeq,
  parseNameAddr,
  type Clock,
  type NameAddr,
  type ServerTransaction,
} from '@soft-handset/sip';
import type { Accounts } from './accounts.ts';
import type { Challenges } from './challenges.ts';
import type { LocationTable } from './location.ts';

const shortestSeconds = 30;
const longestSeconds = 3600;

/** Takes REGISTER for our accounts (RFC 3261 §10.3). */
export class Registrar {
  readonly #accounts: Accounts;
  readonly #location: LocationTable;
  readonly #challenges: Challenges;
  readonly #clock: Clock;

  constructor(accounts: Accounts, location: LocationTable, challenges: Challenges, clock: Clock) {
    this.#accounts = accounts;
    this.#location = location;
    this.#challenges = challenges;
    this.#clock = clock;
  }

  register(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const account = parseNameAddr(request.headers.get('To') ?? '')?.uri.user;
    const admission = this.#challenges.admit(request, flow.remoteHost, 'registrar');
    if (!admission.ok) return transaction.respond(admission.status, { headers: admission.headers });
    if (account === undefined || !this.#accounts.has(account)) return transaction.respond(404);
    // RFC 3261 §10.3 step 4: nobody changes another's bindings.
    if (admission.username !== account) return transaction.respond(403);
    this.#bind(transaction, account);
  }

  #bind(transaction: ServerTransaction, account: string): void {
    const { headers } = transaction.request;
    const contacts = parseContacts(headers.getAll('Contact'));
    if (contacts === undefined) return transaction.respond(400, { reason: 'Bad Contact' });
    if (contacts === '*') {
      if (headers.get('Expires')?.trim() !== '0')
        return transaction.respond(400, { reason: 'Contact * needs Expires 0' });
      this.#location.remove(account);
      return this.#confirm(transaction, account);
    }
    const lifetimes = contacts.map((contact) => lifetimeOf(contact, headers.get('Expires')));
    if (lifetimes.some((seconds) => seconds > 0 && seconds < shortestSeconds)) {
      return transaction.respond(423, { headers: [['Min-Expires', String(shortestSeconds)]] });
    }
    const callId = headers.get('Call-ID') ?? '';
    const cseq = parseCSeq(headers.get('CSeq') ?? '')?.number ?? 0;
    if (contacts.some((contact) => this.#isLate(account, contact, callId, cseq))) {
      return transaction.respond(400, { reason: 'CSeq Out Of Order' });
    }
    const { flow } = transaction;
    const kept = contacts.filter((_, at) => lifetimes[at] !== 0);
    // RFC 3261 §10.3: all of a REGISTER or nothing.
    if (!this.#location.hasRoomFor(account, kept))
      return transaction.respond(403, { reason: 'Too Many Contacts' });
    for (const [at, contact] of contacts.entries()) {
      const seconds = lifetimes[at] ?? 0;
      const expiresAt = this.#clock.now() + seconds * 1000;
      if (seconds === 0) this.#location.remove(account, contact);
      else this.#location.put(account, { contact, flow, callId, cseq, expiresAt });
    }
    this.#confirm(transaction, account);
  }

  /** RFC 3261 §10.3 step 7: within one Call-ID the CSeq must rise. */
  #isLate(account: string, contact: NameAddr, callId: string, cseq: number): boolean {
    const known = this.#location.find(account, contact);
    return known !== undefined && known.callId === callId && cseq <= known.cseq;
  }

  #confirm(transaction: ServerTransaction, account: string): void {
    const now = this.#clock.now();
    const headers = this.#location.of(account).map(({ contact, expiresAt }) => {
      const params = new Map(contact.params).set('expires', String(Math.ceil((expiresAt - now) / 1000)));
      return ['Contact', formatNameAddr({ ...contact, params })] as const;
    });
    transaction.respond(200, { headers });
  }
}

/** Seconds; the Contact's own counts before the header's (RFC 3261 §10.2.1.1). */
function lifetimeOf(contact: NameAddr, header: string | undefined): number {
  const text = contact.params.get('expires') ?? header ?? '';
  const wanted = /^\d{1,10}$/.test(text.trim()) ? Number(text) : longestSeconds;
  return Math.min(wanted, longestSeconds);
}
