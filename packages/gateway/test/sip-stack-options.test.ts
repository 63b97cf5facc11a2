import { expect, test } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { sipStackOptions } from '../src/sip-stack-options.ts';
import { LogBook } from './log-book.ts';

const log = new LogBook();
const optionsOf = (sip: object, lan = false) =>
  sipStackOptions(parseConfig({ sip }, undefined, lan), log, { cert: 'cert', key: 'key' });

test('without a word SIP listens on this machine only, and connects over TLS and WebSockets', () => {
  const credentials = { cert: 'cert', key: 'key' };

  expect(optionsOf({})).toMatchObject({
    udp: { host: '127.0.0.1', port: 5070 },
    tcp: { host: '127.0.0.1', port: 5070 },
    tls: { host: '127.0.0.1', credentials },
    ws: { path: '/ws' },
    wss: { path: '/ws', credentials },
    longestDatagram: 1300,
  });
  expect(optionsOf({}).tls).not.toHaveProperty('port');
});

test('a TLS port listens, at its own address or where the others do', () => {
  expect(optionsOf({ tls: { port: 5071 } }, true).tls).toMatchObject({ host: '0.0.0.0', port: 5071 });
  expect(optionsOf({ tls: { port: 5071, host: '192.0.2.1' } }, true).tls).toMatchObject({
    host: '192.0.2.1',
  });
});

test('ipv6 adds the corresponding address, where there is one', () => {
  const hosts = (sip: object, lan: boolean) => {
    const { udp, tls } = optionsOf({ ipv6: true, ...sip }, lan);
    return [udp, tls].map((listeners) => [listeners].flat().map((one) => one?.host));
  };

  expect(hosts({ tls: { port: 5071 } }, false)).toEqual([
    ['127.0.0.1', '::1'],
    ['127.0.0.1', '::1'],
  ]);
  expect(hosts({ udp: { host: '192.0.2.1' } }, true)).toEqual([['192.0.2.1'], ['0.0.0.0']]);
  expect(hosts({}, true)).toEqual([['0.0.0.0', '::'], ['0.0.0.0']]);
});

test('what is switched off is not opened', () => {
  expect(optionsOf({ udp: false })).not.toHaveProperty('udp');
});
