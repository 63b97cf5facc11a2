import { startChromium, type Chromium, type ChromiumOptions, type Part } from '@soft-handset/parts';
import type { Page } from 'playwright-core';
import { Wire } from './wire.ts';

/** A Chromium whose microphone hears one tone all the time; each handset is a tab of it. */
export interface Browser extends Part {
  /** In Hz. */
  readonly frequency: number;
  readonly chromium: Chromium;
  /** A new tab, and all that it says to our server. */
  open(url: string): Promise<Tab>;
}

export interface Tab {
  readonly page: Page;
  readonly wire: Wire;
}

export async function startBrowser(
  frequency: number,
  options: Omit<ChromiumOptions, 'frequency'> = {},
): Promise<Browser> {
  const chromium = await startChromium({ ...options, frequency });
  return {
    frequency,
    chromium,
    open: async (url) => {
      const page = await chromium.context.newPage();
      const wire = new Wire(page);
      await page.goto(url, { timeout: 20_000 });
      return { page, wire };
    },
    close: () => chromium.close(),
  };
}
