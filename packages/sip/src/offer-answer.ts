/** An SDP from each side that belong together. */
export interface Agreed {
  readonly local: string;
  readonly remote: string;
}

/**
 * Whose turn it is in one dialog: one offer at a time (RFC 3264 §4, RFC 6337 §2.2).
 *
 *   none ──offer──▶ weOffered, peerOffered ──answer──▶ agreed ──offer──▶ weOffered, peerOffered
 *    ▲                      └──refused──▶ what it was before           ▲
 *    └───────────────────────────┴──────────────────────────────────────┘
 */
export class OfferAnswer {
  #agreed: Agreed | undefined;
  #open: { readonly by: 'us' | 'peer'; readonly sdp: string } | undefined;

  get state(): 'none' | 'weOffered' | 'peerOffered' | 'agreed' {
    if (this.#open) return this.#open.by === 'us' ? 'weOffered' : 'peerOffered';
    return this.#agreed ? 'agreed' : 'none';
  }

  /** What both sides hold now; an open offer changes nothing yet. */
  get agreed(): Agreed | undefined {
    return this.#agreed;
  }

  weOffer(sdp: string): void {
    this.#open = { by: 'us', sdp };
  }

  peerOffers(sdp: string): void {
    this.#open = { by: 'peer', sdp };
  }

  /** Without an offer of the peer it means nothing. */
  weAnswer(sdp: string): void {
    if (this.#open?.by === 'peer') this.#agree({ local: sdp, remote: this.#open.sdp });
  }

  /** Without an offer of ours it means nothing, but that a 2xx may say otherwise than the provisional response before it. */
  peerAnswers(sdp: string): void {
    if (this.#open?.by === 'us') this.#agree({ local: this.#open.sdp, remote: sdp });
    else if (!this.#open && this.#agreed) this.#agreed = { local: this.#agreed.local, remote: sdp };
  }

  /** RFC 3261 §14.1: a refused offer leaves everything as it was. */
  refused(): void {
    this.#open = undefined;
  }

  #agree(agreed: Agreed): void {
    this.#agreed = agreed;
    this.#open = undefined;
  }
}
