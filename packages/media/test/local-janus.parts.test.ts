import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { JanusLink } from '../src/janus-link.ts';
import { systemClock } from '../src/clock.ts';
import { silentLog } from '../src/media-log.ts';
import { tcpListeners } from './janus-counts.ts';
import { describeWithJanus, realJanus } from './real-janus.ts';

async function pluginsOf(url: string, wanted: readonly string[], apiSecret = ''): Promise<string[]> {
  const link = await JanusLink.open({
    url,
    clock: systemClock,
    log: silentLog,
    requestTimeoutMs: 2000,
    apiSecret,
  });
  try {
    const { data } = await link.ask({ janus: 'create' });
    const session_id = data?.['id'];
    const attached = await Promise.all(
      wanted.map((plugin) =>
        link.ask({ janus: 'attach', session_id, plugin }).then(
          () => [plugin],
          () => [],
        ),
      ),
    );
    return attached.flat();
  } finally {
    link.end('done');
  }
}

/** As the kernel has it: `Z` for a process that ended and was not waited for yet. */
async function stateOf(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status === '' ? 'gone' : (status.split(') ')[1]?.[0] ?? '');
}

const built = new URL('../dist/index.js', import.meta.url);
const isBuilt = existsSync(fileURLToPath(built)) || process.env['CI'] === 'true';

describeWithJanus('a Janus of our own', () => {
  test('serves NoSIP on loopback and nothing else', async () => {
    const janus = await realJanus();
    try {
      const plugins = [
        'janus.plugin.nosip',
        'janus.plugin.sip',
        'janus.plugin.echotest',
        'janus.plugin.videoroom',
      ];

      expect(await pluginsOf(janus.url, plugins)).toEqual(['janus.plugin.nosip']);
      expect(await tcpListeners(janus.pid)).toEqual([`127.0.0.1:${new URL(janus.url).port}`]);
      expect(janus.adminUrl).toBeUndefined();
    } finally {
      await janus.dispose();
    }
  });

  test('serves other plugins too when asked, and demands its secret', async () => {
    const janus = await realJanus({
      plugins: ['janus.plugin.nosip', 'janus.plugin.sip'],
      apiSecret: 'a "secret"',
    });
    try {
      const plugins = ['janus.plugin.sip', 'janus.plugin.nosip'];

      expect(await pluginsOf(janus.url, plugins, 'a "secret"')).toEqual(plugins);
      await expect(pluginsOf(janus.url, plugins, 'guess')).rejects.toMatchObject({ code: 403 });
    } finally {
      await janus.dispose();
    }
  });

  test('is gone after close, which may be called twice, and says how it ended', async () => {
    const janus = await realJanus();

    await Promise.all([janus.close(), janus.dispose()]);

    expect(await janus.exited).toEqual({ code: 0, signal: null });
    expect(await stateOf(janus.pid)).toBe('gone');
  });

  test('is gone at once after kill', async () => {
    const janus = await realJanus();
    try {
      janus.kill();

      expect(await janus.exited).toEqual({ code: null, signal: 'SIGKILL' });
    } finally {
      await janus.dispose();
    }
  });

  test('says so when its port is taken', async () => {
    const janus = await realJanus();
    try {
      const wsPort = Number(new URL(janus.url).port);

      await expect(realJanus({ wsPort })).rejects.toMatchObject({
        code: 'engine-down',
        message: `Port ${wsPort} for Janus is taken on 127.0.0.1`,
      });
    } finally {
      await janus.dispose();
    }
  });

  test.skipIf(!isBuilt)('does not outlive a parent that is killed outright (needs the build)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'soft-handset-janus-'));
    const script = `
      import { startLocalJanus } from ${JSON.stringify(built.href)};
      const janus = await startLocalJanus({ dataDir: ${JSON.stringify(folder)} });
      console.log(janus.pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    try {
      const [pid] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
      expect(await stateOf(Number(pid))).toMatch(/^[RSD]$/);

      parent.kill('SIGKILL');

      await expect.poll(() => stateOf(Number(pid))).toMatch(/^(gone|Z)$/);
    } finally {
      parent.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
