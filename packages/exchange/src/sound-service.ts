import type { IncomingInvite } from '@soft-handset/sip';
import type { Service } from './answering-number.ts';
import { g711Agreed, g711Answer, g711Offer, type Agreed, type Law } from './g711-sdp.ts';
import { RtpLine } from './rtp-line.ts';

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

/** A number with sound of ours in G.711, in one call: its line, what was agreed, and whether it sounds. */
export class SoundService implements Service {
  readonly #call: Pick<IncomingInvite, 'state' | 'end'>;
  readonly #source: SoundSource;
  readonly #host: string;
  readonly #line: RtpLine;
  #leave: (() => void) | undefined;
  #law: Law | undefined;
  #version = 0;
  /** Our last SDP was an offer: its answer is still to come. */
  #hasOffered = false;

  /** `host`: IP address for the media, as callers reach it. `caller`: where the call comes from. */
  constructor(
    call: Pick<IncomingInvite, 'state' | 'end'>,
    source: SoundSource,
    { host, caller }: { readonly host: string; readonly caller: string },
  ) {
    this.#call = call;
    this.#source = source;
    this.#host = host;
    this.#line = new RtpLine(host, caller);
  }

  get packets(): number {
    return this.#line.packets;
  }

  open(): Promise<void> {
    return this.#line.open();
  }

  /** Undefined: there is no G.711 in the offer. */
  describe(offer: string | undefined): string | undefined {
    const own = { host: this.#host, port: this.#line.port };
    this.#version += 1;
    this.#hasOffered = offer === undefined;
    if (offer === undefined) return g711Offer(own, this.#version);
    const answer = g711Answer(offer, own, this.#version);
    if (answer) this.#agree(answer.agreed);
    return answer?.sdp;
  }

  /** From here on it sounds. */
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
