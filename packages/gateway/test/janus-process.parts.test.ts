import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { startJanus } from '../src/janus-process.ts';
import { StartError } from '../src/start-error.ts';
import { LogBook } from './log-book.ts';

/** The process whose command line names the folder, if there is one. */
function pidOf(folder: string): number | undefined {
  try {
    return Number(
      execFileSync('pgrep', ['-f', `janus --configs-folder ${folder}/`], { encoding: 'utf8' }).split('\n')[0],
    );
  } catch {
    return undefined;
  }
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'soft-handset-janus-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

test('a Janus of our own that dies is started again at the same address, and ends with us', async () => {
  const dataDir = await folder();
  const log = new LogBook();
  const janus = await startJanus({ dataDir, janus: {} }, log, systemClock);
  onTestFinished(() => janus.close());
  const first = pidOf(dataDir)!;

  process.kill(first, 'SIGKILL');
  await expect.poll(() => log.texts('info'), { interval: 5 }).toEqual(['janus started']);
  const second = pidOf(dataDir);
  await janus.close();

  expect(second).toBeGreaterThan(0);
  expect(second).not.toBe(first);
  expect(log.texts('error')).toEqual(['janus ended, it is started again']);
  expect(pidOf(dataDir)).toBeUndefined();
});

test('a Janus that is not installed is one line that says what to do', async () => {
  const janus = { binary: 'no-such-janus' };

  const error: unknown = await startJanus(
    { dataDir: await folder(), janus },
    new LogBook(),
    systemClock,
  ).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(StartError);
  expect((error as Error).message).toMatch(/"no-such-janus" is not there.*apt-get install janus/);
});
