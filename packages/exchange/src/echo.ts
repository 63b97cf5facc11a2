import type { IncomingInvite, Log, PeerReoffer, UserAgent } from '@soft-handset/sip';
import { EchoMedia } from './echo-media.ts';
import { echoAnswer, echoOffer } from './echo-sdp.ts';

/** Number 600: answers every call and sends back what it hears and sees. */
export class Echo {
  readonly #host: string;
  readonly #log: Log;
  readonly #calls = new Set<IncomingInvite>();
  readonly #limit: number;

  /** @param host IP address for the media, as callers reach it */
  constructor(
    userAgent: UserAgent,
    { host, log, limit = 100 }: { readonly host: string; readonly log: Log; readonly limit?: number },
  ) {
    this.#host = host;
    this.#log = log;
    this.#limit = limit;
    userAgent.onInvite = (call) => this.#answer(call);
  }

  get callCount(): number {
    return this.#calls.size;
  }

  close(): void {
    for (const call of [...this.#calls]) call.end();
  }

  #answer(call: IncomingInvite): void {
    const media = new EchoMedia(this.#host);
    let version = 1;
    const describe = (offer: string | undefined) => {
      const sdp =
        offer === undefined ? echoOffer(media.address, version) : echoAnswer(offer, media.address, version);
      version += 1;
      return sdp;
    };
    call.attach({
      reoffered: (offer) => this.#answerAgain(offer, describe),
      ended: () => {
        this.#calls.delete(call);
        media.close();
      },
    });
    if (this.#calls.size >= this.#limit) return call.reject(486);
    this.#calls.add(call);
    call.ring();
    media.open().then(
      () => {
        const sdp = describe(call.offer);
        if (sdp === undefined) call.reject(488);
        else if (call.state !== 'ended') call.accept(sdp);
      },
      (err: unknown) => {
        this.#log.warn({ err }, 'no port for the echo');
        call.reject(503);
      },
    );
  }

  #answerAgain(offer: PeerReoffer, describe: (offer: string | undefined) => string | undefined): void {
    const sdp = describe(offer.sdp);
    if (sdp === undefined) offer.reject(488);
    else offer.accept(sdp);
  }
}
