import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ensureChildIsBuilt } from './embedded-build.ts';
import { calledByPhone, engineOfThisTest, waitLimitMs } from './embedded-world.ts';
import { rtp } from './rtp-packets.ts';

/** A server with an open call, in a process of its own: it says who its child is. */
const parentScript = `
  import { createEmbeddedEngine } from ${JSON.stringify(new URL('../dist/embedded-engine.js', import.meta.url).href)};
  const engine = createEmbeddedEngine();
  await engine.started;
  await engine.open();
  console.log(engine.pid);
`;

/** Gone, or left for an init that does not look after orphans. */
function hasEnded(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

test.skipIf(process.platform !== 'linux')('a parent that is killed takes its child along', async () => {
  ensureChildIsBuilt();
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentScript], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const child = Number(line);
  expect(hasEnded(child)).toBe(false);

  parent.kill('SIGKILL');

  await expect.poll(() => hasEnded(child), { timeout: waitLimitMs }).toBe(true);
});

test('a parent that is busy for long keeps its child and its calls, and no word is lost', async () => {
  const engine = await engineOfThisTest();
  const { session, browser, phone } = await calledByPhone(engine);
  const { pid } = engine;

  const asked = session.stats();
  for (let sequence = 1; sequence <= 20; sequence += 1)
    phone.send(rtp({ sequence, timestamp: 160 * sequence }));
  const until = performance.now() + 1500;
  while (performance.now() < until);

  expect(await asked).toHaveLength(1);
  expect(await browser.hears(20)).toHaveLength(20);
  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence })));
  const next = await calledByPhone(engine);
  await next.phone.hearsFrom(1, (sequence) => next.browser.send(rtp({ sequence })));
  expect(engine.pid).toBe(pid);
});
