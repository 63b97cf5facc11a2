import type { Clock, IncomingInvite, Log, PeerReoffer, UserAgent } from '@soft-handset/sip';
import type { Admitted } from './admitted.ts';
import { EchoMedia } from './echo-media.ts';
import { echoAnswer, echoOffer } from './echo-sdp.ts';
import { watchSilence } from './watch-silence.ts';

export interface EchoOptions {
  /** IP address for the media, as callers reach it. */
  readonly host: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether the caller may; otherwise the call has been answered. */
  readonly admits: (call: IncomingInvite) => Admitted | undefined;
  /** Calls at a time. */
  readonly limit?: number;
}

/** Number 600: answers every call and sends back what it hears and sees. */
export class Echo {
  readonly #options: EchoOptions;
  readonly #calls = new Set<IncomingInvite>();

  constructor(userAgent: UserAgent, options: EchoOptions) {
    this.#options = options;
    userAgent.onInvite = (call) => this.#answer(call);
  }

  get callCount(): number {
    return this.#calls.size;
  }

  close(): void {
    for (const call of [...this.#calls]) call.end();
  }

  #answer(call: IncomingInvite): void {
    const { host, log, limit = 100 } = this.#options;
    const admitted = this.#options.admits(call);
    if (!admitted) return;
    const media = new EchoMedia(host);
    let version = 1;
    const describe = (offer: string | undefined) => {
      const sdp =
        offer === undefined ? echoOffer(media.address, version) : echoAnswer(offer, media.address, version);
      version += 1;
      return sdp;
    };
    const stopWatching = watchSilence(this.#options.clock, media, () => call.end());
    call.attach({
      reoffered: (offer) => this.#answerAgain(offer, describe),
      ended: () => {
        this.#calls.delete(call);
        admitted.ended();
        stopWatching();
        media.close();
      },
    });
    if (this.#calls.size >= limit) return call.reject(486);
    this.#calls.add(call);
    call.ring();
    media.open().then(
      () => this.#accept(call, describe(call.offer)),
      (err: unknown) => {
        log.warn({ err }, 'no port for the echo');
        call.reject(503);
      },
    );
  }

  #accept(call: IncomingInvite, sdp: string | undefined): void {
    if (call.state === 'ended') return;
    if (sdp === undefined) call.reject(488);
    else call.accept(sdp);
  }

  #answerAgain(offer: PeerReoffer, describe: (offer: string | undefined) => string | undefined): void {
    const sdp = describe(offer.sdp);
    if (sdp === undefined) offer.reject(488);
    else offer.accept(sdp);
  }
}
