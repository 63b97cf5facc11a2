import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { flags, helpText, readCommandLine } from '../src/config/command-line.ts';
import { loadConfig } from '../src/config/config.ts';
import { folderWith, linesOf } from './config-folder.ts';

test('--lan listens everywhere', () => {
  expect(loadConfig({ args: ['--lan'], cwd: '/' })).toMatchObject({
    lan: true,
    listen: { host: '0.0.0.0' },
  });
});

test('folders are those of where it was typed, in the file those of the file', () => {
  const cwd = folderWith('page: { dir: ui }\ntls: { certFile: c.pem, keyFile: /k.pem }\n');

  expect(
    loadConfig({ cwd: '/elsewhere', args: ['--config', join(cwd, 'soft-handset.yaml'), '--data', 'kept'] }),
  ).toMatchObject({
    page: { dir: join(cwd, 'ui') },
    tls: { certFile: join(cwd, 'c.pem'), keyFile: '/k.pem' },
    dataDir: '/elsewhere/kept',
  });
});

test('what is not understood is refused in one line', () => {
  expect(linesOf(() => loadConfig({ args: ['--lann'] }))).toEqual([
    `Unknown option '--lann'; --help lists what there is`,
  ]);
  expect(linesOf(() => loadConfig({ args: ['--https-port', 'x'] }))).toEqual([
    '--https-port: expected a port number',
  ]);
  expect(linesOf(() => loadConfig({ args: ['more'] }))[0]).toContain("'more'");
});

test('the help names every flag, and every flag that it names is understood', () => {
  const named = [...helpText.matchAll(/^ {2}--([a-z-]+)(?: ([A-Z:]+))?/gm)];

  expect(named.map(([, name]) => name)).toEqual(Object.keys(flags));
  for (const [, name = '', takes] of named) {
    const words = takes === undefined ? [`--${name}`] : [`--${name}`, examples[name] ?? 'x'];
    const beside = { account: ['--sip-server', 'pbx'], 'sip-server': ['--account', '1'] }[name] ?? [];
    expect(() => readCommandLine([...words, ...beside])).not.toThrow();
  }
});

const examples: Readonly<Record<string, string>> = { 'https-port': '1', 'http-port': '1' };

test('a flag that is there twice is refused, except --account', () => {
  expect(linesOf(() => readCommandLine(['--data', 'a', '--data', 'b']))).toEqual([
    '--data is there twice; --help lists what there is',
  ]);
});

test('-h and --version are heard', () => {
  expect(readCommandLine(['-h'])).toMatchObject({ help: true, version: false });
  expect(readCommandLine(['--version'])).toMatchObject({ help: false, version: true });
});

test('--janus names the Janus, also over a file', () => {
  const cwd = folderWith('janus: { url: ws://10.0.0.1:8188 }\n');

  expect(loadConfig({ cwd, args: ['--janus', 'ws://10.0.0.2:8188'] }).janus.url).toBe('ws://10.0.0.2:8188');
  expect(linesOf(() => loadConfig({ cwd, args: ['--janus', 'pbx'] }))).toEqual([
    '--janus: janus.url: expected a URL such as ws://127.0.0.1:8188, got "pbx"',
  ]);
});

describe('a PBX without a file', () => {
  const load = (...args: readonly string[]) => loadConfig({ args, cwd: '/' });

  test('is a SIP server and its accounts, open to this machine', () => {
    const { accounts, sip, warnings } = load(
      ...['--sip-server', 'sip:pbx.example:5080'],
      ...['--account', '1001:secret', '--account', '1002:with:colons:', '--account', '1003'],
    );

    expect(sip.servers).toMatchObject([{ name: 'pbx', uri: 'sip:pbx.example:5080' }]);
    expect(accounts.map(({ name, sip: { aor, password } }) => [name, aor, password])).toEqual([
      ['1001', 'sip:1001@pbx.example', 'secret'],
      ['1002', 'sip:1002@pbx.example', 'with:colons:'],
      ['1003', 'sip:1003@pbx.example', undefined],
    ]);
    for (const account of accounts) expect(account).toMatchObject({ open: false, openOnLoopback: true });
    expect(warnings).toEqual([]);
  });

  test.each([
    ['pbx.example', 'sip:pbx.example', '0.0.0.0'],
    ['sip:192.0.2.1;transport=tcp', 'sip:192.0.2.1;transport=tcp', '0.0.0.0'],
    ['sip:127.example', 'sip:127.example', '0.0.0.0'],
    ['127.0.0.1:5060', 'sip:127.0.0.1:5060', '127.0.0.1'],
    ['sip:localhost', 'sip:localhost', '127.0.0.1'],
    ['sip:[::1]:5060', 'sip:[::1]:5060', '127.0.0.1'],
  ])('%s is %s, and SIP listens on %s', (typed, uri, host) => {
    const { sip } = load('--sip-server', typed, '--account', '1');

    expect(sip.servers[0]?.uri).toBe(uri);
    expect([sip.udp, sip.tcp]).toMatchObject([{ host }, { host }]);
  });

  test('may stand in the environment, where nobody else on the machine can read it', () => {
    const env = { SOFT_HANDSET_SIP_SERVER: 'pbx.example', SOFT_HANDSET_ACCOUNTS: ' 1001:a,b  1002:c\n' };

    const { accounts } = loadConfig({ env, cwd: '/' });

    expect(accounts.map(({ name, sip: { password } }) => [name, password])).toEqual([
      ['1001', 'a,b'],
      ['1002', 'c'],
    ]);
  });

  test('is taken instead of the file that lies there', () => {
    const cwd = folderWith('exchange: {}\naccounts: [broken\n');

    expect(
      loadConfig({ cwd, args: ['--sip-server', 'pbx.example', '--account', '1:x'] }).exchange,
    ).toBeUndefined();
  });

  test.each([
    [['--account', '1:x'], {}, '--account needs --sip-server beside it'],
    [['--sip-server', 'pbx'], {}, '--sip-server needs --account beside it, or nobody could log in'],
    [[], { SOFT_HANDSET_ACCOUNTS: '1' }, 'SOFT_HANDSET_ACCOUNTS needs SOFT_HANDSET_SIP_SERVER beside it'],
    [
      ['--sip-server', 'pbx', '--account', '1', '--config', 'a.yaml'],
      {},
      '--account stands in for a configuration file: leave one of the two out',
    ],
    [
      ['--sip-server', 'sip:', '--account', '1'],
      {},
      '--sip-server: sip.servers.0.uri: expected a SIP URI such as sip:pbx.example',
    ],
    [
      ['--sip-server', 'pbx', '--account', ':secret'],
      {},
      '--account: accounts.0.name: expected letters, digits or . _ ~ + * # - (at most 64), got ""',
    ],
    [
      ['--sip-server', 'pbx', '--account', '1:a', '--account', '1:b'],
      {},
      '--account: accounts.1.name: "1" is there twice',
    ],
  ])('%j with %j is refused: %s', (args, env, line) => {
    expect(linesOf(() => loadConfig({ args, env, cwd: '/' }))).toEqual([line]);
  });
});
