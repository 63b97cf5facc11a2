import { startChromium } from '@soft-handset/parts';
import type { Chromium } from '@soft-handset/parts';
import { afterAll, beforeAll } from 'vitest';
import { serveGallery } from '../dev/serve-gallery.js';

type Page = Awaited<ReturnType<Chromium['open']>>;

export interface Look {
  lang?: 'zh-CN' | 'en';
  theme?: 'light' | 'dark' | 'contrast';
  width?: number;
  height?: number;
}

/** The gallery of scenes in a real Chromium, for all tests of a file. */
export function pageWorld() {
  let chromium: Chromium;
  let gallery: Awaited<ReturnType<typeof serveGallery>>;

  beforeAll(async () => {
    gallery = await serveGallery();
    chromium = await startChromium();
  });
  afterAll(async () => {
    await chromium.close();
    await gallery.close();
  });

  return {
    errors: (): readonly string[] => chromium.errors,
    /** The page itself, not the gallery. */
    openPage: (hash: string): Promise<Page> => chromium.open(`${gallery.base}index.html${hash}`),
    /** A scene, played to its end. */
    openScene: async (
      scene: string,
      { lang = 'en', theme = 'light', width = 390, height = 844 }: Look = {},
    ): Promise<Page> => {
      const page = await chromium.open('about:blank');
      page.setDefaultTimeout(10_000);
      await page.setViewportSize({ width, height });
      await page.goto(`${gallery.base}dev/gallery.html?scene=${scene}&lang=${lang}&theme=${theme}`);
      await page.waitForFunction(() => window.gallery !== undefined);
      return page;
    },
    sceneNames: async (): Promise<string[]> => {
      const page = await chromium.open(`${gallery.base}dev/gallery.html`);
      await page.locator('a').first().waitFor();
      return page.locator('a').allTextContents();
    },
  };
}

/** What the scripted handler was asked. */
export function asked(page: Page): Promise<string[]> {
  return page.evaluate(() => window.gallery?.handler().asked ?? []);
}
