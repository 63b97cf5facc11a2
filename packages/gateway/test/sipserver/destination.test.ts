import { expect, test } from 'vitest';
import { destinationOf } from '../../src/sipserver/destination.ts';

const home = { host: 'pbx.example', port: 5080 };

test.each([
  ['1002', 'sip:1002@pbx.example:5080'],
  [' 1002 ', 'sip:1002@pbx.example:5080'],
  ['*72#', 'sip:*72%23@pbx.example:5080'],
  ['+8613800000000', 'sip:+8613800000000@pbx.example:5080'],
  ['张三', 'sip:%E5%BC%A0%E4%B8%89@pbx.example:5080'],
  ['bob@other.example', 'sip:bob@other.example'],
  ['sip:1002@other.example:5070', 'sip:1002@other.example:5070'],
  ['SIP:1002@Other.example', 'sip:1002@Other.example'],
  ['sip:1002@[2001:db8::1]', 'sip:1002@[2001:db8::1]'],
  ['sip:1002@other.example;user=phone', 'sip:1002@other.example;user=phone'],
  ['sip:1002@a.example;transport=tcp;maddr=evil.example;lr;method=BYE;ttl=1', 'sip:1002@a.example'],
  ['sip:1002@a.example?Route=%3Csip:evil%3E&Replaces=x', 'sip:1002@a.example'],
  ['sip:1002:secret@a.example', 'sip:1002@a.example'],
  ['tel:+86-138.0000(0000)', 'sip:+8613800000000@pbx.example:5080;user=phone'],
  ['tel:7042;phone-context=example.com', 'sip:7042@pbx.example:5080;user=phone'],
])('%s is %s', (dialled, uri) => {
  expect(destinationOf(dialled, home)).toBe(uri);
});

test.each([
  '',
  ' ',
  '10 02',
  '<1002>',
  '"1002"',
  '1002\r\nRoute: <sip:evil.example>',
  'sip:',
  'sip:@host',
  'sip:host',
  'sip:1002@',
  'sip:1002@ho st',
  'sip:1002@host:99999',
  'sip:1002@host%',
  'mailto:bob@example.org',
  'javascript:alert(1)',
  'a@b@c d',
  'tel:',
  'tel:abc-xyz',
  'tel:---',
  '\u0000',
])('%j cannot be dialled', (dialled) => {
  expect(destinationOf(dialled, home)).toBeUndefined();
});
