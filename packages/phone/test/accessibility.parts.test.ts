import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describeWithParts } from '@soft-handset/parts/vitest';
import type { AxeResults, RunOptions } from 'axe-core';
import { expect, test } from 'vitest';
import '../dev/gallery-window.ts';
import { pageWorld } from './page-world.ts';

declare global {
  interface Window {
    axe: { run(options: RunOptions): Promise<AxeResults> };
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

describeWithParts(['chromium'], 'every view is accessible (WCAG 2.2 AA, as far as axe can tell)', () => {
  const world = pageWorld();

  for (const [lang, theme, width, height] of [
    ['zh-CN', 'light', 390, 844],
    ['en', 'dark', 1280, 800],
    ['en', 'contrast', 390, 844],
  ] as const) {
    test(`${lang}, ${theme}, ${width} pixels wide`, async () => {
      const found: Record<string, readonly string[]> = {};
      for (const name of await world.sceneNames()) {
        const page = await world.openScene(name, { lang, theme, width, height });
        await page.evaluate(axe);
        const { violations } = await page.evaluate(
          (values) => window.axe.run({ runOnly: { type: 'tag', values } }),
          wcag,
        );
        if (violations.length > 0)
          found[name] = violations.flatMap(({ id, nodes }) =>
            nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`),
          );
        await page.close();
      }

      expect(found).toEqual({});
    });
  }
});
