import { Worker } from 'node:worker_threads';
import type { MediaError } from '../engine.ts';
import { recordingFailed } from '../media-recording.ts';
import { PacketBlock } from './packet-block.ts';
import type { Side } from './recording.ts';
import type { FromRecordings, StartRecording, ToRecordings } from './recordings.ts';
import type { RecordedCodec } from './sound-decoder.ts';

/** What the recorder needs of a thread; tests have their own. */
export interface RecorderThread {
  post(message: ToRecordings, transfer?: readonly ArrayBuffer[]): void;
  onMessage?: (message: FromRecordings) => void;
  /** Called once, if it dies by itself. */
  onDeath?: (reason: string) => void;
  end(): Promise<void>;
}

export interface RecorderOptions {
  readonly startThread: () => RecorderThread;
  readonly nowMs: () => number;
}

/** One recording that runs. */
export interface RunningRecording {
  readonly path: string;
  /** Takes a copy. */
  hear(side: Side, codec: RecordedCodec, rtp: Uint8Array): void;
  /** Resolves when the file is whole. May be called twice. @throws MediaError `recording-failed` */
  stop(): Promise<void>;
  /** Called once, if it ends by itself. */
  onFailed?: (reason: string) => void;
}

/** Blocks that the thread has not worked off: ten seconds. */
const mostBehind = 40;
export const blockMs = 250;

/** All recordings, with the thread that does their work; it is started with the first one. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #running = new Map<number, Running>();
  #thread: RecorderThread | undefined;
  #last = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#running.size;
  }

  /** @throws MediaError `recording-failed` */
  async start(what: Omit<StartRecording, 'nowMs'>): Promise<RunningRecording> {
    const { nowMs } = this.#options;
    const id = (this.#last += 1);
    const thread = this.#livingThread();
    const recording = new Running(what.path, {
      nowMs,
      post: (message, transfer) => thread.post({ ...message, recording: id }, transfer),
      forget: () => this.#running.delete(id),
    });
    this.#running.set(id, recording);
    thread.post({ do: 'start', recording: id, what: { ...what, nowMs: nowMs() } });
    await recording.started;
    return recording;
  }

  /** Hands over what was heard; to be called every {@link blockMs}. */
  flush(): void {
    for (const recording of this.#running.values()) recording.flush();
  }

  /** Ends all recordings and the thread. May be called twice. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map((recording) => recording.stop()));
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.end();
  }

  #livingThread(): RecorderThread {
    if (this.#thread) return this.#thread;
    const thread = this.#options.startThread();
    thread.onMessage = (message) => this.#running.get(message.recording)?.told(message);
    thread.onDeath = (reason) => {
      this.#thread = undefined;
      for (const recording of [...this.#running.values()]) recording.fail(reason);
    };
    this.#thread = thread;
    return thread;
  }
}

interface RunningOptions {
  readonly nowMs: () => number;
  readonly post: (
    message: { do: 'hear'; block: Uint8Array; nowMs: number } | { do: 'stop'; nowMs: number },
    transfer?: readonly ArrayBuffer[],
  ) => void;
  readonly forget: () => void;
}

/** starting ──started──▶ running ──stop──▶ stopping ──▶ over; each of them ──failed──▶ over */
class Running implements RunningRecording {
  readonly path: string;
  readonly started: Promise<void>;
  readonly #options: RunningOptions;
  readonly #block = new PacketBlock();
  readonly #over: Promise<string | undefined>;
  #settleStart: { made: () => void; failed: (error: MediaError) => void } | undefined;
  #end: (reason: string | undefined) => void = () => undefined;
  #isStopping = false;
  #behind = 0;
  onFailed?: (reason: string) => void;

  constructor(path: string, options: RunningOptions) {
    this.path = path;
    this.#options = options;
    this.#over = new Promise((end) => (this.#end = end));
    this.started = new Promise((made, failed) => (this.#settleStart = { made, failed }));
  }

  hear(side: Side, codec: RecordedCodec, rtp: Uint8Array): void {
    if (!this.#isStopping) this.#block.add(side, codec, rtp, this.#options.nowMs());
  }

  flush(): void {
    if (this.#isStopping || this.#settleStart) return;
    if (this.#behind >= mostBehind) {
      this.fail('the machine cannot keep up');
      return;
    }
    const block = this.#block.take();
    this.#behind += 1;
    this.#options.post({ do: 'hear', block, nowMs: this.#options.nowMs() }, [block.buffer]);
  }

  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.flush();
      this.#isStopping = true;
      this.#options.post({ do: 'stop', nowMs: this.#options.nowMs() });
    }
    const reason = await this.#over;
    if (reason !== undefined) throw recordingFailed(reason);
  }

  told({ says, reason = 'for no reason' }: FromRecordings): void {
    switch (says) {
      case 'started':
        this.#settleStart?.made();
        this.#settleStart = undefined;
        return;
      case 'heard':
        this.#behind -= 1;
        return;
      case 'stopped':
        this.#options.forget();
        return this.#end(undefined);
      case 'failed':
        return this.fail(reason);
    }
  }

  fail(reason: string): void {
    const wasRunning = !this.#settleStart && !this.#isStopping;
    // What the thread still has of it is of no use.
    if (wasRunning) this.#options.post({ do: 'stop', nowMs: this.#options.nowMs() });
    this.#isStopping = true;
    this.#options.forget();
    this.#settleStart?.failed(recordingFailed(reason));
    this.#settleStart = undefined;
    this.#end(reason);
    if (wasRunning) this.onFailed?.(reason);
  }
}

/** A thread of Node's. Its own errors are told as its death. */
export function startRecorderThread(): RecorderThread {
  const worker = new Worker(new URL('./recording-thread.js', import.meta.url));
  // It must not keep the process when its calls are over.
  worker.unref();
  let isEnding = false;
  const thread: RecorderThread = {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    end: async () => {
      isEnding = true;
      await worker.terminate();
    },
  };
  const died = (reason: string): void => {
    if (!isEnding) thread.onDeath?.(reason);
    isEnding = true;
  };
  worker.on('message', (message: FromRecordings) => thread.onMessage?.(message));
  worker.on('error', (error) => died(error.message));
  worker.on('exit', () => died('the recording thread ended'));
  return thread;
}
