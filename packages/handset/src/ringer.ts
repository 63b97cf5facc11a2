import { isUp, type CallState } from './call-state.ts';
import type { Ring } from './ring.ts';

export type Sound = 'ring' | 'ringback';

interface Sounding {
  readonly state: CallState;
}

/** What is heard of all calls together: the ring before the ringback, and who talks hears a short tone instead of a ring. */
export class Ringer {
  readonly #ring: Ring;
  readonly #others: () => readonly Sounding[];
  readonly #wanted = new Map<object, Sound>();
  #plays: Sound | 'waiting' | undefined;

  constructor(ring: Ring, calls: () => readonly Sounding[]) {
    this.#ring = ring;
    this.#others = calls;
  }

  want(call: object, sound: Sound | undefined): void {
    if (sound === undefined) this.#wanted.delete(call);
    else this.#wanted.set(call, sound);
    this.#play();
  }

  #play(): void {
    const wanted = new Set(this.#wanted.values());
    const talks = this.#others().some(({ state }) => isUp(state));
    const sound = wanted.has('ring')
      ? talks
        ? 'waiting'
        : 'ring'
      : wanted.has('ringback')
        ? 'ringback'
        : undefined;
    if (sound === this.#plays) return;
    this.#plays = sound;
    if (sound === 'ring') this.#ring.startRing();
    else if (sound === 'waiting') this.#ring.startWaiting();
    else if (sound === 'ringback') this.#ring.startRingback();
    else this.#ring.stop();
  }
}
