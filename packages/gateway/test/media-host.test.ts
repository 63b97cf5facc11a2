import { expect, test } from 'vitest';
import { mediaHost } from '../src/media-host.ts';
import { parseConfig } from '../src/config/config.ts';

const cases: readonly (readonly [what: string, sip: object, lan: boolean, host: string | undefined])[] = [
  ['SIP on loopback, as it is at first', {}, false, '127.0.0.1'],
  ['SIP on one address', { udp: { host: '192.0.2.10' }, tcp: false }, false, '192.0.2.10'],
  ['SIP on two addresses', { udp: { host: '192.0.2.10' } }, false, undefined],
  ['SIP on all addresses', {}, true, undefined],
  ['SIP on a name', { udp: { host: 'sip.example' }, tcp: { host: 'sip.example' } }, false, undefined],
];

for (const [what, sip, lan, host] of cases) {
  test(`${what}: RTP ${host === undefined ? 'where Janus finds best' : `at ${host}`}`, () => {
    expect(mediaHost(parseConfig({ sip }, undefined, lan))).toBe(host);
  });
}
