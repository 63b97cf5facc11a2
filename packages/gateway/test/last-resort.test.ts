import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { catchTheUncaught } from '../src/last-resort.ts';
import { FakeClock } from './fake-clock.ts';
import { LogBook } from './log-book.ts';

function watched() {
  const process = new EventEmitter();
  const log = new LogBook();
  const clock = new FakeClock();
  let givenUp = 0;
  const stop = catchTheUncaught(process, log, clock, () => givenUp++);
  return { process, log, clock, stop, givenUp: () => givenUp };
}

test('an error that nobody caught is logged with its stack, and the process goes on', () => {
  const { process, log, givenUp } = watched();

  process.emit('uncaughtException', new Error('a bug'));
  process.emit('unhandledRejection', 'no error at all');

  expect(log.texts('error')).toEqual(['uncaught exception', 'unhandled rejection']);
  expect((log.lines[0]?.facts['err'] as Error).stack).toContain('a bug');
  expect(givenUp()).toBe(0);
});

test('ten of them within a minute end the process, once', () => {
  const { process, clock, givenUp } = watched();

  for (let n = 0; n < 9; n++) process.emit('uncaughtException', new Error('a bug'));
  clock.advance(60_001);
  for (let n = 0; n < 9; n++) process.emit('uncaughtException', new Error('a bug'));
  expect(givenUp()).toBe(0);
  for (let n = 0; n < 5; n++) process.emit('uncaughtException', new Error('a bug'));

  expect(givenUp()).toBe(1);
});

test('the watch can be ended', () => {
  const { process, stop } = watched();

  stop();

  expect(process.listenerCount('uncaughtException')).toBe(0);
  expect(process.listenerCount('unhandledRejection')).toBe(0);
});
