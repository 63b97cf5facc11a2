import { expect, test } from 'vitest';
import { mediaHost, mediaIp } from '../src/media-host.ts';
import { parseConfig } from '../src/config/config.ts';

const own = ['192.0.2.9', '192.0.2.10'];

const cases: readonly (readonly [what: string, sip: object, lan: boolean, host: string | undefined])[] = [
  ['SIP on loopback, as it is at first', {}, false, '127.0.0.1'],
  ['SIP on one address', { udp: { host: '192.0.2.10' }, tcp: false }, false, '192.0.2.10'],
  ['SIP on two addresses', { udp: { host: '192.0.2.10' } }, false, undefined],
  ['SIP on all addresses', {}, true, undefined],
  [
    'SIP on all addresses, seen at one of ours',
    { udp: { host: '0.0.0.0' }, tcp: false, advertisedHost: '192.0.2.10' },
    false,
    '192.0.2.10',
  ],
  [
    'SIP on all addresses, seen at one of a NAT',
    { udp: { host: '0.0.0.0' }, tcp: false, advertisedHost: '203.0.113.7' },
    false,
    undefined,
  ],
  ['SIP on a name', { udp: { host: 'sip.example' }, tcp: { host: 'sip.example' } }, false, undefined],
];

for (const [what, sip, lan, host] of cases) {
  test(`${what}: RTP ${host === undefined ? 'where Janus finds best' : `at ${host}`}`, () => {
    expect(mediaHost(parseConfig({ sip }, undefined, lan), own)).toBe(host);
  });
}

test.each([
  ['192.0.2.10', '192.0.2.10'],
  ['203.0.113.7', '203.0.113.7'],
  ['sip.example', undefined],
  [undefined, undefined],
])('SIP peers who see us at %s send RTP to %s', (advertisedHost, ip) => {
  expect(mediaIp(parseConfig({ sip: { ...(advertisedHost && { advertisedHost }) } }))).toBe(ip);
});
