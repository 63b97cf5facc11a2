import type { Clock, IncomingInvite, Log, UserAgent } from '@soft-handset/sip';
import type { Admitted } from './admitted.ts';
import { g711Agreed, g711Answer, g711Offer, type Agreed, type Law } from './g711-sdp.ts';
import { RtpLine } from './rtp-line.ts';
import { watchSilence } from './watch-silence.ts';

/** One call to a number that makes sound. */
export interface Listener {
  readonly law: Law;
  /** Sends a frame of G.711 in that law. */
  readonly play: (frame: Buffer) => void;
  /** What the caller says, as it comes. */
  onFrame?: (payload: Buffer, sequence: number) => void;
}

/** What sounds at a number. */
export interface SoundSource {
  /** How many may listen at a time. */
  readonly limit: number;
  /** From here on the listener is played to. @returns ends it */
  join(listener: Listener): () => void;
}

export interface SoundServiceOptions {
  /** IP address for the media, as callers reach it. */
  readonly host: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Whether the caller may; otherwise the call has been answered. */
  readonly admits: (call: IncomingInvite) => Admitted | undefined;
  /** The longest call. Default an hour. */
  readonly longestMs?: number;
}

/** A number that answers every call with sound of ours, in G.711. */
export class SoundService {
  readonly #options: SoundServiceOptions;
  readonly #source: SoundSource;
  readonly #calls = new Set<IncomingInvite>();

  constructor(userAgent: UserAgent, source: SoundSource, options: SoundServiceOptions) {
    this.#options = options;
    this.#source = source;
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
    const sound = new SoundCall(
      call,
      this.#source,
      new RtpLine(this.#options.host, admitted.caller),
      this.#options,
    );
    call.attach({
      confirmed: ({ sdp }) => sound.confirmed(sdp),
      reoffered: (offer) => {
        const sdp = sound.describe(offer.sdp);
        if (sdp === undefined) offer.reject(488);
        else offer.accept(sdp, (answer) => sound.confirmed(answer));
      },
      ended: () => {
        this.#calls.delete(call);
        admitted.ended();
        sound.close();
      },
    });
    if (this.#calls.size >= this.#source.limit) return call.reject(486);
    this.#calls.add(call);
    void sound.start();
  }
}

/** One call: its line, what was agreed, and whether it sounds. */
class SoundCall {
  readonly #call: IncomingInvite;
  readonly #source: SoundSource;
  readonly #line: RtpLine;
  readonly #options: SoundServiceOptions;
  readonly #stops: (() => void)[] = [];
  #leave: (() => void) | undefined;
  #law: Law | undefined;
  #version = 0;
  /** Our last SDP was an offer: its answer is still to come. */
  #hasOffered = false;

  constructor(call: IncomingInvite, source: SoundSource, line: RtpLine, options: SoundServiceOptions) {
    this.#call = call;
    this.#source = source;
    this.#line = line;
    this.#options = options;
  }

  /** Never rejects: what goes wrong ends this one call. */
  async start(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#line.open();
    } catch (err) {
      log.warn({ err }, 'no port for a sound');
      return this.#call.reject(503);
    }
    try {
      this.#accept();
    } catch (err) {
      log.error({ err }, 'a promise of our own code was broken');
      this.#call.reject(500);
    }
  }

  #accept(): void {
    if (this.#call.state === 'ended') return this.#line.close();
    const { clock, longestMs = 3_600_000 } = this.#options;
    const sdp = this.describe(this.#call.offer);
    if (sdp === undefined) return this.#call.reject(488);
    this.#stops.push(watchSilence(clock, this.#line, () => this.#call.end()));
    this.#stops.push(clock.setTimeout(() => this.#call.end(), longestMs));
    this.#call.accept(sdp);
  }

  /** Our side of an offer, or our offer. Undefined: there is no G.711 in it. */
  describe(offer: string | undefined): string | undefined {
    const own = { host: this.#options.host, port: this.#line.port };
    this.#version += 1;
    this.#hasOffered = offer === undefined;
    if (offer === undefined) return g711Offer(own, this.#version);
    const answer = g711Answer(offer, own, this.#version);
    if (answer) this.#agree(answer.agreed);
    return answer?.sdp;
  }

  /** The ACK has come: from here on it sounds. */
  confirmed(answer: string | undefined): void {
    if (this.#hasOffered) {
      const agreed = answer === undefined ? undefined : g711Agreed(answer);
      if (!agreed) return this.#call.end();
      this.#hasOffered = false;
      this.#agree(agreed);
    }
    this.#join();
  }

  close(): void {
    this.#leave?.();
    this.#leave = undefined;
    for (const stop of this.#stops.splice(0)) stop();
    this.#line.close();
  }

  #agree({ law, payloadType, host, port }: Agreed): void {
    this.#line.agree(payloadType, { host, port });
    if (this.#leave && law !== this.#law) {
      this.#leave();
      this.#leave = undefined;
    }
    this.#law = law;
  }

  #join(): void {
    const law = this.#law;
    if (this.#leave || law === undefined || this.#call.state === 'ended') return;
    const listener: Listener = { law, play: (frame) => this.#line.send(frame) };
    this.#line.onFrame = (payload, sequence) => listener.onFrame?.(payload, sequence);
    this.#leave = this.#source.join(listener);
  }
}
