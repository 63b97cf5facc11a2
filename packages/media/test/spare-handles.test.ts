import { expect, test } from 'vitest';
import { SpareHandles } from '../src/spare-handles.ts';
import { FakeClock } from './fake-clock.ts';

/** Spare handles whose attaches are counted and succeed, unless `refuses`. */
function spares(least: number) {
  const clock = new FakeClock();
  const seen = { attached: 0, detached: 0, failed: 0, refuses: false };
  const handles = new SpareHandles<number>({
    clock,
    least,
    attach: () => (seen.refuses ? Promise.reject(new Error('full')) : Promise.resolve((seen.attached += 1))),
    detach: () => (seen.detached += 1),
    failed: () => (seen.failed += 1),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 20) {
      clock.advance(20);
      await new Promise(setImmediate);
    }
  };
  return { clock, handles, seen, pass };
}

test('a handle that was taken is replaced a moment later, not in the way of the call that took it', async () => {
  const { handles, seen, pass } = spares(2);
  handles.fill();
  await pass(20);

  expect(handles.take()).toBeDefined();
  expect(seen.attached).toBe(2);

  await pass(20);
  expect(seen.attached).toBe(3);
});

test('many calls get many spares, which go back when it is quiet again', async () => {
  const { clock, handles, seen, pass } = spares(4);
  handles.fill();
  await pass(20);
  for (let call = 0; call < 20; call += 1) handles.take();

  await pass(20);
  expect(seen.attached - 4).toBe(40);

  await pass(2_000);
  expect(seen.attached - 4 - seen.detached).toBe(4);
  expect(clock.waiting).toBe(0);
});

test('no crowd of calls makes it hoard more than 64', async () => {
  const { handles, seen, pass } = spares(4);
  for (let call = 0; call < 1_000; call += 1) handles.take();

  await pass(20);

  expect(seen.attached).toBe(64);
});

test('a refused attach is reported and tried again with the next call', async () => {
  const { handles, seen, pass } = spares(1);
  seen.refuses = true;
  handles.fill();
  await pass(20);
  expect(seen.failed).toBe(1);

  seen.refuses = false;
  expect(handles.take()).toBeUndefined();
  await pass(20);

  expect(handles.take()).toBeDefined();
});

test('a handle that Janus has dropped is not given out', async () => {
  const { handles, pass } = spares(1);
  handles.fill();
  await pass(20);

  handles.forget(1);

  expect(handles.take()).toBeUndefined();
});

test('with none wanted none is ever attached, and after the close no more', () => {
  const without = spares(0);
  without.handles.take();
  expect(without.clock.waiting).toBe(0);

  const closed = spares(3);
  closed.handles.take();
  closed.handles.close();
  closed.handles.fill();
  expect([closed.clock.waiting, closed.seen.attached]).toEqual([0, 0]);
});
