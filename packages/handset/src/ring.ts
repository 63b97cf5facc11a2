import { onNextGesture } from './gesture.ts';
import { ringbackTone, ringTone, toneSamples, toneSampleRate, waitingTone, type Tone } from './tones.ts';

export interface RingOptions {
  /** A ring tone of the page's own; false: silent. */
  readonly ringFile: string | false | undefined;
  /** The browser plays nothing yet. */
  readonly blocked: () => void;
  /** A context that was closed meanwhile, and the like. */
  readonly failed: (error: unknown) => void;
}

/** A context that may sound does so within this time; without a gesture its promise would wait for one. */
const soundLimitMs = 500;

/** What the user hears before there is a call: the ring, and the ringback of the far end. Tones are made here. */
export class Ring {
  readonly #options: RingOptions;
  #context: AudioContext | undefined;
  #source: AudioBufferSourceNode | undefined;
  #file: HTMLAudioElement | undefined;
  #callOff: (() => void) | undefined;
  #soundTimer: ReturnType<typeof setTimeout> | undefined;
  #hasToldBlocked = false;
  #device = '';
  #isClosed = false;

  constructor(options: RingOptions) {
    this.#options = options;
    this.#callOff = onNextGesture(() => this.#unlock());
  }

  /** A call comes in. */
  startRing(): void {
    this.stop();
    const { ringFile } = this.#options;
    if (ringFile === false || this.#isClosed) return;
    if (ringFile === undefined || ringFile === '') this.#playTone(ringTone);
    else this.#playFile(ringFile);
  }

  /** It rings at the far end, and no early media tells it. */
  startRingback(): void {
    this.stop();
    if (!this.#isClosed) this.#playTone(ringbackTone);
  }

  /** A call comes in while the user talks. */
  startWaiting(): void {
    this.stop();
    if (!this.#isClosed && this.#options.ringFile !== false) this.#playTone(waitingTone);
  }

  /** Where it rings, where browsers let a page choose; empty: where the system says. */
  async setDevice(deviceId: string): Promise<void> {
    this.#device = deviceId;
    await Promise.all([
      this.#file && setSink(this.#file, deviceId),
      this.#context && setSink(this.#context, deviceId),
    ]);
  }

  stop(): void {
    clearTimeout(this.#soundTimer);
    this.#source?.stop();
    this.#source?.disconnect();
    this.#source = undefined;
    this.#file?.pause();
    this.#file?.removeAttribute('src');
    this.#file = undefined;
    this.#rest();
  }

  close(): void {
    this.#isClosed = true;
    this.stop();
    this.#callOff?.();
    this.#callOff = undefined;
    const context = this.#context;
    this.#context = undefined;
    context?.close().catch((error: unknown) => this.#options.failed(error));
  }

  #playTone(tone: Tone): void {
    const context = this.#openContext();
    if (context === undefined) return;
    const samples = toneSamples(tone);
    const buffer = context.createBuffer(1, samples.length, toneSampleRate);
    buffer.getChannelData(0).set(samples);
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(context.destination);
    source.start();
    this.#source = source;
    this.#wake(context);
    this.#soundTimer = setTimeout(() => {
      if (context.state !== 'running') this.#blocked(() => this.#wake(context));
    }, soundLimitMs);
  }

  #wake(context: AudioContext): void {
    context.resume().catch((error: unknown) => this.#options.failed(error));
  }

  #playFile(url: string): void {
    const file = new Audio(url);
    file.loop = true;
    this.#file = file;
    this.#route(file);
    file.play().catch((error: unknown) => {
      if (this.#file !== file) return;
      if (error instanceof Error && error.name === 'NotAllowedError')
        this.#blocked(() => this.#file === file && this.#playFile(url));
      else this.#playTone(ringTone);
    });
  }

  #blocked(retry: () => void): void {
    this.#callOff?.();
    this.#callOff = onNextGesture(retry);
    if (this.#hasToldBlocked) return;
    this.#hasToldBlocked = true;
    this.#options.blocked();
  }

  /** A context that a gesture has started may be started again without one. */
  #unlock(): void {
    const context = this.#openContext();
    if (context === undefined) return;
    this.#wake(context);
    this.#rest();
  }

  /** A context that runs for nothing keeps the device's sound awake. */
  #rest(): void {
    if (this.#source !== undefined) return;
    this.#context?.suspend().catch((error: unknown) => this.#options.failed(error));
  }

  #openContext(): AudioContext | undefined {
    if (this.#isClosed || typeof AudioContext === 'undefined') return undefined;
    if (this.#context !== undefined) return this.#context;
    this.#context = new AudioContext();
    this.#route(this.#context);
    return this.#context;
  }

  /** A device that is gone must not keep it silent: it rings where the system says. */
  #route(output: HTMLMediaElement | AudioContext): void {
    if (this.#device !== '') setSink(output, this.#device).catch(this.#options.failed);
  }
}

/** Not every browser has it, and TypeScript knows it of elements only. */
async function setSink(output: HTMLMediaElement | AudioContext, id: string): Promise<void> {
  const { setSinkId } = output as { setSinkId?: (id: string) => Promise<void> };
  await setSinkId?.call(output, id);
}
