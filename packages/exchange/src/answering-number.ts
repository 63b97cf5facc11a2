import type { Clock, IncomingInvite, Log, PeerReoffer, UserAgent } from '@soft-handset/sip';
import type { Admitted } from './admitted.ts';
import { watchSilence } from './watch-silence.ts';

/** What a number does in one of its calls. */
export interface Service {
  /** How many packets have come so far. */
  readonly packets: number;
  /** Opens its ports. @throws Error if none is free */
  open(): Promise<void>;
  /** Our side of an offer, or our offer. Undefined: there is nothing in it that we have. */
  describe(offer: string | undefined): string | undefined;
  /** The ACK has come, with the answer if the offer was ours. */
  confirmed(answer: string | undefined): void;
  /** May be called twice, and before `open` is done. */
  close(): void;
}

export interface AnsweringNumberOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** Whether the caller may; otherwise the call has been answered. */
  readonly admits: (call: IncomingInvite) => Admitted | undefined;
  /** Calls at a time. */
  readonly limit: number;
  /** The longest call in ms; for ever unless given. */
  readonly longestMs?: number;
}

/** A number that answers every call it may, up to a limit. What goes wrong in one call ends that one. */
export class AnsweringNumber {
  readonly #serve: (call: IncomingInvite, caller: string) => Service;
  readonly #options: AnsweringNumberOptions;
  readonly #calls = new Set<IncomingInvite>();

  constructor(
    userAgent: Pick<UserAgent, 'onInvite'>,
    serve: (call: IncomingInvite, caller: string) => Service,
    options: AnsweringNumberOptions,
  ) {
    this.#serve = serve;
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
    const admitted = this.#options.admits(call);
    if (!admitted) return;
    const service = this.#serve(call, admitted.caller);
    const stops = [admitted.ended, () => service.close()];
    call.attach({
      confirmed: ({ sdp }) => service.confirmed(sdp),
      reoffered: (offer) => this.#answerAgain(offer, service),
      ended: () => {
        this.#calls.delete(call);
        for (const stop of stops.splice(0)) stop();
      },
    });
    if (this.#calls.size >= this.#options.limit) return call.reject(486);
    this.#calls.add(call);
    call.ring();
    service.open().then(
      () => this.#accept(call, service, stops),
      (err: unknown) => {
        this.#options.log.warn({ err }, 'no port for a service');
        call.reject(503);
      },
    );
  }

  #accept(call: IncomingInvite, service: Service, stops: (() => void)[]): void {
    if (call.state === 'ended') return service.close();
    const { clock, longestMs } = this.#options;
    const sdp = this.#describe(service, call.offer);
    if (typeof sdp === 'number') return call.reject(sdp);
    stops.push(watchSilence(clock, service, () => call.end()));
    if (longestMs !== undefined) stops.push(clock.setTimeout(() => call.end(), longestMs));
    call.accept(sdp);
  }

  #answerAgain(offer: PeerReoffer, service: Service): void {
    const sdp = this.#describe(service, offer.sdp);
    if (typeof sdp === 'number') offer.reject(sdp);
    else offer.accept(sdp, (answer) => service.confirmed(answer));
  }

  /** Our SDP, or the status that says why there is none. */
  #describe(service: Service, offer: string | undefined): string | 488 | 500 {
    try {
      return service.describe(offer) ?? 488;
    } catch (err) {
      this.#options.log.error({ err }, 'a promise of our own code was broken');
      return 500;
    }
  }
}
