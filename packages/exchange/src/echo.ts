import type { Service } from './answering-number.ts';
import { EchoMedia } from './echo-media.ts';
import { echoAnswer, echoOffer } from './echo-sdp.ts';

/** Number 600, in one call: sends back what it hears and sees. */
export class Echo implements Service {
  readonly #media: EchoMedia;
  #version = 0;

  /** `host`: IP address for the media, as callers reach it. */
  constructor(host: string) {
    this.#media = new EchoMedia(host);
  }

  get packets(): number {
    return this.#media.packets;
  }

  open(): Promise<void> {
    return this.#media.open();
  }

  describe(offer: string | undefined): string | undefined {
    const { address } = this.#media;
    this.#version += 1;
    return offer === undefined
      ? echoOffer(address, this.#version)
      : echoAnswer(offer, address, this.#version);
  }

  /** Whatever was agreed: all comes back. */
  confirmed(): void {
    return;
  }

  close(): void {
    this.#media.close();
  }
}
