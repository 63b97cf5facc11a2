/*
 * Where the focus is, looking through shadow roots.
 */

export function deepActive(root: Document): Element | null {
  let active = root.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** Somebody types there: focus is never taken out of it, keys are never taken from it. */
export function isField(target: unknown): boolean {
  if (target instanceof HTMLInputElement)
    return !['button', 'checkbox', 'radio', 'submit'].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}

export function isNowhere(target: Element | null): boolean {
  return target === null || target === document.body || target === document.documentElement;
}

/** Tab goes round inside `box`, as a dialog wants it. */
export function keepFocus(event: KeyboardEvent): void {
  const box = event.currentTarget;
  if (event.key !== 'Tab' || !(box instanceof HTMLElement)) return;
  const stops = [...box.querySelectorAll<HTMLElement>('button, input, select')];
  const root = box.getRootNode();
  const active = root instanceof ShadowRoot ? root.activeElement : document.activeElement;
  const edge = event.shiftKey ? stops.at(0) : stops.at(-1);
  if (active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops.at(0))?.focus();
}
