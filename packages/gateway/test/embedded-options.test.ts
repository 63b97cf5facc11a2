import { expect, test } from 'vitest';
import { parseConfig } from '../src/config/config.ts';
import { embeddedOptions } from '../src/embedded-options.ts';

const own = ['192.0.2.9', '192.0.2.10', '2001:db8::9'];

const everywhere = { udp: { host: '0.0.0.0' }, tcp: { host: '0.0.0.0' } };

const cases: readonly (readonly [what: string, settings: object, lan: boolean, expected: object])[] = [
  ['SIP on loopback, as it is at first', {}, false, { rtpAddress: '127.0.0.1' }],
  ['SIP everywhere by --lan', {}, true, { rtpAddress: '192.0.2.9' }],
  [
    'SIP on one address',
    { sip: { udp: { host: '192.0.2.10' }, tcp: false } },
    false,
    { rtpAddress: '192.0.2.10' },
  ],
  [
    'SIP seen at one of our addresses',
    { sip: { ...everywhere, advertisedHost: '192.0.2.10' } },
    false,
    { rtpAddress: '192.0.2.10' },
  ],
  [
    'SIP seen at the address of a NAT',
    { sip: { ...everywhere, advertisedHost: '203.0.113.7' } },
    false,
    { rtpAddress: '192.0.2.9', publicAddress: '203.0.113.7' },
  ],
  [
    'what the configuration says of the media',
    { media: { embedded: { rtpAddress: '192.0.2.10', publicAddress: '203.0.113.8' } } },
    true,
    { rtpAddress: '192.0.2.10', publicAddress: '203.0.113.8' },
  ],
  [
    'an address of the other family beside it',
    { media: { embedded: { rtpAddress: '192.0.2.10', otherRtpAddress: '2001:db8::9' } } },
    false,
    { rtpAddress: '192.0.2.10', otherRtpAddress: '2001:db8::9' },
  ],
];

for (const [what, settings, lan, expected] of cases) {
  test(`${what}: the embedded engine is reached at ${Object.values(expected).join(', ')}`, () => {
    expect(embeddedOptions(parseConfig(settings, undefined, lan), own)).toEqual({
      latching: 'host',
      silenceMs: 60_000,
      ...expected,
    });
  });
}

test('two addresses of one family are a fault of the configuration', () => {
  const embedded = { rtpAddress: '192.0.2.10', otherRtpAddress: '192.0.2.9' };

  expect(() => parseConfig({ media: { embedded } })).toThrow(/otherRtpAddress/);
});

test('a machine without a network is reached at 127.0.0.1', () => {
  expect(embeddedOptions(parseConfig({}, undefined, true), []).rtpAddress).toBe('127.0.0.1');
});
