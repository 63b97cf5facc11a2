import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { installPageEar } from './page-ear.ts';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { makeTempDir } from './temp-dir.ts';
import { toneWav } from './tone.ts';

export interface ChromiumOptions {
  /** What its microphone hears all the time, in Hz. */
  readonly frequency?: number;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** More of Chromium's own arguments. */
  readonly args?: readonly string[];
  /** False: getUserMedia is refused, as when the user says no. */
  readonly allowsMicrophone?: boolean;
}

/** Debian's Chromium with a fake microphone that hears a tone, a fake camera, and no loudspeaker. */
export interface Chromium extends Part {
  readonly context: BrowserContext;
  /** Console errors and uncaught exceptions of all pages, in their order. */
  readonly errors: readonly string[];
  /** A new tab; its `window.pageEar` is what `stats` and `sound` ask. */
  open(url: string): Promise<Page>;
}

const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
];
const fakeMedia = ['--use-fake-device-for-media-stream'];
/** Two connections in one browser reach each other, and Janus reaches it without multicast DNS. */
const loopbackIce = ['--allow-loopback-in-peer-connection', '--disable-features=WebRtcHideLocalIpsWithMdns'];

export async function startChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  const executablePath = requirePart('chromium');
  const directory = await makeTempDir('chromium');
  const tone = join(directory.path, 'tone.wav');
  await writeFile(tone, toneWav(options.frequency ?? 1_000));
  const context = await chromium
    .launchPersistentContext(join(directory.path, 'profile'), {
      executablePath,
      headless: false, // Chromium's own --headless: Playwright's needs its own build.
      ignoreHTTPSErrors: true,
      ignoreDefaultArgs: ['--disable-features'],
      timeout: 30_000,
      viewport: options.viewport ?? { width: 1280, height: 800 },
      ...(options.locale && { locale: options.locale }),
      ...(options.colorScheme && { colorScheme: options.colorScheme }),
      args: [
        ...quiet,
        ...fakeMedia,
        ...(options.allowsMicrophone === false ? [] : ['--use-fake-ui-for-media-stream']),
        `--use-file-for-fake-audio-capture=${tone}`,
        ...loopbackIce,
        ...(options.args ?? []),
      ],
    })
    .catch(async (cause: unknown) => {
      await directory.close();
      throw cause;
    });
  const errors: string[] = [];
  await context.addInitScript(installPageEar);
  context.on('weberror', (error) => errors.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });

  let closed = false;
  return {
    context,
    errors,
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url, { timeout: 20_000 });
      return page;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await context.close();
      await directory.close();
    },
  };
}
