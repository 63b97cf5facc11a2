import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen } from '@soft-handset/parts/tone';
import { expect, test, vi } from 'vitest';
import { type Call, calledByPhone, engineOfThisTest, waitLimitMs } from './embedded-world.ts';
import { channelsOfWav, readOpusFile } from './recording/read-files.ts';
import { tonePackets } from './recording/tone-packets.ts';
import { folderOfThisTest } from './temp-folder.ts';

const both = { audio: true, peerAudio: true };

/** Each side says its tone, one packet every 20 ms as far as the machine keeps time. */
function talk({ browser, phone }: Call): { stop(): void } {
  const handset = tonePackets(440, 3000);
  const peer = tonePackets(1250, 3000);
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (; sent < (performance.now() - startedAt) / 20 && sent < handset.length; sent += 1) {
      browser.send(handset[sent]!);
      phone.send(peer[sent]!);
    }
  }, 10);
  return { stop: () => clearInterval(timer) };
}

/** Waits until the file has that many bytes. */
async function grows(file: string, bytes: number): Promise<void> {
  await vi.waitFor(() => expect(readFileSync(file).length).toBeGreaterThan(bytes), { timeout: waitLimitMs });
}

test('a call is recorded: the handset on the left, the peer on the right', async () => {
  const folder = folderOfThisTest();
  const engine = await engineOfThisTest({ recordingDir: folder });
  const call = await calledByPhone(engine);
  const talking = talk(call);

  const files = await call.session.record({ ...both, filename: 'talk.wav' });
  await grows(files[0]!, 16_000);
  await call.session.stopRecording(both);
  talking.stop();

  expect(files).toEqual([join(folder, 'talk.wav')]);
  const channels = channelsOfWav(readFileSync(files[0]!));
  const heard = channels.map((channel) => listen(channel.subarray(1600), 8000));
  expect(heard.map((each) => each?.frequency)).toEqual([440, 1250]);
});

test('the end of the call makes the recording whole, and a closed engine waits for that', async () => {
  const engine = await engineOfThisTest({ recordingDir: folderOfThisTest() });
  const call = await calledByPhone(engine);
  const talking = talk(call);
  const [file = ''] = await call.session.record(both);
  await grows(file, 2000);

  call.session.close();
  await engine.close();
  talking.stop();

  const { isWhole, channels } = await readOpusFile(readFileSync(file), 8000);
  expect(isWhole).toBe(true);
  expect(listen(channels[0]!.subarray(1600, 8000), 8000)?.frequency).toBe(440);
});

test('a child that is killed leaves recordings that can be played', async () => {
  const engine = await engineOfThisTest({ recordingDir: folderOfThisTest() });
  const call = await calledByPhone(engine);
  const talking = talk(call);
  const [opus = ''] = await call.session.record({ ...both, filename: 'killed.opus' });
  await call.session.stopRecording(both);
  const [wav = ''] = await call.session.record({ ...both, filename: 'killed.wav' });
  await grows(wav, 32_000);

  process.kill(engine.pid!, 'SIGKILL');
  expect(await call.session.ended).toBe('engine-lost');
  talking.stop();

  const [left, right] = channelsOfWav(readFileSync(wav));
  expect(left!.length).toBeGreaterThanOrEqual(7200);
  expect([left, right].map((each) => listen(each!.subarray(800, 7200), 8000)?.frequency)).toEqual([
    440, 1250,
  ]);
  expect((await readOpusFile(readFileSync(opus), 8000)).isWhole).toBe(true);
});

test('a folder that cannot be written to fails the recording, and the call goes on', async () => {
  const file = join(folderOfThisTest(), 'file');
  writeFileSync(file, '');
  const engine = await engineOfThisTest({ recordingDir: join(file, 'recordings') });
  const { session, browser, phone } = await calledByPhone(engine);

  await expect(session.record(both)).rejects.toMatchObject({ code: 'recording-failed' });

  const [packet] = tonePackets(440, 1);
  browser.send(packet!);
  expect(await phone.hears(1)).toHaveLength(1);
});

test('without a folder recording is unsupported', async () => {
  const engine = await engineOfThisTest();
  const { session } = await calledByPhone(engine);

  await expect(session.record(both)).rejects.toMatchObject({ code: 'unsupported' });
});
