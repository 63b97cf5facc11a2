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
}
