type Listener = ((event: KitEvent) => void) | { handleEvent(event: KitEvent): void };

export interface KitEvent {
  readonly type: string;
  readonly target: KitTarget;
  readonly [more: string]: unknown;
}

/**
 * An EventTarget of our own: those of DOM libraries differ in whether they call what a page has put into `on...`, and would
 * call it twice where we do too.
 */
export class KitTarget {
  readonly #listeners = new Map<string, Map<Listener, boolean>>();

  addEventListener(type: string, listener: Listener, options: boolean | { once?: boolean } = {}): void {
    const once = typeof options === 'object' && options.once === true;
    const ofType = this.#listeners.get(type) ?? new Map<Listener, boolean>();
    if (!ofType.has(listener)) ofType.set(listener, once);
    this.#listeners.set(type, ofType);
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Tells the listeners, then the one in `on...`. */
  protected fire(type: string, more: Readonly<Record<string, unknown>> = {}): void {
    const event: KitEvent = { ...more, type, target: this };
    for (const [listener, once] of [...(this.#listeners.get(type) ?? [])]) {
      if (once) this.removeEventListener(type, listener);
      if (typeof listener === 'function') listener.call(this, event);
      else listener.handleEvent(event);
    }
    const property: unknown = Reflect.get(this, `on${type}`);
    if (typeof property === 'function') (property as (event: KitEvent) => void).call(this, event);
  }
}
