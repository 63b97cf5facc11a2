import type { ReferOptions, ReferralHandler } from './contract.ts';
import { cseqOf } from './dialog.ts';
import { eventOf } from './event-headers.ts';
import type { Session } from './invite-session.ts';
import type { LiveDialog } from './live-dialog.ts';
import { parseNameAddr } from './name-addr.ts';
import { OwnReferral } from './own-referral.ts';
import { PeerReferral } from './peer-referral.ts';
import type { RunningServerTransaction } from './server-transaction.ts';
import { formatUri } from './uri.ts';

/** All that is referred in one call. Reports outlive the call: who transfers often hangs up at once (RFC 5057 §4, RFC 5589 §6). */
export class SessionReferrals {
  readonly #session: Session;
  readonly #released: () => void;
  /** Each with its number: the CSeq of the REFER that the peer took, for credentials may cost another (RFC 3261 §22.2). */
  readonly #own = new Map<OwnReferral, () => number>();
  readonly #peers = new Map<number, PeerReferral>();
  #hadPeers = false;

  /** @param released the last one is over */
  constructor(session: Session, released: () => void) {
    this.#session = session;
    this.#released = released;
  }

  get size(): number {
    return this.#own.size + this.#peers.size;
  }

  /** @throws SipError `invalid-header` */
  refer(live: LiveDialog, referTo: string, handler: ReferralHandler, options: ReferOptions): void {
    const { core, account } = this.#session.host;
    const { progress = true, referredBy = `<${formatUri(account.aor)}>`, ...rest } = options;
    const referral = new OwnReferral(core, handler, (one) => this.#endOwn(one));
    const headers: [string, string][] = [
      ['Refer-To', `<${referTo}>`],
      ['Referred-By', referredBy],
      ...this.#session.capabilities(),
    ];
    if (!progress) headers.push(['Refer-Sub', 'false']);
    for (const [name, value] of rest.headers ?? []) headers.push([name, value]);
    const sent = live.send(
      'REFER',
      { ...rest, headers },
      {
        final: (response) =>
          core.guard('REFER answered', () => {
            referral.answered(response);
            this.#session.checkAlive(response);
          }),
      },
    );
    this.#own.set(referral, () => cseqOf(sent.request));
  }

  /** A REFER of the peer; `take` is the owner. */
  receive(
    transaction: RunningServerTransaction,
    live: LiveDialog,
    take: (referral: PeerReferral) => void,
  ): void {
    const { headers } = transaction.request;
    const values = headers.getAll('Refer-To');
    const referTo = parseNameAddr(values[0] ?? '');
    // RFC 3515 §2.4.2: exactly one Refer-To. It may be of any scheme; we can only call.
    if (values.length !== 1) return transaction.respond(400, { reason: 'One Refer-To Needed' });
    if (!referTo) return transaction.respond(416);
    const id = cseqOf(transaction.request);
    const facts = { referTo, isFirst: !this.#hadPeers };
    this.#hadPeers = true;
    const referral = new PeerReferral(this.#session.host.core, transaction, live, facts, () =>
      this.#endPeers(id),
    );
    this.#peers.set(id, referral);
    take(referral);
  }

  /** A NOTIFY or SUBSCRIBE of the peer. False if it is about none of these. */
  take(transaction: RunningServerTransaction): boolean {
    const { method, headers } = transaction.request;
    const event = eventOf(headers);
    if (event?.name !== 'refer') return false;
    const id = event.id === undefined ? undefined : Number(event.id);
    if (method === 'NOTIFY') {
      const [own] = [...this.#own].find(([, number]) => id === undefined || number() === id) ?? [];
      own?.notified(transaction);
      return own !== undefined;
    }
    const peers = id === undefined ? [...this.#peers.values()][0] : this.#peers.get(id);
    peers?.subscribed(transaction);
    return peers !== undefined;
  }

  close(): void {
    for (const referral of [...this.#own.keys(), ...this.#peers.values()]) referral.close();
  }

  #endOwn(referral: OwnReferral): void {
    this.#own.delete(referral);
    this.#released();
  }

  #endPeers(id: number): void {
    this.#peers.delete(id);
    this.#released();
  }
}
