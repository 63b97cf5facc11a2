import { expect, test } from 'vitest';
import { Recorder, type RecorderThread } from '../../src/recording/recorder.ts';
import type { ToRecordings } from '../../src/recording/recordings.ts';

/** A thread that does what it is told to, when it is told. */
class FakeThread implements RecorderThread {
  readonly heard: ToRecordings[] = [];
  isEnded = false;
  answers = true;
  onMessage?: RecorderThread['onMessage'] & {};
  onDeath?: RecorderThread['onDeath'] & {};

  post(message: ToRecordings): void {
    this.heard.push(message);
    const says = ({ start: 'started', hear: 'heard', stop: 'stopped' } as const)[message.do];
    if (this.answers) queueMicrotask(() => this.onMessage?.({ says, recording: message.recording }));
  }

  end(): Promise<void> {
    this.isEnded = true;
    return Promise.resolve();
  }
}

const what = {
  path: '/talk.wav',
  format: 'wav',
  rate: 8000,
  sides: ['handset', 'peer'],
} as const;

function recorderWithThreads() {
  const threads: FakeThread[] = [];
  const recorder = new Recorder({
    nowMs: () => 100,
    startThread: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
  });
  return { recorder, threads };
}

test('packets go to the thread in blocks, and stop waits for the file', async () => {
  const { recorder, threads } = recorderWithThreads();
  const recording = await recorder.start(what);

  recording.hear('handset', 'pcmu', Buffer.alloc(172));
  recording.hear('peer', 'pcmu', Buffer.alloc(172));
  recorder.flush();
  await recording.stop();
  await recording.stop();
  recorder.flush();

  const [thread] = threads;
  expect(threads).toHaveLength(1);
  expect(thread!.heard.map((message) => message.do)).toEqual(['start', 'hear', 'hear', 'stop']);
  expect(thread!.heard[1]).toMatchObject({ nowMs: 100, block: { byteLength: 2 * (12 + 172) } });
  expect(recorder.count).toBe(0);
});

test('a recording that cannot be started says why', async () => {
  const { recorder, threads } = recorderWithThreads();
  await (await recorder.start(what)).stop();
  threads[0]!.answers = false;

  const starting = recorder.start(what);
  threads[0]!.onMessage!({ says: 'failed', recording: 2, reason: 'the disk is full' });

  await expect(starting).rejects.toMatchObject({
    code: 'recording-failed',
    message: 'Recording failed: the disk is full',
  });
  expect(recorder.count).toBe(0);
});

test('a recording that fails in the middle says so once, and its stop says it again', async () => {
  const { recorder, threads } = recorderWithThreads();
  const recording = await recorder.start(what);
  const failures: string[] = [];
  recording.onFailed = (reason) => failures.push(reason);

  threads[0]!.onMessage!({ says: 'failed', recording: 1, reason: 'the disk is full' });
  recorder.flush();

  await expect(recording.stop()).rejects.toMatchObject({ code: 'recording-failed' });
  expect(failures).toEqual(['the disk is full']);
  expect(recorder.count).toBe(0);
});

test('a thread that does not keep up loses the recording, not the memory', async () => {
  const { recorder, threads } = recorderWithThreads();
  const recording = await recorder.start(what);
  const failures: string[] = [];
  recording.onFailed = (reason) => failures.push(reason);
  threads[0]!.answers = false;

  for (let round = 0; round < 60; round += 1) recorder.flush();

  expect(failures).toEqual(['the machine cannot keep up']);
  expect(threads[0]!.heard.filter((message) => message.do === 'hear')).toHaveLength(40);
});

test('a thread that dies fails its recordings, and the next one has a new thread', async () => {
  const { recorder, threads } = recorderWithThreads();
  const recording = await recorder.start(what);
  threads[0]!.answers = false;
  const starting = recorder.start(what);
  const failures: string[] = [];
  recording.onFailed = (reason) => failures.push(reason);

  threads[0]!.onDeath!('out of memory');
  await expect(starting).rejects.toMatchObject({ code: 'recording-failed' });
  const again = await recorder.start(what);
  await recorder.close();
  await recorder.close();

  expect(failures).toEqual(['out of memory']);
  expect(again.path).toBe('/talk.wav');
  expect(threads.map((thread) => thread.isEnded)).toEqual([false, true]);
  expect(recorder.count).toBe(0);
});
