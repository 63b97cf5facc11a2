import type * as Recents from './views/recents.ts';

/** Views that nobody sees at once: each is fetched when it is first wanted, and drawn when it is there. */
export class LazyViews {
  readonly #changed: () => void;
  #recents: typeof Recents | undefined;
  #isAsked = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get recents(): typeof Recents | undefined {
    if (!this.#isAsked) {
      this.#isAsked = true;
      void import('./views/recents.ts').then((view) => {
        this.#recents = view;
        this.#changed();
      });
    }
    return this.#recents;
  }
}
