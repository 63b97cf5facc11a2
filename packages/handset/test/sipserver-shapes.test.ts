import { maxSdpLength, SipserverResult } from '@soft-handset/protocol';
import { describe, expect, test } from 'vitest';
import { readSipserverMessage } from '../src/sipserver-message.ts';
import { fits, sipserverShapes, type Shape } from '../src/sipserver-shapes.ts';

/* The schemas of the protocol are the truth; the shapes that the browser checks must say the same. */

/** A schema of valibot, as far as its own description of itself is read here. */
interface Schema {
  readonly type: string;
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly entries?: Readonly<Record<string, Schema>>;
}

const letters: Readonly<Record<string, Shape>> = { string: 's', picklist: 's', number: 'n', boolean: 'b' };

/** The shape that a schema asks for; undefined where only the browser's readers of it would care. */
function shapeOf(schema: Schema): Shape | undefined {
  if (schema.type === 'optional') return shapeOf(schema.wrapped!);
  if (schema.type === 'array') return [shapeOf(schema.item!)!];
  if (schema.entries === undefined) return letters[schema.type];
  const members = Object.entries(schema.entries).flatMap(([name, inner]) => {
    const shape = shapeOf(inner);
    return shape === undefined ? [] : [[inner.type === 'optional' ? `${name}?` : name, shape] as const];
  });
  return Object.fromEntries(members);
}

const schemas = new Map(
  SipserverResult.options.map((option) => [option.entries.event.literal, option as unknown as Schema]),
);

test('all events of the protocol are known, and no others', () => {
  expect(Object.keys(sipserverShapes).sort()).toEqual([...schemas.keys()].sort());
});

describe.each([...schemas])('%s', (event, schema) => {
  const whole = shapeOf(schema) as Readonly<Record<string, Shape>>;
  const ours = sipserverShapes[event] as Readonly<Record<string, Shape>>;

  test('what must be there is asked for', () => {
    const needed = Object.keys(whole).filter((name) => !name.endsWith('?'));
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(needed));
  });

  test('what is asked for is what the schema says', () => {
    expect(whole).toMatchObject(ours);
  });
});

test.each<[name: string, value: unknown, shape: Shape, isFit: boolean]>([
  ['a text', 'a', 's', true],
  ['a number for a text', 1, 's', false],
  ['what is missing', {}, { a: 's' }, false],
  ['what may be missing', {}, { 'a?': 's' }, true],
  ['what may be missing and is something else', { a: null }, { 'a?': 's' }, false],
  ['more than is read', { a: 's', b: 1 }, { a: 's' }, true],
  ['a list', ['a'], ['s'], true],
  ['a list with something else in it', ['a', 1], ['s'], false],
  ['a list for an object', [], {}, false],
  ['nothing', null, {}, false],
])('%s', (_, value, shape, isFit) => {
  expect(fits(value, shape)).toBe(isFit);
});

test('an SDP that is none, or too long, is not taken', () => {
  const sdpOf = (jsep: unknown): string | undefined => {
    const message = readSipserverMessage({ sip: 'event', result: { event: 'accepted' } }, jsep);
    return message?.kind === 'event' ? message.jsep?.sdp : 'no event';
  };

  expect(sdpOf({ type: 'answer', sdp: 'v=0' })).toBe('v=0');
  expect(sdpOf({ type: 'answer', sdp: 'v='.padEnd(maxSdpLength, 'x') })).toHaveLength(maxSdpLength);
  expect(sdpOf({ type: 'answer', sdp: 'v='.padEnd(maxSdpLength + 1, 'x') })).toBeUndefined();
  expect(sdpOf({ type: 'rollback', sdp: 'v=0' })).toBeUndefined();
  expect(sdpOf({ type: 'answer', sdp: 'o=0' })).toBeUndefined();
});

test('an event of the name of what every object has is not one', () => {
  expect(readSipserverMessage({ sip: 'event', result: { event: 'constructor' } }, undefined)).toBeUndefined();
});
