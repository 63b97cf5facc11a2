import { describe, expect, test } from 'vitest';
import { RecordingTrack } from '../../src/recording/recording-track.ts';
import type { RecordedCodec } from '../../src/recording/sound-decoder.ts';

/** Each byte of a payload is a sample at 8 kHz. */
const decoder = {
  decode: (_codec: RecordedCodec, payload: Uint8Array) => Int16Array.from(payload),
  close: () => undefined,
};

interface Packet {
  /** The value of its 160 samples. */
  readonly says: number;
  readonly sequence: number;
  readonly timestamp?: number;
  readonly atMs?: number;
  readonly ssrc?: number;
  readonly codec?: RecordedCodec;
}

/** 20 ms a packet, without loss, on a clock that began with the recording. */
function rtp({ says, sequence, timestamp = sequence * 160, ssrc = 7 }: Packet): Buffer {
  const packet = Buffer.alloc(12 + 160, says);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** What stands in each 20 ms of the recording of these packets; a part of 20 ms is told by its last sample. */
function heard(packets: readonly Packet[], ms: number): number[] {
  const track = new RecordingTrack(decoder, 8000);
  const frames: number[] = [];
  const inTime = packets
    .map((packet) => ({ packet, atMs: packet.atMs ?? packet.sequence * 20 }))
    .sort((one, other) => one.atMs - other.atMs);
  // As a recording does it: all that came is put in, and two seconds later it is settled.
  for (let nowMs = 0; nowMs <= ms + 2000; nowMs += 20) {
    while (inTime[0] && inTime[0].atMs <= nowMs) {
      const { packet, atMs } = inTime.shift()!;
      track.hear(packet.codec ?? 'pcmu', rtp(packet), atMs);
    }
    if (nowMs > 2000) frames.push(track.take(160).at(-1)!);
  }
  return frames;
}

const row = (from: number, to: number): Packet[] =>
  Array.from({ length: to - from + 1 }, (_none, index) => ({ says: from + index, sequence: from + index }));

describe('a track of a recording', () => {
  test('has the packets in their places', () => {
    expect(heard(row(0, 4), 140)).toEqual([0, 1, 2, 3, 4, 0, 0]);
  });

  test('begins with silence where the first packet comes late', () => {
    expect(heard(row(3, 5), 140)).toEqual([0, 0, 0, 3, 4, 5, 0]);
  });

  test('leaves the gap of what was lost', () => {
    const packets = row(1, 6).filter(({ sequence }) => ![3, 4].includes(sequence));

    expect(heard(packets, 160)).toEqual([0, 1, 2, 0, 0, 5, 6, 0]);
  });

  test('puts packets into order, and takes each once', () => {
    const packets = row(1, 6).map((packet) => ({
      ...packet,
      atMs: packet.sequence * 20 + (packet.sequence === 2 ? 70 : 0),
    }));

    expect(heard([...packets, ...packets], 160)).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
  });

  test('leaves the pause of a phone that keeps quiet', () => {
    const packets = [...row(1, 2), { says: 3, sequence: 3, timestamp: 160 * 6, atMs: 120 }];

    expect(heard(packets, 160)).toEqual([0, 1, 2, 0, 0, 0, 3, 0]);
  });

  test('lets a stalled network catch up: what came at once has its places', () => {
    const packets = row(1, 60).map((packet) => ({
      ...packet,
      atMs: packet.sequence > 10 && packet.sequence < 50 ? 1000 : packet.sequence * 20,
    }));

    expect(heard(packets, 1240)).toEqual([0, ...row(1, 60).map(({ says }) => says), 0]);
  });

  test('goes on at the time of arrival after a hold in which the phone stopped its clock', () => {
    const held = row(5, 8).map((packet) => ({ ...packet, atMs: packet.sequence * 20 + 200 }));

    expect(heard([...row(1, 4), ...held], 400)).toEqual([
      ...[0, 1, 2, 3, 4],
      ...Array<number>(10).fill(0),
      ...[5, 6, 7, 8],
      0,
    ]);
  });

  test('follows a new source, whatever its numbers are', () => {
    const other = row(1, 3).map((packet) => ({
      says: packet.says + 50,
      sequence: packet.sequence + 40_000,
      timestamp: 4_000_000_000 + packet.sequence * 160,
      atMs: 100 + packet.sequence * 20,
      ssrc: 8,
    }));

    expect(heard([...row(1, 3), ...other], 200)).toEqual([0, 1, 2, 3, 0, 0, 51, 52, 53, 0]);
  });

  test('follows a source that begins anew under its old name', () => {
    const anew = row(1, 3).map((packet) => ({
      says: packet.says + 50,
      sequence: packet.sequence + 30_000,
      timestamp: packet.sequence * 160,
      atMs: 80 + packet.sequence * 20,
    }));

    expect(heard([...row(1, 3), ...anew], 180)).toEqual([0, 1, 2, 3, 0, 51, 52, 53, 0]);
  });

  test('follows a codec with another clock', () => {
    const opus = [4, 5].map((each) => ({
      says: each,
      sequence: each,
      timestamp: 777_000 + each * 960,
      codec: 'opus' as const,
    }));

    expect(heard([...row(1, 3), ...opus], 140)).toEqual([0, 1, 2, 3, 4, 5, 0]);
  });

  test('goes over the wrap of sequence numbers and timestamps', () => {
    const packets = row(1, 6).map((packet) => ({
      says: packet.says,
      sequence: packet.sequence + 65_532,
      timestamp: 2 ** 32 - 3 * 160 + packet.sequence * 160,
      atMs: packet.sequence * 20,
    }));

    expect(heard(packets, 160)).toEqual([0, 1, 2, 3, 4, 5, 6, 0]);
  });

  test('keeps up with clocks that run apart, in steps', () => {
    // One percent too fast: after 20 s it is 200 ms ahead of its arrival.
    const packets = Array.from({ length: 1000 }, (_none, index) => ({
      says: 1,
      sequence: index,
      atMs: index * 20.2,
    }));

    const frames = heard(packets, 20_400);

    expect(frames.slice(-40).filter((frame) => frame === 1).length).toBeGreaterThanOrEqual(25);
    expect(frames.filter((frame) => frame === 1).length).toBeGreaterThanOrEqual(995);
  });

  test('what comes after its time is settled is lost, and nothing else', () => {
    const packets = row(1, 5).map((packet) => ({
      ...packet,
      atMs: packet.sequence === 3 ? 2200 : packet.sequence * 20,
    }));

    expect(heard(packets, 140)).toEqual([0, 1, 2, 0, 4, 5, 0]);
  });

  test('reads payloads behind extensions and before padding, and takes cut-off packets for nothing', () => {
    const track = new RecordingTrack(decoder, 8000);
    const head = '000000000000000000000007';
    const extended = Buffer.from(`b1${head.slice(2)}00000063bede000110aa0000090909090303030300000004`, 'hex');
    const junk = ['80', `9f${head.slice(2)}`, `90${head.slice(2)}bedeffff`, `a0${head.slice(2)}0001ff`];

    for (const packet of junk) track.hear('pcmu', Buffer.from(packet, 'hex'), 0);
    track.hear('pcmu', extended, 0);

    expect([...track.take(8)]).toEqual([9, 9, 9, 9, 3, 3, 3, 3]);
  });

  test('of a flood of packets it keeps and decodes a bounded number', () => {
    let decoded = 0;
    const counting = { ...decoder, decode: () => (decoded++, Int16Array.of(1)) };
    const track = new RecordingTrack(counting, 8000);

    for (let index = 0; index < 30_000; index += 1) {
      track.hear('pcmu', rtp({ says: 1, sequence: index % 3000, ssrc: index >> 10 }), 100);
    }
    track.take(80_000_000);

    expect(decoded).toBeGreaterThan(0);
    expect(decoded).toBeLessThanOrEqual(16_000);
  });
});
