import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { helpText } from '../src/config/command-line.ts';
import { loadConfig, parseConfig } from '../src/config/config.ts';
import { chosenMedia, janusServers } from '../src/config/media.ts';
import { environment } from '../src/config/environment.ts';
import { folderWith, linesOf } from './config-folder.ts';

const example = new URL('../../../config/soft-handset.example.yaml', import.meta.url);
const servers = [{ name: 'pbx', uri: 'sip:pbx.example:5060;transport=tcp' }];

/** The lines of the error, without the folder. */
function complaints(text: string, env: NodeJS.ProcessEnv = {}): readonly string[] {
  const cwd = folderWith(text);
  return linesOf(() => loadConfig({ cwd, env })).map((line) => line.replace(`${cwd}/`, ''));
}

test('without any settings the defaults hold', () => {
  const config = parseConfig({});

  expect(config).toMatchObject({
    listen: { host: '127.0.0.1', httpsPort: 8443, httpPort: 8080 },
    sip: { answerTimeoutMs: 20_000, callTypeHeader: 'X-Call-Type', ownCredentials: false, servers: [] },
    sessions: { timeoutMs: 60_000, reclaimMs: 120_000 },
    accounts: [],
    lan: false,
    warnings: [],
  });
});

test('the example says what the defaults are', () => {
  const config = loadConfig({ args: ['--config', example.pathname], cwd: '/' });
  const defaults = loadConfig({ cwd: '/' });

  const neutral = { dataDir: '', accounts: [], sip: {} };
  expect({ ...config, ...neutral }).toEqual({ ...defaults, ...neutral });
  expect({ ...config.sip, servers: [] }).toEqual(defaults.sip);
  expect(config.accounts).toEqual([
    {
      name: '1001',
      displayName: 'Alice',
      secret: 'page-secret-of-alice',
      open: false,
      openOnLoopback: false,
      mayInvite: false,
      sip: {
        aor: 'sip:1001@127.0.0.1',
        authUser: '1001',
        password: 'sip-password-of-1001',
        server: 'pbx',
        register: true,
      },
    },
  ]);
});

test('every setting stands in the example', () => {
  const text = readFileSync(example, 'utf8');
  const keysOf = (value: unknown): string[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)])
      : [];

  const derived = ['lan', 'warnings'];

  const keys = keysOf(parseConfig({})).filter((key) => !derived.includes(key));

  expect(keys.filter((key) => !new RegExp(`\\b${key}:`).test(text))).toEqual([]);
});

describe('SIP over TLS', () => {
  test('paths of certificates are relative to the file', () => {
    const cwd = folderWith('sip: { tls: { certFile: sip.pem, keyFile: /keys/sip.pem, caFile: ca.pem } }');

    expect(loadConfig({ cwd }).sip.tls).toMatchObject({
      certFile: `${cwd}/sip.pem`,
      keyFile: '/keys/sip.pem',
      caFile: `${cwd}/ca.pem`,
    });
  });

  test('a certificate without its key is refused', () => {
    expect(complaints('sip:\n  tls: { certFile: sip.pem }\n')).toEqual([
      'soft-handset.yaml:2: sip.tls: certFile and keyFile belong together: give both or neither',
    ]);
  });

  test('self-signed certificates are taken with a warning', () => {
    const { warnings } = parseConfig({ sip: { tls: { acceptSelfSigned: true } } });

    expect(warnings).toEqual([expect.stringContaining('sip.tls.acceptSelfSigned')]);
  });
});

