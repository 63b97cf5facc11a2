import { expect, test } from 'vitest';
import { Headers } from '../src/headers.ts';

test('names compare without case and in either form', () => {
  const headers = new Headers([
    ['v', 'one'],
    ['VIA', 'two'],
    ['x-Own', 'kept as written'],
  ]);

  expect(headers.getAll('Via')).toEqual(['one', 'two']);
  expect(headers.get('V')).toBe('one');
  expect(headers.has('X-OWN')).toBe(true);
  expect([...headers.entries()]).toEqual([
    ['Via', 'one'],
    ['Via', 'two'],
    ['x-Own', 'kept as written'],
  ]);
});

test('set replaces all of a name where the first stood', () => {
  const headers = new Headers([
    ['Route', 'a'],
    ['To', 'b'],
    ['Route', 'c'],
  ]);

  headers.set('route', 'd').set('From', 'e');

  expect([...headers]).toEqual([
    ['Route', 'd'],
    ['To', 'b'],
    ['From', 'e'],
  ]);
});

test('prepend puts a hop on top of its like', () => {
  const headers = new Headers([
    ['To', 'b'],
    ['Via', 'first'],
  ]);

  headers.prepend('Via', 'second').prepend('Record-Route', 'rr');

  expect([...headers].map(([, value]) => value)).toEqual(['rr', 'b', 'second', 'first']);
});

test('shift takes one element off the top, whether it shares its line or not', () => {
  const headers = new Headers([
    ['Via', 'one, two'],
    ['Via', 'three'],
  ]);

  expect([headers.shift('Via'), headers.shift('Via'), headers.list('Via')]).toEqual([
    'one',
    'two',
    ['three'],
  ]);
  expect([headers.shift('Via'), headers.shift('Via')]).toEqual(['three', undefined]);
});

test('delete takes all of a name and says whether there were any', () => {
  const headers = new Headers([
    ['Route', 'a'],
    ['Route', 'b'],
  ]);

  expect([headers.delete('route'), headers.delete('route'), headers.size]).toEqual([true, false, 0]);
});

test('a clone is another list', () => {
  const headers = new Headers([['To', 'a']]);

  headers.clone().set('To', 'b').append('From', 'c');

  expect([...headers]).toEqual([['To', 'a']]);
});

test('lists split at commas that stand neither in quotes nor in brackets', () => {
  const headers = new Headers([
    ['Contact', '"Watson, T." <sip:a,b@example.com>;q=0.7, <sip:c@example.com>'],
    ['Contact', 'sip:d@example.com'],
    ['Allow', 'INVITE, ACK,,BYE ,'],
  ]);

  expect(headers.list('Contact')).toEqual([
    '"Watson, T." <sip:a,b@example.com>;q=0.7',
    '<sip:c@example.com>',
    'sip:d@example.com',
  ]);
  expect(headers.list('Allow')).toEqual(['INVITE', 'ACK', 'BYE']);
});

for (const [name, value] of [
  ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
  ['Subject', 'one, two'],
  ['WWW-Authenticate', 'Digest realm="a", nonce="b"'],
  ['X-Unknown', 'a, b'],
] as const) {
  test(`${name} is no list, whatever commas it has`, () => {
    expect(new Headers([[name, value]]).list(name)).toEqual([value]);
  });
}

for (const value of ['a\r\nX-Evil: 1', 'a\nb', 'a\rb', '\r\n\r\nBYE sip:x SIP/2.0']) {
  test(`a value with a line end is refused: ${JSON.stringify(value)}`, () => {
    const headers = new Headers();
    const refusal: unknown = expect.objectContaining({ name: 'SipError', code: 'invalid-header' });

    for (const add of ['set', 'append', 'prepend'] as const) {
      expect(() => headers[add]('Subject', value)).toThrow(refusal);
    }
    expect(() => new Headers([['Subject', value]])).toThrow(refusal);
    expect(headers.size).toBe(0);
  });
}

for (const name of ['', 'Bad Name', 'X:Y', 'X\r\nY', 'Größe']) {
  test(`${JSON.stringify(name)} is no header name`, () => {
    expect(() => new Headers([[name, 'x']])).toThrow(expect.objectContaining({ code: 'invalid-header' }));
  });
}

test('a value is read once, however many ask, and anew when it is another', () => {
  let reads = 0;
  const upper = (value: string): string => {
    reads += 1;
    return value.toUpperCase();
  };
  const headers = new Headers([['To', 'b']]);

  expect([headers.read('To', upper), headers.read('t', upper), headers.read('From', upper)]).toEqual([
    'B',
    'B',
    undefined,
  ]);
  expect(reads).toBe(1);
  headers.set('To', 'c');
  expect(headers.read('To', upper)).toBe('C');
  expect(headers.read('To', (value) => value.length)).toBe(1);
});

test('fields of a name are counted in either form', () => {
  const headers = new Headers([
    ['Via', 'a'],
    ['v', 'b, c'],
    ['To', 'd'],
  ]);

  expect([headers.count('VIA'), headers.count('t'), headers.count('From')]).toEqual([2, 1, 0]);
});
