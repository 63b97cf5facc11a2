import { expect, test } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { exchangeFacts } from '../src/exchange-facts.ts';
import { qrCode } from '../src/qr-code.ts';
import { welcome } from '../src/welcome.ts';

const sip = { servers: [{ name: 'exchange', uri: 'sip:127.0.0.1:5060' }] };
const numbers = ['1001', '1002'].map((name) => ({
  name,
  secret: `page-${name}`,
  openOnLoopback: true,
  sip: { password: `sip-${name}` },
}));
const gateway = {
  urls: ['https://localhost:8443/', 'https://192.0.2.9:8443/'],
  sipAddresses: ['udp 127.0.0.1:5070', 'tcp 127.0.0.1:5070'],
  isSelfSigned: true,
  oneTimeLink: (account: string) => `https://192.0.2.9:8443/#account=${account}&token=once_x`,
};

function said(settings: object, { lan = false, isTerminal = false } = {}): Promise<string> {
  return welcome(gateway, parseConfig({ sip, accounts: numbers, ...settings }, undefined, lan), isTerminal);
}

test('beside an exchange the terminal says what one can try, with the passwords of desk phones', async () => {
  const text = await said({ exchange: { port: 5080, echo: '700' } });

  expect(text.trim().split('\n')).toEqual([
    'Soft Handset is up',
    '  page        https://localhost:8443/',
    '              https://192.0.2.9:8443/',
    '  SIP         udp 127.0.0.1:5070',
    '              tcp 127.0.0.1:5070',
    '  numbers     1001   desk phone: user 1001, password sip-1001',
    '              1002   desk phone: user 1002, password sip-1002',
    '  echo        700',
    '  desk phone  registers at 127.0.0.1:5080 over UDP or TCP',
    '  The certificate is self-signed: the browser asks once whether to go on.',
  ]);
});

test('with --lan it says the page secrets too, and a one-time link for the second number, also as a QR code', async () => {
  const text = await said({ exchange: {} }, { lan: true });

  expect(text).toContain('1001   page secret page-1001   desk phone: user 1001, password sip-1001');
  expect(text).toContain('is logged in as 1002, once, within 10 minutes:');
  expect(text).toContain(await qrCode(gateway.oneTimeLink('1002'), false));
  expect(text.trimEnd()).toMatch(/https:\/\/192\.0\.2\.9:8443\/#account=1002&token=once_x$/);
});

test('without an exchange it says no password, and shows a link at a terminal only', async () => {
  const [inLog, atTerminal] = [
    await said({}, { lan: true }),
    await said({}, { lan: true, isTerminal: true }),
  ];

  for (const text of [inLog, atTerminal]) expect(text).not.toMatch(/sip-100|page-100/);
  expect(inLog).not.toContain('once_');
  expect(atTerminal).toContain('once_');
});

test('nobody gets a link to an account that this machine asks for its secret', async () => {
  const accounts = [{ name: '1001', secret: 'page' }];

  expect(await said({ accounts, exchange: {} }, { lan: true, isTerminal: true })).not.toContain('once_');
});

test('a QR code has the finder patterns in three corners, dark on light', async () => {
  const lines = (await qrCode('https://192.0.2.9:8443/', false)).split('\n');
  const coloured = await qrCode('https://192.0.2.9:8443/', true);

  expect(lines[1]).toMatch(/^ {2}█▀▀▀▀▀█ .* █▀▀▀▀▀█ {2}$/);
  expect(lines[2]).toMatch(/^ {2}█ ███ █ .* █ ███ █ {2}$/);
  expect(lines.filter((line) => line.startsWith('  █ ███ █'))).toHaveLength(2);
  for (const line of coloured.split('\n')) {
    expect(line.startsWith('\u001b[30;107m')).toBe(true);
    expect(line.endsWith('\u001b[0m')).toBe(true);
  }
});

const addresses: readonly (readonly [what: object, lan: boolean, address: string])[] = [
  [{}, false, '127.0.0.1:5060'],
  [{ port: 5080 }, true, '192.0.2.9:5080'],
  [{ host: '0.0.0.0' }, false, '192.0.2.9:5060'],
  [{ host: '192.0.2.7' }, false, '192.0.2.7:5060'],
  [{ host: '2001:db8::7' }, false, '[2001:db8::7]:5060'],
  [{ advertisedHost: '203.0.113.1' }, true, '203.0.113.1:5060'],
];
test.each(addresses)(
  'a desk phone registers with the exchange %j, --lan %s, at %s',
  (exchange, lan, address) => {
    expect(
      exchangeFacts({ exchange: exchange as Record<string, unknown>, lan }, ['2001:db8::9', '192.0.2.9']),
    ).toEqual({
      echo: '600',
      address,
    });
  },
);

test('there is nothing to say of an exchange that is not there, or that would not start', () => {
  expect(exchangeFacts({ lan: false })).toBeUndefined();
  expect(exchangeFacts({ exchange: { port: 'many' }, lan: false })).toBeUndefined();
});
