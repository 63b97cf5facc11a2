import type { Clock } from '@soft-handset/sip';
import { expect, test } from 'vitest';
import { Ticker } from '../src/ticker.ts';

/** One timer, fired by hand. */
class HandClock implements Clock {
  nowMs = 0;
  waiting: { run: () => void; at: number } | undefined;

  now(): number {
    return this.nowMs;
  }

  setTimeout(run: () => void, delayMs: number): () => void {
    const timer = { run, at: this.nowMs + delayMs };
    this.waiting = timer;
    return () => {
      if (this.waiting === timer) this.waiting = undefined;
    };
  }

  /** @param lateMs how much later than it wished */
  fire(lateMs = 0): void {
    const timer = this.waiting;
    this.waiting = undefined;
    if (!timer) return;
    this.nowMs = timer.at + lateMs;
    timer.run();
  }
}

test('timers that are late make the sound no slower', () => {
  const clock = new HandClock();
  let beats = 0;
  new Ticker(clock).add(() => (beats += 1));

  for (let time = 0; time < 50; time++) clock.fire(7);

  expect(beats).toBe(Math.floor(clock.nowMs / 20));
});

test('after a stall a few frames come at once, the others are left out', () => {
  const clock = new HandClock();
  let beats = 0;
  new Ticker(clock).add(() => (beats += 1));

  clock.fire(3_000);

  expect(beats).toBe(6);
});

test('nobody listens, no timer runs', () => {
  const clock = new HandClock();
  const ticker = new Ticker(clock);
  const stops = [ticker.add(() => undefined), ticker.add(() => undefined)];
  expect(clock.waiting).toBeDefined();

  for (const stop of stops) stop();

  expect([clock.waiting, ticker.size]).toEqual([undefined, 0]);
});

test('one that ends itself within the beat harms no other', () => {
  const clock = new HandClock();
  const ticker = new Ticker(clock);
  let beats = 0;
  const stop = ticker.add(() => stop());
  ticker.add(() => (beats += 1));

  clock.fire();
  clock.fire();

  expect(beats).toBe(2);
});
