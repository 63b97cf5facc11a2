import { hearsTone, runningProcesses, startChromium, until, within, type Child } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';
import { expect, test } from 'vitest';
import { demo, freePorts, startSoftHandset } from './world/soft-handset-command.ts';

describeWithParts(['chromium'], 'npm start, with nothing but Node', () => {
  test('gives a page on which one logs in and hears oneself on the echo; Ctrl-C leaves nothing behind', async () => {
    const { child, url } = await start();
    const family = await familyOf(child.pid);
    const chromium = await partsOfThisTest().use(startChromium({ frequency: 700, locale: 'en' }));

    const page = await chromium.open(`${url}#account=1001`);
    await page.getByText('Sound is off').first().waitFor({ timeout: 20_000 });
    await page.mouse.click(200, 600); // Any press unlocks the sound.
    await page.getByText('Ready for calls').first().waitFor({ timeout: 20_000 });
    await page.keyboard.type('600');
    await page.keyboard.press('Enter');
    await page.getByText('In call').first().waitFor({ timeout: 20_000 });
    await hearsTone(page, 700);
    expect(chromium.errors).toEqual([]);

    child.signal('SIGINT');
    expect(await within(10_000, 'npm start ends', child.ended)).toMatchObject({ code: 0 });
    await until('nothing of it is left', async () => (await alive(family)).length === 0);
  });

  test('killed, it leaves nothing behind either', async () => {
    const { child } = await start();
    const family = await familyOf(child.pid);

    process.kill(child.pid, 'SIGKILL');

    await until('nothing of it is left', async () => (await alive(family)).length === 0, {
      timeoutMs: 10_000,
    });
  });

  test('with a taken port says so in one line, and ends', async () => {
    const first = await start();

    const second = await start(first.url);

    expect(await within(20_000, 'the second ends', second.child.ended)).toMatchObject({ code: 1 });
    expect(second.child.output).toMatch(/^https: .* is taken by another program; .*$/m);
    expect(await processesWith(second.folder)).toEqual([]);
  });
});

interface Demo {
  readonly child: Child;
  readonly url: string;
  /** Stands in the command line of each of its processes. */
  readonly folder: string;
}

/** Runs the start script on ports of its own; with `taken` on the page's port of another. */
async function start(taken?: string): Promise<Demo> {
  const ports = await freePorts();
  const https = taken === undefined ? ports.https : Number(new URL(taken).port);
  const started = await startSoftHandset({
    config: demo({ ...ports, https }),
    fails: taken !== undefined,
  });
  return { ...started, url: `https://localhost:${https}/` };
}

/** A process and all that it has started: itself, the exchange, the server and the server's media engine. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const all = await runningProcesses();
  const family = [pid];
  for (const member of family) {
    family.push(...all.flatMap((one) => (one.parent === member ? [one.pid] : [])));
  }
  expect(family.length).toBeGreaterThanOrEqual(4);
  return family;
}

async function alive(family: readonly number[]): Promise<readonly number[]> {
  return (await runningProcesses()).flatMap(({ pid }) => (family.includes(pid) ? [pid] : []));
}

async function processesWith(folder: string): Promise<readonly string[]> {
  return (await runningProcesses()).flatMap(({ command }) => (command.includes(folder) ? [command] : []));
}
