import { KitStream, KitTrack } from './kit-media.ts';
import { KitTarget } from './kit-target.ts';

/** Nodes of Web Audio as far as a phone uses them: they are wired and do nothing. */
class KitNode {
  readonly gain = { value: 1 };
  readonly stream: KitStream | undefined;
  fftSize = 2048;
  loop = false;
  smoothingTimeConstant = 0.8;
  readonly frequencyBinCount = 1024;

  constructor(stream?: KitStream) {
    this.stream = stream;
  }

  connect(node: unknown): unknown {
    return node;
  }

  disconnect(): void {
    // Nothing was wired.
  }

  start(): void {
    // Nothing sounds.
  }

  stop(): void {
    // Nothing sounded.
  }

  /** Silence. */
  getFloatTimeDomainData(into: Float32Array): void {
    into.fill(0);
  }
}

export class KitAudioContext extends KitTarget {
  state: 'suspended' | 'running' | 'closed' = 'running';
  readonly sampleRate = 48_000;
  readonly destination = new KitNode();
  readonly currentTime = 0;

  createBuffer(_channels: number, length: number, rate: number) {
    return { duration: length / rate, getChannelData: () => new Float32Array(length) };
  }

  createMediaStreamSource(stream: KitStream): KitNode {
    return new KitNode(stream);
  }

  createMediaStreamDestination(): KitNode {
    return new KitNode(new KitStream([new KitTrack('audio', 'mixed', 'mixed')]));
  }

  createAnalyser(): KitNode {
    return new KitNode();
  }

  createGain(): KitNode {
    return new KitNode();
  }

  createBufferSource(): KitNode {
    return new KitNode();
  }

  resume(): Promise<void> {
    this.state = 'running';
    return Promise.resolve();
  }

  suspend(): Promise<void> {
    this.state = 'suspended';
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
}

export class KitBufferSource extends KitNode {}

/** What elements do that play a stream; DOM libraries for tests have no sound. */
export const mediaElement: PropertyDescriptorMap = {
  play: { value: () => Promise.resolve(), configurable: true, writable: true },
  pause: { value: () => undefined, configurable: true, writable: true },
  setSinkId: { value: () => Promise.resolve(), configurable: true, writable: true },
  srcObject: { value: null, configurable: true, writable: true },
};
