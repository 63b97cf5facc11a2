import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalJanus } from '../src/local-janus.ts';
import { localJanusFiles } from '../src/local-janus-config.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'soft-handset-janus-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

/** A program that stands in for Janus. */
async function program(script: string): Promise<string> {
  const path = join(dataDir, 'not-janus');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

const config = {
  configFolder: '/data/janus',
  wsPort: 40001,
  serverName: 'ours',
  plugins: ['janus.plugin.nosip'],
  rtpPortRange: { min: 10_000, max: 10_999 },
  debugLevel: 2,
};

test('a missing program is said clearly, before anything is written', async () => {
  await expect(startLocalJanus({ dataDir, binary: 'no-such-janus' })).rejects.toMatchObject({
    name: 'MediaError',
    code: 'engine-down',
    message: 'The Janus program "no-such-janus" is not there. On Debian: apt-get install janus',
  });
  expect(await readdir(dataDir)).toEqual([]);
});

test('a taken port is said clearly', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port: wsPort } = server.address() as { port: number };
    const binary = await program('exit 0');

    await expect(startLocalJanus({ dataDir, binary, wsPort })).rejects.toMatchObject({
      message: `Port ${wsPort} for Janus is taken on 127.0.0.1`,
    });
  } finally {
    server.close();
  }
});

test('a program that ends at once is an error with its last words', async () => {
  const binary = await program('echo "No plugin found, giving up"; exit 3');

  await expect(startLocalJanus({ dataDir, binary })).rejects.toMatchObject({
    code: 'engine-down',
    message: expect.stringContaining('No plugin found, giving up') as string,
  });
});

test('a program that never answers is ended after the time limit', async () => {
  const binary = await program('exec sleep 60');

  await expect(startLocalJanus({ dataDir, binary, startTimeoutMs: 200 })).rejects.toMatchObject({
    code: 'timeout',
  });
});

test('the files are for our eyes only: they may hold secrets', async () => {
  const folder = join(dataDir, 'config');
  const binary = await program('exit 0');

  await startLocalJanus({ dataDir: folder, binary, apiSecret: 'x' }).catch(() => undefined);

  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('what is not asked for is switched off by name', () => {
  const core = localJanusFiles(config)['janus.jcfg']!;

  expect(core).toMatch(/plugins: \{\n\tdisable = "[^"]*libjanus_sip\.so[^"]*"/);
  expect(core).not.toContain('libjanus_nosip.so');
  expect(core).toMatch(/transports: \{\n\tdisable = "libjanus_http\.so,/);
  expect(core).not.toContain('libjanus_websockets.so');
  expect(core).toContain('rtp_port_range = "10000-10999"');
});

test('it listens on loopback only, and for the Admin API only if told', () => {
  const plain = localJanusFiles(config)['janus.transport.websockets.jcfg']!;
  const admin = localJanusFiles({ ...config, admin: { port: 40002, secret: 's' } })[
    'janus.transport.websockets.jcfg'
  ]!;

  expect(plain).toContain('ws_ip = "127.0.0.1"');
  expect(plain).toContain('admin_ws = false');
  expect(admin).toMatch(/admin_ws = true\n\tadmin_ws_port = 40002\n\tadmin_ws_ip = "127\.0\.0\.1"/);
});

test('it serves TLS on loopback with a certificate, if one is given', () => {
  const of = (more: object) => localJanusFiles({ ...config, ...more })['janus.transport.websockets.jcfg']!;
  const secure = of({ tls: { port: 40003, certFile: '/data/cert.pem', keyFile: '/data/key.pem' } });

  expect(of({})).toContain('\twss = false');
  expect(secure).toMatch(/\twss = true\n\twss_port = 40003\n\twss_ip = "127\.0\.0\.1"/);
  expect(secure).toContain('cert_pem = "/data/cert.pem"\n\tcert_key = "/data/key.pem"');
});

test('the address for RTP is the one that was asked for, else Janus finds one', () => {
  const nosip = (more: object) => localJanusFiles({ ...config, ...more })['janus.plugin.nosip.jcfg']!;

  expect(nosip({ mediaHost: '127.0.0.1' })).toContain('local_ip = "127.0.0.1"');
  expect(nosip({})).not.toContain('local_ip');
});

test('a quote in a secret does not end the string', () => {
  expect(localJanusFiles({ ...config, apiSecret: 'a"b\\' })['janus.jcfg']).toContain(
    'api_secret = "a\\"b\\\\"',
  );
});
