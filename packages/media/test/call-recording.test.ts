import { expect, test } from 'vitest';
import { EmbeddedRecording, type EmbeddedWish, type RecordedLine } from '../src/embedded-recording.ts';
import { recordingFailed } from '../src/media-recording.ts';
import type { Recorder, RunningRecording } from '../src/recording/recorder.ts';
import { rtp } from './rtp-packets.ts';

type Start = Parameters<Recorder['start']>[0];

const codec = (payload: number, name: string) => [payload, { payload, name, rate: 8000 }] as const;
const pcmu = new Map([codec(0, 'PCMU'), codec(101, 'telephone-event')]);

/** A call whose recorder writes down what it is told. */
function recordedCall({ audio = pcmu, video }: { audio?: RecordedLine['codecs']; video?: boolean } = {}) {
  const said: string[] = [];
  const started: Start[] = [];
  const failures: string[] = [];
  const line = { codecs: audio, tap: undefined } as { -readonly [K in keyof RecordedLine]: RecordedLine[K] };
  let running: RunningRecording | undefined;
  const recorder = {
    start: (what: Start) => {
      started.push(what);
      running = {
        path: what.path,
        hear: (side, name, packet) => said.push(`${side} ${name} ${Buffer.from(packet).readUInt16BE(2)}`),
        stop: async () => void said.push('stop'),
      };
      return Promise.resolve(running);
    },
  };
  const lines = { agreed: (kind: string) => (kind === 'audio' || video ? line : undefined) };
  const recording = new EmbeddedRecording(recorder, lines, ({ reason }) => failures.push(reason));
  return { recording, line, said, started, failures, running: () => running! };
}

const wish: EmbeddedWish = { path: '/talk.wav', format: 'wav', sides: ['handset', 'peer'], video: false };

test('a side that is stopped is silent, and the last one ends the file', async () => {
  const { recording, line, said } = recordedCall();
  await recording.start(wish);

  line.tap!('handset', rtp({ sequence: 1 }));
  await recording.stop(['handset']);
  line.tap!('handset', rtp({ sequence: 2 }));
  line.tap!('peer', rtp({ sequence: 3 }));
  await recording.stop(['peer']);

  expect(said).toEqual(['handset pcmu 1', 'peer pcmu 3', 'stop']);
  expect(line.tap).toBeUndefined();
});

test('tones and comfort noise are no sound, and a codec that the call changes to is', async () => {
  const { recording, line, said } = recordedCall();
  await recording.start(wish);

  line.tap!('peer', rtp({ payload: 101, sequence: 1 }));
  line.tap!('peer', rtp({ payload: 13, sequence: 2 }));
  line.codecs = new Map([codec(9, 'G722'), codec(96, 'OPUS')]);
  line.tap!('peer', rtp({ payload: 0, sequence: 3 }));
  line.tap!('peer', rtp({ payload: 9, sequence: 4 }));
  line.tap!('peer', rtp({ payload: 96, sequence: 5 }));

  expect(said).toEqual(['peer g722 4', 'peer opus 5']);
});

for (const [names, rate] of [
  [['PCMA', 'telephone-event'], 8000],
  [['PCMU', 'G722'], 16_000],
  [['PCMU', 'opus'], 48_000],
] as const) {
  test(`a call with ${names.join(' and ')} is recorded at ${rate} Hz`, async () => {
    const audio = new Map(names.map((name, index) => codec(index, name)));
    const { recording, started } = recordedCall({ audio });

    expect(await recording.start(wish)).toEqual(['/talk.wav']);

    expect(started).toEqual([{ path: '/talk.wav', format: 'wav', rate, sides: ['handset', 'peer'] }]);
  });
}

test('a codec that cannot be decoded and pictures are unsupported', async () => {
  const other = recordedCall({ audio: new Map([codec(18, 'G729')]) });
  const { recording } = recordedCall({ video: true });

  await expect(other.recording.start(wish)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(recording.start({ ...wish, video: true })).rejects.toMatchObject({ code: 'unsupported' });
});

test('a recording that could not be started or has failed can be tried again', async () => {
  const { recording, line, failures, running } = recordedCall();
  await recording.start(wish);

  running().onFailed!('the disk is full');
  const again = await recording.start(wish);

  expect(again).toEqual(['/talk.wav']);
  expect(failures).toEqual(['the disk is full']);
  expect(line.tap).toBeDefined();
});

test('a call that ends while its recording is being started leaves none', async () => {
  const { recording, line, said } = recordedCall();

  const starting = recording.start(wish);
  recording.close();
  await starting;

  expect(said).toEqual(['stop']);
  expect(line.tap).toBeUndefined();
});

test('a start that fails is told to who asked, and the next one may do better', async () => {
  let isFull = true;
  const line: RecordedLine = { codecs: pcmu, tap: undefined };
  const recorder = {
    start: ({ path }: Start) =>
      isFull
        ? Promise.reject(recordingFailed('the disk is full'))
        : Promise.resolve({ path, hear: () => undefined, stop: () => Promise.resolve() }),
  };
  const recording = new EmbeddedRecording(recorder, { agreed: () => line }, () => undefined);

  await expect(recording.start(wish)).rejects.toMatchObject({ code: 'recording-failed' });
  isFull = false;

  expect(await recording.start(wish)).toEqual(['/talk.wav']);
});
