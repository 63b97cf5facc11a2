import type { Listener, SoundSource } from './sound-service.ts';
import type { Sound } from './sounds.ts';
import type { Ticker } from './ticker.ts';

/** Plays the same to everybody: once a beginning, then something for ever, each listener from the start. */
export class PlayedSound implements SoundSource {
  readonly limit = 100;
  readonly #ticker: Ticker;
  readonly #forEver: Sound;
  readonly #first: Sound | undefined;

  constructor(ticker: Ticker, forEver: Sound, first?: Sound) {
    this.#ticker = ticker;
    this.#forEver = forEver;
    this.#first = first;
  }

  join({ law, play }: Listener): () => void {
    const first = this.#first?.[law] ?? [];
    const forEver = this.#forEver[law];
    let at = 0;
    return this.#ticker.add(() => {
      const frame = first[at] ?? forEver[(at - first.length) % forEver.length];
      at += 1;
      if (frame) play(frame);
    });
  }
}
