import { expect, test } from 'vitest';
import { formatUri, parseUri, sameUri, uriScheme } from '../src/uri.ts';
import { unescapeUri } from '../src/uri-escape.ts';

for (const [text, parts] of [
  ['sip:alice@atlanta.example', { scheme: 'sip', user: 'alice', host: 'atlanta.example' }],
  [
    'SIPS:alice:secretword@Atlanta.example:5062;transport=TCP;lr',
    {
      scheme: 'sips',
      user: 'alice',
      password: 'secretword',
      host: 'Atlanta.example',
      port: 5062,
      params: new Map([
        ['transport', 'TCP'],
        ['lr', ''],
      ]),
    },
  ],
  [
    'sip:+1-212-555-1212:1234@gateway.example;user=phone',
    { user: '+1-212-555-1212', password: '1234', params: new Map([['user', 'phone']]) },
  ],
  [
    'sip:atlanta.example;method=REGISTER?to=alice%40atlanta.example&priority=urgent',
    {
      host: 'atlanta.example',
      headers: new Map([
        ['to', 'alice%40atlanta.example'],
        ['priority', 'urgent'],
      ]),
    },
  ],
  ['sip:alice;day=tuesday@atlanta.example', { user: 'alice;day=tuesday', params: new Map() }],
  ['sip:1001@[2001:db8::10]:5070', { user: '1001', host: '2001:db8::10', port: 5070 }],
  [
    'sip:[2001:db8::9:1];maddr=[2001:db8::2]',
    { host: '2001:db8::9:1', params: new Map([['maddr', '[2001:db8::2]']]) },
  ],
  ['sip:*86#@pbx_1.local', { user: '*86%23', host: 'pbx_1.local' }],
  ['sip:张三@example.com', { user: '%E5%BC%A0%E4%B8%89' }],
  [
    'tel:+1-201-555-0123;ext=22',
    { scheme: 'tel', user: '+1-201-555-0123', host: '', params: new Map([['ext', '22']]) },
  ],
] as const) {
  test(`${text} is read`, () => {
    expect(parseUri(text)).toMatchObject(parts);
  });
}

for (const text of [
  '',
  'sip',
  'sip:',
  'sip:@host',
  'sip:alice@',
  'sip:alice@host:',
  'sip:alice@host:0',
  'sip:alice@host:65536',
  'sip:alice@host:5060x',
  'sip:2001:db8::10',
  'sip:[2001:db8::10',
  'sip:[2001:db8::zz]',
  'sip:a b@host',
  'sip:alice@ho st',
  'sip:alice@host;',
  'sip:alice@host;=x',
  'sip:alice@host?',
  'sip:alice@host?=x',
  'sip:%zz@host',
  'sip:a%4@host',
  'sip:<a>@host',
  'sip:a@"host"',
  'sip:a@host\r\nX: 1',
  'sip:a@host..x',
  'http://example.com',
  'tel:',
  'tel:alice@host',
  'mailto:a@b',
  ':',
  '%',
]) {
  test(`${JSON.stringify(text)} is no SIP or tel URI`, () => {
    expect(parseUri(text)).toBeUndefined();
  });
}

test('a scheme is told from nonsense', () => {
  expect(['Mailto:a@b', 'soap.beep://x', '<sip:a@b>', 'sip', '1x:y'].map(uriScheme)).toEqual([
    'mailto',
    'soap.beep',
    undefined,
    undefined,
    undefined,
  ]);
});

for (const text of [
  'sip:alice@atlanta.example',
  'sips:alice:secret%20word@atlanta.example:5062;transport=tcp;lr?to=alice%40x&priority=urgent',
  'sip:1001@[2001:db8::10]:5070;ob',
  'sip:a%20b;c=d%40e@host',
  'tel:+1-201-555-0123;phone-context=example.com',
]) {
  test(`${text} is written as it was read`, () => {
    expect(formatUri(parseUri(text)!)).toBe(text);
  });
}

test('what a caller puts into a URI is escaped, so it cannot become another part of it', () => {
  const none = new Map<string, string>();
  const uri = {
    scheme: 'sip',
    user: 'a@b>\r\nX: 1 你',
    password: 'p:w',
    host: 'host',
    params: new Map([['x', 'a;b?c']]),
    headers: none,
  } as const;

  expect(formatUri(uri)).toBe('sip:a%40b%3E%0D%0AX%3A%201%20%E4%BD%A0:p%3Aw@host;x=a%3Bb%3Fc');
  expect(() => formatUri({ ...uri, host: 'a;b' })).toThrow(expect.objectContaining({ code: 'invalid-uri' }));
  expect(() => formatUri({ ...uri, host: 'a\r\nb' })).toThrow(
    expect.objectContaining({ code: 'invalid-uri' }),
  );
});

test('escapes can be undone for people, and broken ones stay', () => {
  expect([unescapeUri('%E4%BD%A0%20b'), unescapeUri('%FF')]).toEqual(['你 b', '%FF']);
});

// RFC 3261 §19.1.4 gives these pairs.
for (const [a, b] of [
  ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;newparam=5'],
  [
    'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
    'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
  ],
  [
    'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
    'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
  ],
  ['tel:+1-201-555-0123', 'tel:+12015550123'],
] as const) {
  test(`${a} is equivalent to ${b}`, () => {
    expect([sameUri(parseUri(a)!, parseUri(b)!), sameUri(parseUri(b)!, parseUri(a)!)]).toEqual([true, true]);
  });
}

for (const [a, b] of [
  ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
  ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
  ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
  ['sip:bob@biloxi.com:6000', 'sip:bob@biloxi.com:5060'],
  ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
  ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
  ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ['sip:a%3Bb@host', 'sip:a;b@host'],
] as const) {
  test(`${a} is not equivalent to ${b}`, () => {
    expect([sameUri(parseUri(a)!, parseUri(b)!), sameUri(parseUri(b)!, parseUri(a)!)]).toEqual([
      false,
      false,
    ]);
  });
}