describe('an account', () => {
  test('gets what it does not say from its name and its server', () => {
    const { accounts } = parseConfig({ sip: { servers }, accounts: [{ name: '1001', open: true }] });

    expect(accounts).toEqual([
      {
        name: '1001',
        open: true,
        openOnLoopback: false,
        mayInvite: false,
        sip: { aor: 'sip:1001@pbx.example', authUser: '1001', server: 'pbx', register: true },
      },
    ]);
  });

  test('keeps what it says', () => {
    const sip = {
      aor: 'sip:alice@else.example',
      authUser: 'a',
      password: 'p',
      server: 'other',
      register: false,
    };
    const account = { name: '1001', displayName: 'Alice', secret: 's', openOnLoopback: true, sip };
    const all = [...servers, { name: 'other', uri: 'sip:[2001:db8::1]' }];

    const { accounts } = parseConfig({ sip: { servers: all }, accounts: [account] });

    expect(accounts).toEqual([{ ...account, open: false, mayInvite: false }]);
  });

  test('authenticates as the user of its address unless told otherwise', () => {
    const accounts = [{ name: 'desk', open: true, sip: { aor: 'sip:1001@pbx.example' } }];

    expect(parseConfig({ sip: { servers }, accounts }).accounts[0]?.sip.authUser).toBe('1001');
  });

  test.each([
    [
      'has no server',
      { sip: {}, accounts: [{ name: '1', open: true }] },
      'accounts.0: an account needs a SIP server: give one in sip.servers',
    ],
    [
      'names a server that is not there',
      { sip: { servers }, accounts: [{ name: '1', open: true, sip: { server: 'x' } }] },
      'accounts.0.sip.server: there is no SIP server "x" in sip.servers',
    ],
    [
      'nobody could use',
      { sip: { servers }, accounts: [{ name: '1' }] },
      'accounts.0: nobody could log in: give a secret, or open: true',
    ],
    [
      'is open and secret',
      { sip: { servers }, accounts: [{ name: '1', open: true, secret: 's' }] },
      'accounts.0.open: an open account asks for no secret: leave one of the two out',
    ],
    [
      'has no address',
      { sip: { servers }, accounts: [{ name: '1', open: true, sip: { aor: 'alice' } }] },
      'accounts.0.sip.aor: expected an address such as sip:1001@pbx.example',
    ],
    [
      'is there twice',
      {
        sip: { servers },
        accounts: [
          { name: '1', open: true },
          { name: '1', open: true },
        ],
      },
      'accounts.1.name: "1" is there twice',
    ],
    [
      'has a server without an address',
      { sip: { servers: [{ name: 'pbx', uri: 'pbx.example' }] } },
      'sip.servers.0.uri: expected a SIP URI such as sip:pbx.example',
    ],
    [
      'has a backup without an address',
      { sip: { servers: [{ name: 'pbx', uri: 'sip:pbx.example', backups: ['sip:b.example', 'c'] }] } },
      'sip.servers.0.backups.1: expected a SIP URI such as sip:pbx.example',
    ],
  ])('that %s is refused', (_what, settings, line) => {
    expect(linesOf(() => parseConfig(settings))).toEqual([line]);
  });
});

describe('what moves the media', () => {
  const url = 'ws://127.0.0.1:8188';

  test.each([
    ['nothing is said', {}, 'embedded'],
    ['a Janus is named', { janus: { url } }, 'Janus servers'],
    ['several are named', { janus: { servers: [{ url }] } }, 'Janus servers'],
    ['a program to start is named', { janus: { binary: 'janus' } }, 'a Janus of this machine'],
    ['Janus is asked for', { media: { engine: 'janus' } }, 'a Janus of this machine'],
    ['Janus is asked for and named', { media: 'janus', janus: { url } }, 'Janus servers'],
    ['embedded is asked for, whatever is named', { media: 'embedded', janus: { url } }, 'embedded'],
  ])('when %s', (_what, settings, choice) => {
    expect(chosenMedia(parseConfig(settings))).toBe(choice);
  });

  test('is said in one word by the file, and the environment and the flag are stronger', () => {
    const cwd = folderWith('media: janus\n');
    const env = { SOFT_HANDSET_MEDIA_ENGINE: 'auto', SOFT_HANDSET_RTP_PORTS: '20000-20999' };

    expect(loadConfig({ cwd }).media.engine).toBe('janus');
    expect(loadConfig({ cwd, env }).media).toMatchObject({
      engine: 'auto',
      embedded: { rtpPorts: { from: 20_000, to: 20_999 } },
    });
    expect(loadConfig({ cwd, env, args: ['--engine', 'embedded'] }).media.engine).toBe('embedded');
  });

  test('is Janus servers with a name and a secret each, their own or the common one', () => {
    const janus = {
      apiSecret: 'common',
      servers: [
        { url },
        { url: 'wss://b.example/janus?token=hush', name: 'b', apiSecret: 'own', drain: true },
      ],
    };

    expect(janusServers(parseConfig({ janus }).janus)).toEqual([
      { name: '127.0.0.1:8188', url, apiSecret: 'common', drain: false },
      { name: 'b', url: 'wss://b.example/janus?token=hush', apiSecret: 'own', drain: true },
    ]);
  });

  test.each([
    [{ media: 'asterisk' }, 'media.engine: expected "auto" or "embedded" or "janus", got "asterisk"'],
    [{ media: { embeded: {} } }, 'media.embeded: unknown key, did you mean "embedded"?'],
    [
      { media: { embedded: { rtpAddress: 'phone.example' } } },
      'media.embedded.rtpAddress: expected an IP address, got "phone.example"',
    ],
    [
      { media: { embedded: { rtpPorts: { from: 20_001, to: 20_002 } } } },
      'media.embedded.rtpPorts: expected at least an even port and the one after it',
    ],
    [
      { media: { embedded: { icePorts: { from: 9, to: 8 } } } },
      'media.embedded.icePorts: expected "from" to be no more than "to"',
    ],
    [
      { media: { embedded: { icePorts: { from: 8, to: 9 }, icePort: 7 } } },
      'media.embedded.icePort: give one port or a range of ports, not both',
    ],
    [{ media: { embedded: { icePort: 0 } } }, 'media.embedded.icePort: expected at least 1, got 0'],
    [{ janus: { url, servers: [{ url }] } }, 'janus.url: give one url or a list of servers, not both'],
    [
      { janus: { servers: [{ url }, { url: `${url}/other` }] } },
      'janus.servers.1: "127.0.0.1:8188" is there twice: give each a name of its own',
    ],
    [
      { janus: { servers: [{ url: 'ws://[' }] } },
      'janus.servers.0.url: expected a URL such as ws://127.0.0.1:8188, got "ws://["',
    ],
  ])('is refused for %j', (settings, line) => {
    expect(linesOf(() => parseConfig(settings))).toEqual([line]);
  });

  test('is refused in the environment where a range is none', () => {
    const env = { SOFT_HANDSET_ICE_PORTS: '1,2' };

    expect(linesOf(() => loadConfig({ env, cwd: '/' }))).toEqual([
      'SOFT_HANDSET_ICE_PORTS: expected a range',
    ]);
  });
});

