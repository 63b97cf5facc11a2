import { listen, readWav, sine } from '@soft-handset/parts/tone';
import { expect, test } from 'vitest';
import { OggPages } from '../../src/recording/ogg-pages.ts';
import { OpusFile } from '../../src/recording/opus-file.ts';
import type { SampleRate } from '../../src/recording/resampler.ts';
import { WavFile } from '../../src/recording/wav-file.ts';
import { MemoryFile } from './memory-file.ts';
import { readOpusFile } from './read-files.ts';

const stereo = (left: Int16Array, right: Int16Array): Int16Array =>
  Int16Array.from({ length: 2 * left.length }, (_none, index) => (index % 2 ? right : left)[index >> 1]!);

test('a WAV file is right to the byte', () => {
  const file = new MemoryFile();
  const wav = new WavFile(file, { rate: 8000, channels: 2 });

  wav.write(Int16Array.of(1, -2, 0x7fff, -0x8000));
  wav.end();

  expect(file.bytes.toString('hex')).toBe(
    ['52494646', '2c000000', '57415645', '666d7420', '10000000', '0100', '0200', '401f0000', '007d0000']
      .concat(['0400', '1000', '64617461', '08000000', '0100', 'feff', 'ff7f', '0080'])
      .join(''),
  );
});

test('a WAV file that is left alone says what was there at the last flush', () => {
  const file = new MemoryFile();
  const wav = new WavFile(file, { rate: 8000, channels: 1 });

  wav.write(new Int16Array(100));
  wav.flush();
  wav.write(new Int16Array(50));

  expect(file.bytes.readUInt32LE(40)).toBe(200);
  expect(readWav(file.bytes.subarray(0, 244)).samples).toHaveLength(100);
});

test('the first page of an Opus file is to the byte as libogg writes it', async () => {
  const file = new MemoryFile();
  const opus = await OpusFile.start(file, { rate: 48_000, channels: 1 }, 0x37fb_052f);
  opus.close();

  expect(file.bytes.subarray(0, 47).toString('hex')).toBe(
    '4f676753000200000000000000002f05fb37000000004f9875e001134f707573486561640101380180bb0000000000',
  );
});

test('Ogg pages: packets of 255 bytes and of none are laced as RFC 3533 wants it, and a full page makes room', () => {
  const pages: Buffer[] = [];
  const ogg = new OggPages(7, (page) => pages.push(page));

  ogg.add(Buffer.alloc(255, 1), 10n);
  ogg.add(Buffer.alloc(0), 20n);
  for (let packet = 0; packet < 253; packet += 1) ogg.add(Buffer.alloc(1), 30n);
  ogg.flush({ last: true });

  const [first, second] = pages;
  expect([first![26], ...first!.subarray(27, 31)]).toEqual([255, 255, 0, 0, 1]);
  expect([first!.readBigInt64LE(6), second!.readBigInt64LE(6)]).toEqual([30n, 30n]);
  expect([first![5], second![5], second!.readUInt32LE(18)]).toEqual([2, 4, 1]);
});

for (const rate of [8000, 16_000, 48_000] as const satisfies readonly SampleRate[]) {
  test(`an Opus file at ${rate} Hz has each side's tone on its channel, and its length`, async () => {
    const file = new MemoryFile();
    const opus = await OpusFile.start(file, { rate, channels: 2 }, 1);
    const samples = stereo(sine(440, rate * 0.4, rate), sine(1250, rate * 0.4, rate));

    for (let at = 0; at < samples.length; at += 700) opus.write(samples.subarray(at, at + 700));
    opus.end();
    opus.close();

    const read = await readOpusFile(file.bytes);
    const [left, right] = read.channels.map((channel) => listen(channel.subarray(4800), 48_000));
    expect(read.channels[0]).toHaveLength(19_200);
    expect(read.isWhole).toBe(true);
    expect([left?.frequency, right?.frequency]).toEqual([440, 1250]);
    expect(left!.share).toBeGreaterThan(0.95);
    expect(right!.share).toBeGreaterThan(0.95);
  });
}

test('an Opus file that is cut off can be played up to its last flush', async () => {
  const file = new MemoryFile();
  const opus = await OpusFile.start(file, { rate: 8000, channels: 1 }, 1);

  opus.write(sine(440, 3200, 8000));
  opus.flush();
  opus.write(sine(440, 1600, 8000));
  opus.close();

  const read = await readOpusFile(file.bytes);
  expect(read.isWhole).toBe(false);
  expect(read.channels[0]!.length).toBe(19_200 - read.preSkip);
  expect(listen(read.channels[0]!.subarray(4800), 48_000)?.frequency).toBe(440);
});
