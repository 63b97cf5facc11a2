import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hearsTone, makeTempDir, startChild, startChromium, within, type Child } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';
import { expect, test } from 'vitest';
import { demo, freePorts, root, startSoftHandset } from './world/soft-handset-command.ts';

const run = promisify(execFile);
/** A build, an install and three programs on a machine that has other things to do too. */
const limitMs = 600_000;

describeWithParts(['chromium'], 'the first minute', () => {
  test(
    'the page opens a second handset with a number of its own, by a link that is good once',
    async () => {
      const ports = await freePorts();
      await startSoftHandset({ config: demo(ports, ['1001', '1002']) });
      const chromium = await partsOfThisTest().use(startChromium({ locale: 'en' }));
      const page = await chromium.open(`https://localhost:${ports.https}/#account=1001`);

      const [second] = await Promise.all([
        page.waitForEvent('popup', { timeout: 60_000 }),
        page.getByRole('button', { name: 'Open a second handset' }).click({ timeout: 60_000 }),
      ]);
      await second.getByText('1002', { exact: true }).first().waitFor({ timeout: 60_000 });
      expect(new URL(second.url()).hash).toBe('');
      await second.reload();
      await second.getByText('1002', { exact: true }).first().waitFor({ timeout: 60_000 });
      await second.getByLabel('Dial pad').waitFor({ timeout: 60_000 });

      await page.getByText('A desk phone registers at').waitFor();
      await page.getByLabel('Number').fill('1002');
      await page.getByLabel('Number').press('Enter');
      await second.getByRole('button', { name: 'Answer', exact: true }).waitFor({ timeout: 60_000 });
      expect(chromium.errors).toEqual([]);
    },
    limitMs,
  );

  test(
    'the link that the terminal shows with --lan logs in once; then it is said to be used',
    async () => {
      const ports = await freePorts();
      const { child } = await startSoftHandset({ config: demo(ports, ['1001', '1002']), args: ['--lan'] });
      const [, fragment = ''] = /#(account=1002&token=once_[\w-]+)/.exec(child.output) ?? [];
      const chromium = await partsOfThisTest().use(startChromium({ locale: 'en' }));

      const first = await chromium.open(`https://localhost:${ports.https}/#${fragment}`);
      await first.getByLabel('Dial pad').waitFor({ timeout: 60_000 });
      const late = await chromium.open(`https://localhost:${ports.https}/#${fragment}`);
      await late.getByText('This link has been used.').waitFor({ timeout: 60_000 });
      expect(child.output).toMatch(/█▀▀▀▀▀█/);
    },
    limitMs,
  );

  test(
    'the package does it in an empty folder: installed from its tarball, started, and one hears oneself',
    async () => {
      const { path } = await partsOfThisTest().use(makeTempDir('package'));
      await run('npm', ['pack', '-w', 'packages/soft-handset', '--pack-destination', path], { cwd: root });
      const [tarball = ''] = (await readdir(path)).filter((name) => name.endsWith('.tgz'));
      await writeFile(join(path, 'package.json'), '{ "private": true }');
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`], {
        cwd: path,
      });
      const ports = await freePorts();
      await writeFile(join(path, 'soft-handset.yaml'), demo(ports));

      const child = await partsOfThisTest().use(
        startChild({
          name: 'npx',
          command: join(path, 'node_modules/.bin/soft-handset'),
          cwd: path,
          ready: ({ output }: Child) => output.includes('Soft Handset is up'),
          readyTimeoutMs: 120_000,
        }),
      );
      const chromium = await partsOfThisTest().use(startChromium({ frequency: 700, locale: 'en' }));
      const page = await chromium.open(`https://localhost:${ports.https}/#account=1001`);
      await page.getByRole('button', { name: 'Call the echo' }).click({ timeout: 60_000 });
      await page.getByText('In call').first().waitFor({ timeout: 60_000 });
      await hearsTone(page, 700);

      child.signal('SIGINT');
      expect(await within(20_000, 'it ends', child.ended)).toMatchObject({ code: 0 });
      expect(await readdir(join(path, 'data'))).toContain('tls');
      expect(chromium.errors).toEqual([]);
    },
    limitMs,
  );
});
