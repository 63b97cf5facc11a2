/*
 * Pictures of every view of the phone, drawn by Chromium from a handler that only pretends: `npm run shots`.
 * `npm run shots -- incall video` draws only those; `-- --all` in both languages and themes at every size.
 * They go to shots/. For Chinese the machine needs a Chinese font (Debian: fonts-noto-cjk).
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { serveGallery } from '../packages/phone/dev/serve-gallery.js';

const out = fileURLToPath(new URL('../shots', import.meta.url));
const sizes = {
  phone: [390, 844],
  pc: [1280, 800],
  panel: [340, 720],
  small: [320, 568],
  tablet: [700, 900],
};
const asked = process.argv.slice(2);
const wanted = asked.filter((word) => !word.startsWith('--'));
const all = asked.includes('--all');

/** Which pictures: every view once in each theme and language, the rest only when asked for. */
function* pictures(names) {
  for (const name of names)
    for (const size of all ? Object.keys(sizes) : ['phone', 'pc'])
      for (const [lang, theme] of all
        ? [
            ['zh-CN', 'light'],
            ['zh-CN', 'dark'],
            ['en', 'light'],
            ['en', 'dark'],
            ['en', 'contrast'],
          ]
        : [
            ['zh-CN', 'light'],
            ['en', 'dark'],
          ])
        yield { name, size, lang, theme };
}

const gallery = await serveGallery();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    '--mute-audio',
    '--autoplay-policy=no-user-gesture-required',
  ],
});

let overflowing = 0;
try {
  mkdirSync(out, { recursive: true });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error('page error:', error.message));
  await page.goto(`${gallery.base}dev/gallery.html`);
  const names = await page.locator('a').allTextContents();
  const contexts = {};
  for (const { name, size, lang, theme } of pictures(wanted.length ? wanted : names)) {
    const [width, height] = sizes[size];
    const touch = size !== 'pc' && size !== 'panel';
    contexts[size] ??= await browser.newContext({
      viewport: { width, height },
      hasTouch: touch,
      isMobile: touch,
      permissions: ['microphone', 'camera'],
    });
    const view = await contexts[size].newPage();
    view.on('pageerror', (error) => console.error(`${name} ${size} ${lang}:`, error.message));
    await view.goto(`${gallery.base}dev/gallery.html?scene=${name}&lang=${lang}&theme=${theme}`);
    await view.waitForFunction(() => window.gallery !== undefined, undefined, { timeout: 10_000 });
    await view.evaluate(() => document.fonts.ready);
    if (/incall|video/.test(name)) await view.waitForTimeout(2600);
    else await view.waitForTimeout(150);
    const wide = await view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) {
      overflowing++;
      console.error(`${name} ${size} ${lang}: ${wide} px too wide`);
    }
    await view.screenshot({ path: `${out}/${name}-${size}-${lang}-${theme}.png` });
    await view.close();
  }
} finally {
  await browser.close();
  await gallery.close();
}
process.exitCode = overflowing ? 1 : 0;