describe('an error names file, line, key and what was expected', () => {
  test.each([
    ['listen:\n  httpsPort: many\n', 'soft-handset.yaml:2: listen.httpsPort: expected a number, got "many"'],
    [
      'listen:\n  host: a\n  httpsPort: 70000\n',
      'soft-handset.yaml:3: listen.httpsPort: expected at most 65535, got 70000',
    ],
    [
      'listen:\n  httpsPort: 1.5\n',
      'soft-handset.yaml:2: listen.httpsPort: expected a whole number, got 1.5',
    ],
    [
      'sip:\n  answerTimeoutMs: 40000\n',
      'soft-handset.yaml:2: sip.answerTimeoutMs: expected at most 31000, got 40000',
    ],
    [
      '# first\nlisten:\n  httpPorts: 1\n',
      'soft-handset.yaml:3: listen.httpPorts: unknown key, did you mean "httpPort"?',
    ],
    ['lisen: {}\n', 'soft-handset.yaml:1: lisen: unknown key, did you mean "listen"?'],
    ['qqqqqqqq: {}\n', 'soft-handset.yaml:1: qqqqqqqq: unknown key'],
    ['sip:\n  udp: { prot: 1 }\n', 'soft-handset.yaml:2: sip.udp.prot: unknown key, did you mean "port"?'],
    ['sip:\n  udp: true\n', 'soft-handset.yaml:2: sip.udp: expected false or a map of keys, got true'],
    ['accounts:\n  - name: a\n  - nmae: b\n', 'soft-handset.yaml:3: accounts.1.name: missing'],
    [
      'accounts:\n  - name: a b\n',
      'soft-handset.yaml:2: accounts.0.name: expected letters, digits or . _ ~ + * # - (at most 64), got "a b"',
    ],
    ['accounts: 5\n', 'soft-handset.yaml:1: accounts: expected a list, got 5'],
    [
      'allowedOrigins: [https://a.example/]\n',
      'soft-handset.yaml:1: allowedOrigins.0: expected an origin such as https://desk.example (no path, no slash at the end), got "https://a.example/"',
    ],
    [
      'log:\n  level: loud\n',
      'soft-handset.yaml:2: log.level: expected "debug" or "info" or "warn" or "error" or "silent", got "loud"',
    ],
    [
      'tls:\n  certFile: a.pem\n',
      'soft-handset.yaml:1: tls: certFile and keyFile belong together: give both or neither',
    ],
    ['- 1\n', 'soft-handset.yaml: expected a map of keys such as "listen:"'],
    ['just text\n', 'soft-handset.yaml: expected a map of keys such as "listen:"'],
    [
      'janus:\n  url: http://x\n',
      'soft-handset.yaml:2: janus.url: expected a URL such as ws://127.0.0.1:8188, got "http://x"',
    ],
  ])('%j', (text, line) => {
    expect(complaints(text)).toContain(line);
  });

  test('of a broken file its line', () => {
    const [line] = complaints('listen:\n  host: "a\n');

    expect(line).toMatch(/^soft-handset\.yaml:[23]: .*quote/);
  });

  test('of a file that is not there its name', () => {
    expect(linesOf(() => loadConfig({ args: ['--config', '/nowhere/x.yaml'] }))).toEqual([
      '/nowhere/x.yaml: cannot be read (ENOENT)',
    ]);
  });

  test('of a file that is no map also where flags say something', () => {
    const cwd = folderWith('- 1\n');

    expect(linesOf(() => loadConfig({ cwd, args: ['--https-port', '1'] }))).toHaveLength(1);
  });

  test('of each of several faults', () => {
    expect(complaints('listen: { httpsPort: x }\nlog: { level: x }\n')).toHaveLength(2);
  });

  test('but never the value of a secret', () => {
    const texts = [
      'api: { secret: [hush] }',
      'api: { tokens: { hush: hush } }',
      'janus: { apiSecret: { hush: 1 } }',
      'accounts: [{ name: a, secret: 4711 }]',
      'accounts: [{ name: a, sip: { password: 4711 } }]',
    ];

    for (const text of texts) {
      const lines = complaints(text).join();
      expect(lines).not.toMatch(/hush|4711/);
      expect(lines).toMatch(/expected/);
    }
  });
});

