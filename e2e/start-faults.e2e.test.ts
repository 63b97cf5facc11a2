import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeTempDir, until, within } from '@soft-handset/parts';
import { partsOfThisTest } from '@soft-handset/parts/vitest';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { demo, freePorts, startSoftHandset, type Ports } from './world/soft-handset-command.ts';

/* What is in the way of a start is one line, and exit code 1. */

async function linesOf(config: string, ...args: readonly string[]): Promise<readonly string[]> {
  const { child } = await startSoftHandset({ config, args, fails: true });
  expect(await within(120_000, 'it ends', child.ended)).toMatchObject({ code: 1 });
  return child.output.split('\n').filter((line) => line !== '' && !/"level":30/.test(line));
}

async function takeTcp(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

async function takeUdp(port: number): Promise<void> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
}

const taken: readonly (readonly [what: string, take: (ports: Ports) => Promise<void>, line: RegExp])[] = [
  [
    'https',
    ({ https }) => takeTcp(https),
    /^https: 127\.0\.0\.1:\d+ is taken by another program; choose another with --https-port or listen\.httpsPort$/,
  ],
  [
    'SIP over UDP',
    ({ sip }) => takeUdp(sip),
    /^SIP: udp 127\.0\.0\.1:\d+ is taken by another program; choose another port in sip\.udp and sip\.tcp$/,
  ],
  ['SIP over TCP', ({ sip }) => takeTcp(sip), /^SIP: tcp 127\.0\.0\.1:\d+ is taken by another program; /],
  [
    'the exchange',
    ({ exchange }) => takeUdp(exchange),
    /^exchange: udp 127\.0\.0\.1:\d+ is taken by another program; choose another as exchange\.port$/,
  ],
];

describe('a start that cannot be says why in one line', () => {
  test.each(taken)('the port of %s is taken', async (_what, take, line) => {
    const ports = await freePorts();
    await take(ports);

    expect(await linesOf(demo(ports))).toEqual([expect.stringMatching(line)]);
  });

  test('the certificate cannot be read, has expired, or has another key', async () => {
    const { path } = await partsOfThisTest().use(makeTempDir('certificates'));
    const pair = async (name: string, days: number): Promise<string> => {
      const notBeforeDate = new Date(Date.now() - 10 * 86_400_000);
      const notAfterDate = new Date(Date.now() + days * 86_400_000);
      const made = await generate([{ name: 'commonName', value: name }], {
        keyType: 'ec',
        notBeforeDate,
        notAfterDate,
      });
      await writeFile(join(path, `${name}.crt`), made.cert);
      await writeFile(join(path, `${name}.key`), made.private);
      return `tls: { certFile: ${path}/${name}.crt, keyFile: ${path}/${name}.key }\n`;
    };
    const [good, old] = [await pair('good', 30), await pair('old', -1)];
    const config = demo(await freePorts());

    expect(await linesOf(`${config}tls: { certFile: /nowhere.pem, keyFile: /nowhere.key }\n`)).toEqual([
      'The certificate /nowhere.pem cannot be read (ENOENT)',
    ]);
    expect(await linesOf(config + old)).toEqual([
      expect.stringMatching(/^The certificate .*old\.crt has expired on /),
    ]);
    expect(await linesOf(config + good.replace('good.key', 'old.key'))).toEqual([
      `The private key ${path}/old.key does not belong to ${path}/good.crt`,
    ]);
  });

  test('the data folder cannot be written', async () => {
    const { path } = await partsOfThisTest().use(makeTempDir('no-folder'));
    await writeFile(join(path, 'file'), '');

    expect(await linesOf(`${demo(await freePorts())}dataDir: ${path}/file\n`)).toEqual([
      `The data folder ${path}/file cannot be written (EEXIST); choose another with --data or dataDir`,
    ]);
  });

  test('the configuration is broken, names what is not there, or the flag is unknown', async () => {
    expect(await linesOf('listen: { httpsPort: "1\n')).toEqual([
      expect.stringMatching(/soft-handset\.yaml:\d+: Missing closing "quote$/),
    ]);
    expect(await linesOf('lisen: {}\n')).toEqual([
      expect.stringMatching(/soft-handset\.yaml:1: lisen: unknown key, did you mean "listen"\?$/),
    ]);
    expect(await linesOf('{}\n', '--lann')).toEqual(["Unknown option '--lann'; --help lists what there is"]);
  });
});

test('a Janus that is not there is one line, and the server is up and goes on trying', async () => {
  const { child } = await startSoftHandset({
    config: demo(await freePorts()),
    args: ['--janus', 'ws://127.0.0.1:1'],
  });

  const told = (): readonly string[] =>
    child.output.split('\n').filter((line) => line.includes('engine not reached'));
  await until('the Janus is told', () => told().length > 0, { timeoutMs: 60_000 });
  expect(told()).toEqual([expect.stringContaining('ECONNREFUSED')]);
  expect(child.hasEnded).toBe(false);
});
