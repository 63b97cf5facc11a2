import { svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { html } from 'lit';

/** Drawn on a grid of 24 with round ends; strokes take the colour of the text. */
const drawings = {
  brand: svg`<path d="M2.8 11.4v-1.1c0-3.4 4-5.6 9.2-5.6s9.2 2.2 9.2 5.6v1.1a1.5 1.5 0 0 1-1.5 1.5h-2.6a1.5 1.5 0 0 1-1.5-1.5V9.9a12 12 0 0 0-7.2 0v1.5a1.5 1.5 0 0 1-1.5 1.5H4.3a1.5 1.5 0 0 1-1.5-1.5z"/><g stroke-width="2.6"><path d="M9 14.6h.01M12 14.6h.01M15 14.6h.01M9 18.6h.01M12 18.6h.01M15 18.6h.01"/></g>`,
  call: svg`<g transform="rotate(-135 12 12)"><path d="M2.8 14.2v-1.1c0-3.4 4-5.6 9.2-5.6s9.2 2.2 9.2 5.6v1.1a1.5 1.5 0 0 1-1.5 1.5h-2.6a1.5 1.5 0 0 1-1.5-1.5v-1.5a12 12 0 0 0-7.2 0v1.5a1.5 1.5 0 0 1-1.5 1.5H4.3a1.5 1.5 0 0 1-1.5-1.5z"/></g>`,
  end: svg`<path d="M2.8 14.2v-1.1c0-3.4 4-5.6 9.2-5.6s9.2 2.2 9.2 5.6v1.1a1.5 1.5 0 0 1-1.5 1.5h-2.6a1.5 1.5 0 0 1-1.5-1.5v-1.5a12 12 0 0 0-7.2 0v1.5a1.5 1.5 0 0 1-1.5 1.5H4.3a1.5 1.5 0 0 1-1.5-1.5z"/>`,
  mic: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`,
  'mic-off': svg`<path d="M9 9.6V11a3 3 0 0 0 4.8 2.4M15 10.2V6a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5c0 .8-.2 1.6-.4 2.3M12 18v3M4 4l16 16"/>`,
  play: svg`<path d="M8.5 5.8l9.5 6.2-9.5 6.2z"/>`,
  keypad: svg`<g stroke-width="2.8"><path d="M6 5.5h.01M12 5.5h.01M18 5.5h.01M6 12h.01M12 12h.01M18 12h.01M6 18.5h.01M12 18.5h.01M18 18.5h.01"/></g>`,
  video: svg`<rect x="3" y="6.5" width="12" height="11" rx="2.5"/><path d="M15 10.9l5.5-3.1v8.4L15 13.1"/>`,
  'video-off': svg`<path d="M9.5 6.5h3A2.5 2.5 0 0 1 15 9v1.9l5.5-3.1v8.4M14.6 16.6c-.5.6-1.2.9-2.1.9h-7A2.5 2.5 0 0 1 3 15V9c0-.8.3-1.4.9-1.9M4 4l16 16"/>`,
  headset: svg`<path d="M4.5 14v-2a7.5 7.5 0 0 1 15 0v2"/><rect x="3.5" y="13.5" width="4" height="6" rx="1.6"/><rect x="16.5" y="13.5" width="4" height="6" rx="1.6"/><path d="M18.5 19.5c0 1.3-1.5 2-4 2"/>`,
  back: svg`<path d="M9 5.5h9.5A1.5 1.5 0 0 1 20 7v10a1.5 1.5 0 0 1-1.5 1.5H9L3.5 12zM11.5 9.5l5 5M16.5 9.5l-5 5"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.25"/><path d="M12 7.5V12l3 2"/>`,
  sliders: svg`<path d="M4 7h8.5M17 7h3M4 17h3M11.5 17H20"/><circle cx="14.8" cy="7" r="2.2"/><circle cx="9.2" cy="17" r="2.2"/>`,
  in: svg`<path d="M18 6L7 17M7 8.5V17h8.5"/>`,
  out: svg`<path d="M6 18L17 7M8.5 7H17v8.5"/>`,
  missed: svg`<path d="M3.5 7.5L11 15l9-9M3.5 13V7.5H9"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
  unlock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 7.6-1.7M12 14v2.5"/>`,
  warn: svg`<path d="M12 4.2l8.8 15.3H3.2zM12 10v4.3M12 16.9h.01"/>`,
  'net-off': svg`<path d="M2.8 9.2A13 13 0 0 1 8 6.2M12.5 5.4a13 13 0 0 1 8.7 3.8M6 12.6a8.6 8.6 0 0 1 4.4-2.3M15.2 11a8.6 8.6 0 0 1 2.8 1.6M9.3 16a4 4 0 0 1 5.4 0M12 19.2h.01M4 4l16 16"/>`,
  check: svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
  x: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  right: svg`<path d="M9 5.5l6.5 6.5L9 18.5"/>`,
  left: svg`<path d="M15 5.5L8.5 12l6.5 6.5"/>`,
  down: svg`<path d="M5.5 9l6.5 6.5L18.5 9"/>`,
  flip: svg`<path d="M4.8 10A7.5 7.5 0 0 1 18 7.2L19.5 9M19.5 4.5V9H15M19.2 14A7.5 7.5 0 0 1 6 16.8L4.5 15M4.5 19.5V15H9"/>`,
  speaker: svg`<path d="M4 9.5h3.3L12 5.5v13l-4.7-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.4a7.9 7.9 0 0 1 0 11.2"/>`,
  bell: svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10.3 20.7h3.4"/>`,
  dispatch: svg`<path d="M12 9.6V20M8.5 20h7"/><circle cx="12" cy="8" r="1.6"/><path d="M8.4 11.6a5.1 5.1 0 0 1 0-7.2M15.6 4.4a5.1 5.1 0 0 1 0 7.2M5.6 14.2a8.9 8.9 0 0 1 0-12.4M18.4 1.8a8.9 8.9 0 0 1 0 12.4"/>`,
  user: svg`<circle cx="12" cy="8.3" r="3.75"/><path d="M4.5 20c.6-4 3.7-6 7.5-6s6.9 2 7.5 6"/>`,
  bolt: svg`<path d="M13 3L5.5 13.5h5L10 21l8-11h-5.5z"/>`,
  refresh: svg`<path d="M19.3 5v5h-5M18.9 9.8A7.4 7.4 0 1 0 19.2 14"/>`,
  eye: svg`<path d="M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12z"/><circle cx="12" cy="12" r="2.8"/>`,
  copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2"/><path d="M5.5 15.5A1.5 1.5 0 0 1 4.5 14V6a1.5 1.5 0 0 1 1.5-1.5h8a1.5 1.5 0 0 1 1.4 1"/>`,
  info: svg`<circle cx="12" cy="12" r="8.25"/><path d="M12 11v5M12 8h.01"/>`,
  tab: svg`<path d="M9 4.5h9A1.5 1.5 0 0 1 19.5 6v9a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 15V6A1.5 1.5 0 0 1 9 4.5zM16 16.5V18a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V9A1.5 1.5 0 0 1 6 7.5h1.5M13.5 8v5M11 10.5h5"/>`,
  reach: svg`<path d="M12 20.5v-6M12 11.5h.01M7.6 15a6.2 6.2 0 1 1 8.8 0M4.6 18a10.4 10.4 0 1 1 14.8 0"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof drawings;

/** Decoration only: the word beside it carries the meaning. `size` s = 16, m = 20, else 24 pixels. */
export function icon(name: IconName, size: 's' | 'm' | 'l' = 'l'): TemplateResult {
  return html`<svg class="icon icon-${size}" viewBox="0 0 24 24" aria-hidden="true">${drawings[name]}</svg>`;
}
