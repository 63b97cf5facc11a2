import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen, readWav } from '@soft-handset/parts/tone';
import { expect, test } from 'vitest';
import { PacketBlock } from '../../src/recording/packet-block.ts';
import { createRecordingFile } from '../../src/recording/recording-file.ts';
import { type FromRecordings, Recordings, type StartRecording } from '../../src/recording/recordings.ts';
import { folderOfThisTest } from '../temp-folder.ts';
import { MemoryFile } from './memory-file.ts';
import { channelsOfWav, readOpusFile } from './read-files.ts';
import { tonePackets } from './tone-packets.ts';

/** Recordings whose clock begins at 5 s. */
function recordings(createFile = createRecordingFile) {
  const said: FromRecordings[] = [];
  const all = new Recordings((message) => said.push(message), createFile);
  const start = (what: Pick<StartRecording, 'path'> & Partial<StartRecording>, recording = 1) =>
    all.hear({
      do: 'start',
      recording,
      what: { format: 'wav', rate: 8000, sides: ['handset', 'peer'], nowMs: 5000, ...what },
    });
  /** Both sides say their tone for that long, and it is told a second at a time. */
  const talk = async (seconds: number, recording = 1) => {
    const handset = tonePackets(440, 50 * seconds);
    const peer = tonePackets(1250, 50 * seconds);
    for (let second = 0; second < seconds; second += 1) {
      const block = new PacketBlock();
      for (let packet = 50 * second; packet < 50 * (second + 1); packet += 1) {
        block.add('handset', 'pcmu', handset[packet]!, 5000 + 20 * packet);
        block.add('peer', 'pcmu', peer[packet]!, 5005 + 20 * packet);
      }
      await all.hear({ do: 'hear', recording, block: block.take(), nowMs: 6000 + 1000 * second });
    }
  };
  const stop = (nowMs: number, recording = 1) => all.hear({ do: 'stop', recording, nowMs });
  return { said, start, talk, stop };
}

test('a WAV file has the handset on the left and the peer on the right, and the length of the talk', async () => {
  const path = join(folderOfThisTest(), 'talk.wav');
  const { said, start, talk, stop } = recordings();

  await start({ path });
  await talk(3);
  await stop(8000);

  const channels = channelsOfWav(readFileSync(path));
  expect(said.map(({ says }) => says)).toEqual(['started', 'heard', 'heard', 'heard', 'stopped']);
  expect(channels.map((channel) => channel.length)).toEqual([24_000, 24_000]);
  expect(channels.map((channel) => listen(channel, 8000)?.frequency)).toEqual([440, 1250]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('an Opus file has the same', async () => {
  const path = join(folderOfThisTest(), 'talk.opus');
  const { start, talk, stop } = recordings();

  await start({ path, format: 'opus' });
  await talk(1);
  await stop(6000);

  const { channels, isWhole } = await readOpusFile(readFileSync(path));
  expect(isWhole).toBe(true);
  expect(channels.map((channel) => channel.length)).toEqual([48_000, 48_000]);
  const heard = channels.map((channel) => listen(channel.subarray(9600, 24_000), 48_000));
  expect(heard.map((each) => each?.frequency)).toEqual([440, 1250]);
});

test('one side alone is a mono file', async () => {
  const path = join(folderOfThisTest(), 'peer.wav');
  const { start, talk, stop } = recordings();

  await start({ path, sides: ['peer'] });
  await talk(1);
  await stop(6000);

  const { samples } = readWav(readFileSync(path));
  expect(readFileSync(path).readUInt16LE(22)).toBe(1);
  expect(listen(samples, 8000)?.frequency).toBe(1250);
});

for (const format of ['wav', 'opus'] as const) {
  test(`a ${format} file can be played when nobody ends it, up to three seconds before`, async () => {
    const path = join(folderOfThisTest(), 'killed');
    const { start, talk } = recordings();

    await start({ path, format });
    await talk(5);

    const file = readFileSync(path);
    const [left, right] = format === 'wav' ? channelsOfWav(file) : (await readOpusFile(file, 8000)).channels;
    expect(left!.length).toBeGreaterThanOrEqual(8000 * 2);
    expect(listen(left!.subarray(1600, 4000), 8000)?.frequency).toBe(440);
    expect(listen(right!.subarray(1600, 4000), 8000)?.frequency).toBe(1250);
  });
}

test('a file that is there is not touched, and the recording fails', async () => {
  const path = join(folderOfThisTest(), 'taken.wav');
  writeFileSync(path, 'a will');
  const { said, start } = recordings();

  await start({ path });

  expect(said).toEqual([{ says: 'failed', recording: 1, reason: 'there is a file of that name' }]);
  expect(readFileSync(path, 'utf8')).toBe('a will');
});

test('a folder that cannot be made fails the recording, and no other one', async () => {
  const folder = folderOfThisTest();
  writeFileSync(join(folder, 'file'), '');
  const { said, start, talk, stop } = recordings();

  await start({ path: join(folder, 'good.wav') }, 1);
  await start({ path: join(folder, 'file', 'bad.wav') }, 2);
  await talk(1, 1);
  await stop(6000, 1);

  expect(said).toContainEqual({
    says: 'failed',
    recording: 2,
    reason: 'the folder for recordings cannot be made or written to',
  });
  expect(readdirSync(folder).sort()).toEqual(['file', 'good.wav']);
  expect(channelsOfWav(readFileSync(join(folder, 'good.wav')))[0]).toHaveLength(8000);
});

for (const format of ['wav', 'opus'] as const) {
  test(`a disk that fills up ends a ${format} recording once, and what is there can be played`, async () => {
    const file = new MemoryFile(format === 'wav' ? 80_000 : 8000);
    const { said, start, talk } = recordings(() => file);

    await start({ path: '/full', format });
    await talk(6);

    expect(said.filter(({ says }) => says === 'failed')).toEqual([
      { says: 'failed', recording: 1, reason: 'the disk is full' },
    ]);
    expect(file.isClosed).toBe(true);
    const [left] =
      format === 'wav' ? channelsOfWav(file.bytes) : (await readOpusFile(file.bytes, 8000)).channels;
    expect(listen(left!.subarray(1600, 4000), 8000)?.frequency).toBe(440);
  });
}

test('a stop of what is not there is nothing', async () => {
  const { said, stop } = recordings();

  await stop(5000, 9);

  expect(said).toEqual([]);
});
