import { cseqOf } from './dialog.ts';
import { tagOf } from './header-values.ts';
import type { Flow } from './contract.ts';
import type { SipResponse } from './message.ts';
import { parseDecimal } from './scan.ts';
import type { SessionDialog } from './session-dialog.ts';

/** What a provisional response means for its dialog: one to be acknowledged by PRACK, one without that, or none that counts. */
export type Provisional =
  { readonly kind: 'reliable'; readonly rSeq: number } | { readonly kind: 'plain' | 'ignored' };

const plain: Provisional = { kind: 'plain' };
const ignored: Provisional = { kind: 'ignored' };

/** One fork of an INVITE of ours that rings (RFC 3261 §12.1), and where its reliable provisional responses stand (RFC 3262 §4). */
export class EarlyDialog {
  readonly dialog: SessionDialog;
  /** What it said last of its media; a 2xx without SDP means that. */
  sdp: string | undefined;
  #rSeq: number | undefined;

  constructor(dialog: SessionDialog) {
    this.dialog = dialog;
  }

  /** RFC 3262 §4: in order, each once. One that came too early is not acknowledged and comes again. */
  take(response: SipResponse): Provisional {
    const requires = response.headers.list('Require').some((tag) => tag.toLowerCase() === '100rel');
    if (!requires) return plain;
    const rSeq = parseDecimal(response.headers.get('RSeq') ?? '', 2 ** 31 - 1);
    if (rSeq === undefined || (this.#rSeq !== undefined && rSeq !== this.#rSeq + 1)) return ignored;
    this.#rSeq = rSeq;
    return { kind: 'reliable', rSeq };
  }

  /** Acknowledges a reliable response. Without an answer to it the INVITE goes on: the peer refuses that if it must. */
  prack(response: SipResponse, rSeq: number, refused: (status: number) => void, body?: string): void {
    const headers = [['RAck', `${rSeq} ${cseqOf(response)} INVITE`]] as const;
    const final = ({ status }: SipResponse) => status >= 300 && refused(status);
    this.dialog.live.send('PRACK', { headers, ...(body === undefined ? {} : { body }) }, { final });
  }
}

/** More early dialogs and answers than a real forking proxy makes are not kept. */
export const maxForks = 50;

/** Every fork that rang, by tag: one that lost may still answer late, and then goes on counting its requests where it stopped. */
export class EarlyDialogs {
  readonly #make: (response: SipResponse, flow: Flow) => SessionDialog;
  readonly #forks = new Map<string, EarlyDialog>();

  constructor(make: (response: SipResponse, flow: Flow) => SessionDialog) {
    this.#make = make;
  }

  get(fork: string): EarlyDialog | undefined {
    return this.#forks.get(fork);
  }

  /** The dialog of a provisional response; without a tag it makes none (RFC 3261 §12.1). */
  of(response: SipResponse, flow: Flow): EarlyDialog | undefined {
    const fork = tagOf(response.headers.get('To'));
    if (fork === undefined) return undefined;
    const known = this.#forks.get(fork);
    known?.dialog.live.refreshTarget(response);
    if (known || this.#forks.size >= maxForks) return known;
    const early = new EarlyDialog(this.#make(response, flow));
    this.#forks.set(fork, early);
    return early;
  }
}
