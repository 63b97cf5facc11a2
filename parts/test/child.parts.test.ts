import { expect, test } from 'vitest';
import { Parts, startChild, until } from '@soft-handset/parts';
import { partsOfThisTest } from '@soft-handset/parts/vitest';

const sh = (script: string) => ({ name: 'shell', command: '/bin/sh', args: ['-c', script] });

test('a child that does not hear SIGTERM is ended all the same', async () => {
  const parts = partsOfThisTest();
  const child = await parts.use(
    startChild({
      ...sh('trap "" TERM; echo deaf; while :; do sleep 0.1; done'),
      ready: ({ output }) => output.includes('deaf'),
      stopTimeoutMs: 100,
    }),
  );

  await child.close();

  expect(await child.ended).toEqual({ code: null, signal: 'SIGKILL' });
});

test("a child's own children end with it", async () => {
  const parts = partsOfThisTest();
  const child = await parts.use(
    startChild({ ...sh('sleep 60 & echo $!; wait'), ready: ({ output }) => output.includes('\n') }),
  );
  const grandchild = Number(child.output);

  await child.close();

  await until('the grandchild is gone', () => !isAlive(grandchild));
});

test('a child that ends before it is ready leaves its last words in the error', async () => {
  const start = startChild({ ...sh('echo no configuration >&2; exit 3'), ready: () => false });

  await expect(start).rejects.toThrow(/ended before it was ready\nno configuration/);
});

test('a program that is not there is said to be so', async () => {
  await expect(
    startChild({ name: 'nothing', command: '/no/such/program', ready: () => false }),
  ).rejects.toThrow(/nothing (cannot be started|ended before it was ready)/);
});

test('one part that cannot be closed does not keep the others open', async () => {
  const closed: string[] = [];
  const parts = new Parts();
  await parts.use({ close: async () => void closed.push('first') });
  await parts.use({ close: () => Promise.reject(new Error('stuck')) });
  await parts.use({ close: async () => void closed.push('third') });

  await expect(parts.close()).rejects.toThrow('not every part could be closed');

  expect(closed).toEqual(['third', 'first']);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
