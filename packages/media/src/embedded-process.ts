import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock.ts';
import type { EmbeddedMediaOptions } from './embedded-media.ts';
import { Counters } from './counters.ts';
import type { CallNews, FromChild, Question, Questions, ToChild, Verb } from './embedded-messages.ts';
import { MediaError } from './engine.ts';
import type { MediaLog } from './media-log.ts';

export interface EmbeddedProcessOptions {
  readonly media: EmbeddedMediaOptions;
  readonly clock: Clock;
  readonly log: MediaLog;
  readonly questionTimeoutMs: number;
}

interface Waiting {
  readonly made: (made: Questions[Verb]['gets']) => void;
  readonly failed: (error: MediaError) => void;
}

/**
 * All that the child throws away are packets, at once. With the 16 MB that Node would let pile up, each call seems to cost a
 * third more memory; the time it takes is the same.
 */
const nodeOptions = ['--max-semi-space-size=1'];
const exitLimitMs = 2000;
/** A child that dies sooner than that is not started again at once. */
const soundLifeMs = 5000;
const firstRetryMs = 250;
const longestRetryMs = 10_000;

/**
 * The child process, which is started again whenever it dies.
 *
 *   starting ──up──▶ up ──died──▶ waiting ──at once, or later each time──▶ starting
 */
export class EmbeddedProcess {
  readonly #options: EmbeddedProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** Of children that are no more. */
  readonly #counted = new Counters();
  #counts: Readonly<Record<string, number>> = {};
  #child: ChildProcess | undefined;
  #isUp = false;
  #startedAtMs = 0;
  #failures = 0;
  #lastQuestion = 0;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #cancelRetry: () => void = () => undefined;
  /** Resolves when the first child is up. Rejects with `engine-down` when it ended before that. */
  readonly started: Promise<void>;
  #hasStarted: () => void = () => undefined;
  #hasNotStarted: (error: MediaError) => void = () => undefined;
  onNews?: (news: CallNews) => void;
  onUpChange?: (isUp: boolean) => void;

  constructor(options: EmbeddedProcessOptions) {
    this.#options = options;
    this.started = new Promise((resolve, reject) => {
      this.#hasStarted = resolve;
      this.#hasNotStarted = reject;
    });
    // Who does not ask is not told.
    this.started.catch(() => undefined);
    this.#start();
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isClosed;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What all children have counted. */
  counters(): Readonly<Record<string, number>> {
    const all = new Counters();
    all.addAll(this.#counted.read());
    all.addAll(this.#counts);
    return all.read();
  }

  /** What the child answers of a call. @throws MediaError `engine-down`, `timeout`, and the child's own */
  ask<V extends Verb>(verb: V, call: number, asks: Questions[V]['asks']): Promise<Questions[V]['gets']> {
    const { clock, questionTimeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      if (!this.isUp) {
        reject(gone());
        return;
      }
      const question = (this.#lastQuestion += 1);
      const cancel = clock.setTimeout(() => {
        this.#waiting.delete(question);
        reject(new MediaError('timeout', `The engine did not answer within ${questionTimeoutMs} ms`));
      }, questionTimeoutMs);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          this.#waiting.delete(question);
          cancel();
          settle(value);
        };
      this.#waiting.set(question, { made: settled(resolve), failed: settled(reject) });
      // A verb with its own asks, which the compiler does not see in a union of all.
      this.#send({ ...asks, do: verb, call, question } as Question);
    });
  }

  tell(what: Exclude<ToChild, Question>): void {
    if (this.isUp) this.#send(what);
  }

  /** May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  #start(): void {
    const { clock, media } = this.#options;
    const child = fork(childFile(), { execArgv: nodeOptions, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child = child;
    this.#startedAtMs = clock.now();
    child.on('message', (message) => this.#hear(message as FromChild));
    child.once('error', () => this.#died(child, 'it could not be started'));
    child.once('exit', (code, signal) => this.#died(child, signal ?? `exit code ${code}`));
    this.#send({ do: 'start', options: media });
  }

  #send(message: ToChild): void {
    // A channel that is broken is told by the child's exit.
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  #hear(message: FromChild): void {
    switch (message.says) {
      case 'up':
        this.#isUp = true;
        this.#hasStarted();
        this.#options.log.info('engine up', { pid: this.pid });
        return this.onUpChange?.(true);
      case 'made':
        return this.#waiting.get(message.question)?.made(message.made);
      case 'refused':
        return this.#waiting.get(message.question)?.failed(new MediaError(message.code, message.message));
      case 'counted':
        this.#counts = message.counts;
        return;
      case 'odd':
        return this.#options.log.warn('media refused', { what: message.oddity, call: message.call });
      case 'webrtcUp':
      case 'media':
      case 'slowLink':
      case 'silence':
      case 'recordingFailed':
      case 'ended':
        return this.onNews?.(message);
    }
  }

  #died(child: ChildProcess, why: string): void {
    if (child !== this.#child) return;
    const { clock, log } = this.#options;
    const wasUp = this.#isUp;
    this.#child = undefined;
    this.#isUp = false;
    this.#counted.addAll(this.#counts);
    this.#counts = {};
    this.#hasNotStarted(new MediaError('engine-down', `The media engine ended at its start: ${why}`));
    for (const { failed } of [...this.#waiting.values()]) failed(gone());
    if (!this.#isClosed) {
      log.warn('engine down', { why });
      this.#counted.add('processesLost');
      this.#failures = clock.now() - this.#startedAtMs < soundLifeMs ? this.#failures + 1 : 0;
      const delayMs =
        this.#failures <= 1 ? 0 : Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#failures - 2));
      this.#cancelRetry = clock.setTimeout(() => this.#start(), delayMs);
    }
    if (wasUp) this.onUpChange?.(false);
  }

  async #end(): Promise<void> {
    this.#isClosed = true;
    this.#cancelRetry();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const cancel = this.#options.clock.setTimeout(() => child.kill('SIGKILL'), exitLimitMs);
    child.disconnect();
    await exited;
    cancel();
  }
}

/** Node runs the built child only, also when the engine itself is run from its source, as tests do. */
function childFile(): string {
  const file = import.meta.url.endsWith('.ts') ? '../dist/embedded-child.js' : './embedded-child.js';
  return fileURLToPath(new URL(file, import.meta.url));
}

function gone(): MediaError {
  return new MediaError('engine-down', 'The media engine is not there');
}
