import { expect, test } from 'vitest';
import { formatNameAddr, parseContacts, parseNameAddr } from '../src/name-addr.ts';
import { parseUri } from '../src/uri.ts';
import { formatVia, parseVia } from '../src/via.ts';

for (const [text, displayName, params] of [
  ['"A. G. Bell" <sip:agb@bell.example> ;tag=a48s', 'A. G. Bell', [['tag', 'a48s']]],
  ['Anonymous <sip:c8oqz84zk7z@privacy.example>;TAG=hyh8', 'Anonymous', [['tag', 'hyh8']]],
  ['<sip:a@b;x=y>', undefined, []],
  ['sip:+12125551212@server.example;tag=887s', undefined, [['tag', '887s']]],
  ['"a \\"b\\" \\\\ <;," <sip:a@b>', 'a "b" \\ <;,', []],
  ['王小明 <sip:a@b>', '王小明', []],
  [
    '"" <sip:a@b>;q=0.5;expires=60',
    undefined,
    [
      ['q', '0.5'],
      ['expires', '60'],
    ],
  ],
  ['<sip:a@b>;+sip.instance="<urn:uuid:0;1,2>"', undefined, [['+sip.instance', '"<urn:uuid:0;1,2>"']]],
] as const) {
  test(`${text} is read`, () => {
    const address = parseNameAddr(text);

    expect(address?.displayName).toBe(displayName);
    expect([...(address?.params ?? [])]).toEqual(params);
  });
}

for (const text of [
  '',
  '<>',
  '<sip:a@b',
  'sip:a@b>',
  '"Bob <sip:a@b>',
  '"Bob" sip:a@b',
  '<sip:a@b>x',
  '<sip:a@b>;',
  '<sip:a@b>;;tag=1',
  '<sip:a@b>;tag=',
  '<sip:a@b>;tag="1',
  '<sip:a@b>;tag=1 2',
  '<http://x>',
  '*',
  'Bell, A <sip:a@b>',
  'sip:a@b?x=y',
  '<sip:a@b>, <sip:c@d>',
]) {
  test(`${JSON.stringify(text)} is no address`, () => {
    expect(parseNameAddr(text)).toBeUndefined();
  });
}

test('an address is written with brackets and what needs it quoted', () => {
  const uri = parseUri('sip:a@b;x=y')!;

  expect(
    formatNameAddr({
      displayName: 'A "B" \\ C',
      uri,
      params: new Map([
        ['tag', '1'],
        ['lr', ''],
        ['n', 'a b'],
      ]),
    }),
  ).toBe('"A \\"B\\" \\\\ C" <sip:a@b;x=y>;tag=1;lr;n="a b"');
  expect(() => formatNameAddr({ displayName: 'A\r\nX: 1', uri, params: new Map() })).toThrow(
    expect.objectContaining({ code: 'invalid-header' }),
  );
});

test('of two parameters of one name the first counts, in an address and in its URI', () => {
  const address = parseNameAddr('<sip:a@b;x=1;X=2>;tag=1;TAG=2');

  expect([...(address?.params ?? [])]).toEqual([['tag', '1']]);
  expect([...(address?.uri.params ?? [])]).toEqual([['x', '1']]);
});

test('Contact is a list of addresses or a lone star', () => {
  expect(parseContacts(['*'])).toBe('*');
  expect(parseContacts(['*', '<sip:a@b>'])).toBeUndefined();
  expect(parseContacts(['"x, y" <sip:a@b>, sip:c@d', '<sip:e@f>'])).toHaveLength(3);
  expect(parseContacts(['<sip:a@b>, nonsense'])).toBeUndefined();
});

for (const [text, via] of [
  [
    'SIP/2.0/UDP pc33.atlanta.example;branch=z9hG4bK776;rport',
    {
      transport: 'UDP',
      host: 'pc33.atlanta.example',
      params: new Map([
        ['branch', 'z9hG4bK776'],
        ['rport', ''],
      ]),
    },
  ],
  [
    'sip / 2.0 / tcp 192.0.2.1 : 5062 ; ttl = 16',
    { transport: 'TCP', host: '192.0.2.1', port: 5062, params: new Map([['ttl', '16']]) },
  ],
  [
    'SIP/2.0/UDP [2001:db8::9:1]:5060;received=2001:db8::9:255;branch=z9hG4bKas',
    {
      host: '2001:db8::9:1',
      port: 5060,
      params: new Map([
        ['received', '2001:db8::9:255'],
        ['branch', 'z9hG4bKas'],
      ]),
    },
  ],
  [
    'SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255]',
    { host: '2001:db8::9:1', params: new Map([['received', '[2001:db8::9:255]']]) },
  ],
] as const) {
  test(`Via ${text} is read`, () => {
    expect(parseVia(text)).toMatchObject(via);
  });
}

for (const text of [
  '',
  'SIP/2.0/UDP',
  'SIP/2.0/UDP ',
  'SIP/3.0/UDP host',
  'HTTP/2.0/TCP host',
  'SIP/2.0/UDP host:99999',
  'SIP/2.0/UDP [::1',
  'SIP/2.0/U@P host',
  'SIP/2.0/UDP host;;branch=1',
  'SIP/2.0/UDP ho st',
]) {
  test(`${JSON.stringify(text)} is no Via`, () => {
    expect(parseVia(text)).toBeUndefined();
  });
}

test('a Via is written as it was read', () => {
  for (const text of [
    'SIP/2.0/UDP pc33.example:5060;branch=z9hG4bK776;rport',
    'SIP/2.0/TCP [2001:db8::1];received=::2',
  ]) {
    expect(formatVia(parseVia(text)!)).toBe(text);
  }
});
