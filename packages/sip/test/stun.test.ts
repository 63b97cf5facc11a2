import { expect, test } from 'vitest';
import { looksLikeStun, parseStun, stunRequest, stunResponse } from '../src/stun.ts';
import { optionsBytes } from './transport-contract.ts';

const id = 'b7e7a701bc34d686fa87dfae';

test('RFC 5769 §2.2, §2.3: addresses are masked as in the sample responses', () => {
  expect(stunResponse(id, '192.0.2.1', 32_853).toString('hex')).toBe(
    `0101000c2112a442${id}002000080001a147e112a643`,
  );
  expect(stunResponse(id, '2001:db8:1234:5678:11:2233:4455:6677', 32_853).toString('hex')).toBe(
    `010100182112a442${id}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
  );
});

test('a response says from where its asker is seen', () => {
  expect(parseStun(stunResponse(id, '192.0.2.1', 5060))).toEqual({
    kind: 'response',
    id,
    mapped: '192.0.2.1:5060',
  });
  expect(parseStun(stunResponse(id, '2001:db8::1', 5060))).toMatchObject({
    mapped: '[2001:0db8:0000:0000:0000:0000:0000:0001]:5060',
  });
});

test('a request is told by its id', () => {
  expect(parseStun(stunRequest(id))).toEqual({ kind: 'request', id });
});

test('RFC 5389 §7.3.1: a request that wants what we do not know is not answered', () => {
  const wants = (type: string) => Buffer.from(`000100082112a442${id}${type}000400000000`, 'hex');

  expect(parseStun(wants('8022'))).toEqual({ kind: 'request', id });
  expect(parseStun(wants('0006'))).toBeUndefined();
});

const whole = stunResponse(id, '192.0.2.1', 5060);
for (const [what, bytes] of [
  ['nothing', Buffer.alloc(0)],
  ['SIP', optionsBytes()],
  ['line ends', Buffer.from('\r\n\r\n')],
  ['a header cut off', whole.subarray(0, 19)],
  ['a body cut off', whole.subarray(0, 28)],
  ['the STUN of old, without the cookie', Buffer.from(`000100000000000000000000${id.slice(0, 16)}`, 'hex')],
] as const) {
  test(`RFC 5626 §8: ${what} is no STUN`, () => {
    expect(looksLikeStun(bytes)).toBe(false);
  });
}

test('attributes that run over the end say nothing and harm nobody', () => {
  const lying = Buffer.from(whole);
  lying.writeUInt16BE(0xffff, 22);

  expect(parseStun(lying)).toMatchObject({ kind: 'response', mapped: '192.0.2.1:5060' });
  lying.writeUInt16BE(3, 22);
  expect(parseStun(lying)).toMatchObject({ kind: 'response', mapped: undefined });
});
