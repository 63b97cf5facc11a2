import { deepActive, isField, isNowhere } from '../browser/focus.ts';
import type { PhoneState } from '../phone-model.ts';

/** Moves the focus where a change of the screen makes it necessary, and never out of a field in which somebody types. */
export class FocusDesk {
  readonly #root: () => ShadowRoot | null;
  #before: Element | null = null;
  #opener: HTMLElement | undefined;

  constructor(root: () => ShadowRoot | null) {
    this.#root = root;
  }

  /** Before the screen changes. */
  remember(): void {
    this.#before = this.#root()?.activeElement ?? null;
  }

  /** After it has changed from `before` to `after`. */
  follow(before: PhoneState, after: PhoneState): void {
    const root = this.#root();
    if (!root) return;
    if (after.call.name === 'ringing' && before.call.name !== 'ringing') this.#toAnswer(root);
    else if (after.drawer !== before.drawer) this.#toDrawer(root, after);
    else if (this.#before && !root.activeElement) root.querySelector<HTMLElement>('.stage')?.focus();
  }

  #toAnswer(root: ShadowRoot): void {
    const active = deepActive(document);
    const wasHere = this.#before !== null;
    if (isField(active) || isField(this.#before)) return;
    if (wasHere || isNowhere(active)) root.querySelector<HTMLElement>('.choose .answer')?.focus();
  }

  /** A sheet takes the focus and gives it back to what opened it; the keypad leaves it where it is. */
  #toDrawer(root: ShadowRoot, { drawer }: PhoneState): void {
    if (drawer === 'keypad') return;
    if (drawer !== 'none') {
      if (this.#before instanceof HTMLElement) this.#opener = this.#before;
      root.querySelector<HTMLElement>('.drawer-head .icon-btn')?.focus();
      return;
    }
    if (this.#before && this.#opener?.isConnected) this.#opener.focus();
    this.#opener = undefined;
  }
}