describe('the environment', () => {
  test('is stronger than the file, and the flags are stronger still', () => {
    const cwd = folderWith('listen: { httpsPort: 1, httpPort: 1, host: 10.0.0.1 }\n');
    const env = { SOFT_HANDSET_HTTPS_PORT: '2', SOFT_HANDSET_HTTP_PORT: '2' };

    const { listen } = loadConfig({ cwd, env, args: ['--https-port', '3'] });

    expect(listen).toMatchObject({ httpsPort: 3, httpPort: 2, host: '10.0.0.1' });
  });

  test('gives lists, truths and texts; an empty variable is none', () => {
    const env = {
      SOFT_HANDSET_API_TOKENS: 'a, b,',
      SOFT_HANDSET_LOG_PRETTY: 'yes',
      SOFT_HANDSET_JANUS_URL: 'ws://127.0.0.1:8188',
      SOFT_HANDSET_API_SECRET: '',
    };

    const config = loadConfig({ env, cwd: '/' });

    expect(config).toMatchObject({
      api: { tokens: ['a', 'b'] },
      log: { pretty: true },
      janus: { url: 'ws://127.0.0.1:8188' },
    });
    expect(config.api.secret).toBeUndefined();
  });

  test('is refused where it makes no sense', () => {
    const env = { SOFT_HANDSET_HTTPS_PORT: 'x', SOFT_HANDSET_LOG_PRETTY: 'maybe', SOFT_HANDSET_PROT: '1' };

    expect(linesOf(() => loadConfig({ env, cwd: '/' }))).toEqual([
      'SOFT_HANDSET_PROT: no such setting',
      'SOFT_HANDSET_HTTPS_PORT: expected a number',
      'SOFT_HANDSET_LOG_PRETTY: expected a boolean',
    ]);
  });

  test('fills in what the file leaves to it, and says what is missing', () => {
    const text = 'api:\n  secret: ${A_SECRET}\n';

    expect(loadConfig({ cwd: folderWith(text), env: { A_SECRET: 'x' } }).api.secret).toBe('x');
    expect(complaints(text)).toEqual([
      'soft-handset.yaml:2: api.secret: the environment variable A_SECRET is not set',
    ]);
  });

  test('is listed in the help, and each variable leads to a setting', () => {
    const { listen, ...config } = parseConfig({});
    for (const [name, path] of environment) {
      expect(helpText).toContain(name);
      const [section = ''] = path.split('.');
      expect(Object.keys({ listen, ...config })).toContain(section);
    }
  });
});

test('what works but may not be meant is told', () => {
  const accounts = [
    { name: '1', open: true },
    { name: '2', secret: 's' },
  ];
  const settings = { sip: { servers }, accounts, allowedOrigins: ['http://a.example'] };

  expect(parseConfig(settings).warnings).toHaveLength(2);
  expect(parseConfig(settings, undefined, true).warnings[0]).toBe(
    'accounts without a secret can be used by everybody in reach: 1',
  );
});

test('the part of the exchange is passed through as it is', () => {
  expect(parseConfig({ exchange: { any: ['thing', { goes: 1 }] } }).exchange).toEqual({
    any: ['thing', { goes: 1 }],
  });
});
