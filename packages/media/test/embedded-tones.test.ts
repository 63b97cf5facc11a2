import { expect, test } from 'vitest';
import { NarrowTones } from '../src/embedded-tones.ts';

interface ToneEvent {
  readonly event: number;
  readonly duration: number;
  readonly ends?: boolean;
}

/** RFC 4733 §2.3: event, E R volume, duration; several in a packet follow each other (§2.5.1.5). */
function tone(timestamp: number, ...events: readonly ToneEvent[]): Buffer {
  const packet = Buffer.alloc(12 + 4 * events.length);
  packet[0] = 0x80;
  packet[1] = 110;
  packet.writeUInt32BE(timestamp >>> 0, 4);
  events.forEach(({ event, duration, ends = false }, index) => {
    const at = 12 + 4 * index;
    packet[at] = event;
    packet[at + 1] = (ends ? 0x80 : 0) | 10;
    packet.writeUInt16BE(duration, at + 2);
  });
  return packet;
}

/** Time stamp and durations as the peer hears them. */
function told(...packets: readonly Buffer[]): (readonly number[])[] {
  const tones = new NarrowTones();
  return packets.map((packet) => {
    tones.narrow(packet);
    const events = (packet.length - 12) >> 2;
    const durations = Array.from({ length: events }, (_, index) => packet.readUInt16BE(14 + 4 * index));
    return [packet.readUInt32BE(4), ...durations];
  });
}

test('an event of 100 ms lasts as long at 8 kHz, from its first packet to its last three', () => {
  const growing = [960, 1920, 2880, 3840].map((duration) => tone(7000, { event: 5, duration }));
  const last = () => tone(7000, { event: 5, duration: 4800, ends: true });

  expect(told(...growing, last(), last(), last())).toEqual(
    [160, 320, 480, 640, 800, 800, 800].map((duration) => [7000, duration]),
  );
});

test('event, end and volume stay as they were', () => {
  const packet = tone(7000, { event: 11, duration: 4800, ends: true });

  new NarrowTones().narrow(packet);

  expect([...packet.subarray(12, 14)]).toEqual([11, 0x80 | 10]);
});

test('RFC 4733 §2.5.1.3: a key held longer than a duration can say goes on without a gap, at the clock of the peer', () => {
  const first = (duration: number) => tone(1000, { event: 1, duration });
  const second = (duration: number, ends = false) => tone(1000 + 0xffff, { event: 1, duration, ends });

  expect(
    told(first(0xffff - 960), first(0xffff), second(960), second(24_000, true), second(24_000, true)),
  ).toEqual([
    [1000, 10_762],
    [1000, 10_922],
    [1000 + 10_922, 160],
    [1000 + 10_922, 4000],
    [1000 + 10_922, 4000],
  ]);
});

test('the same key long after another one whose end was lost is another event', () => {
  const lost = tone(1000, { event: 1, duration: 960 });

  expect(told(lost, tone(500_000, { event: 1, duration: 960 }))).toEqual([
    [1000, 160],
    [500_000, 160],
  ]);
});

test('the same key pressed again is another event, at its own time', () => {
  const pressed = (timestamp: number) => tone(timestamp, { event: 1, duration: 4800, ends: true });

  expect(told(pressed(1000), pressed(20_000))).toEqual([
    [1000, 800],
    [20_000, 800],
  ]);
});

test('a held key goes on over the wrap of time stamps', () => {
  const start = 2 ** 32 - 100;

  expect(
    told(tone(start, { event: 1, duration: 0xffff }), tone(0xffff - 100, { event: 1, duration: 960 })),
  ).toEqual([
    [start, 10_922],
    [10_922 - 100, 160],
  ]);
});

test('RFC 4733 §2.5.1.5: of several events in a packet each is told', () => {
  const both = tone(50, { event: 1, duration: 4800, ends: true }, { event: 2, duration: 2400 });

  expect(told(both)).toEqual([[50, 800, 400]]);
});

test('RFC 4733 §2.3.5: a duration of nothing is a state, and the shortest event is none', () => {
  expect(told(tone(50, { event: 1, duration: 0 }), tone(90, { event: 2, duration: 2 }))).toEqual([
    [50, 0],
    [90, 1],
  ]);
});

test('padding is no event, and what is cut off stays as it is', () => {
  const padded = Buffer.concat([tone(50, { event: 1, duration: 4800 }), Buffer.from([0, 0, 0xff, 4])]);
  padded[0] = 0xa0;
  const cut = tone(50, { event: 1, duration: 4800 }).subarray(0, 14);
  const before = Buffer.from(cut);
  const tones = new NarrowTones();

  tones.narrow(padded);
  tones.narrow(cut);

  expect(padded.readUInt16BE(14)).toBe(800);
  expect([...padded.subarray(16)]).toEqual([0, 0, 0xff, 4]);
  expect(cut).toEqual(before);
});
