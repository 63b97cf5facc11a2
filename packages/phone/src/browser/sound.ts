/*
 * Sounds the page makes by itself: key tones and the test sound. Ring and ringback belong to the SDK.
 */

/** ITU-T Q.23: each key is one low and one high tone. */
const rows = [697, 770, 852, 941];
const columns = [1209, 1336, 1477, 1633];
const keys = ['123A', '456B', '789C', '*0#D'];

export const keyToneMs = 160;

/** A browser lets a page sound only after a gesture; `unlock` belongs into its handler. */
export class PageSound {
  #context: AudioContext | undefined;

  /** True once sound may be heard. */
  async unlock(): Promise<boolean> {
    this.#context ??= new AudioContext();
    if (this.#context.state === 'suspended') await settled(this.#context.resume(), 1000);
    return this.isUnlocked;
  }

  get isUnlocked(): boolean {
    return this.#context?.state === 'running';
  }

  keyTone(key: string): void {
    const row = keys.findIndex((line) => line.includes(key));
    const column = keys[row]?.indexOf(key) ?? -1;
    if (row < 0 || column < 0) return;
    this.#play([rows[row] ?? 0, columns[column] ?? 0], 0, keyToneMs / 1000, 0.06);
  }

  /** Three rising notes. With `deviceId` on that speaker, where the browser can choose. */
  async testSound(deviceId: string): Promise<void> {
    await this.unlock();
    const context = this.#context as
      (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | undefined;
    await context?.setSinkId?.(deviceId === 'default' ? '' : deviceId);
    [523, 659, 784].forEach((note, i) => this.#play([note], i * 0.28, 0.26, 0.2));
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }

  #play(frequencies: number[], delay: number, seconds: number, loudness: number): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    const begin = context.currentTime + delay;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(loudness, begin + 0.01);
    gain.gain.setValueAtTime(loudness, begin + seconds - 0.02);
    gain.gain.linearRampToValueAtTime(0, begin + seconds);
    gain.connect(context.destination);
    for (const frequency of frequencies) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(gain);
      oscillator.start(begin);
      oscillator.stop(begin + seconds);
    }
  }
}

/** Without a gesture `resume` waits for ever in some browsers. */
async function settled(promise: Promise<void>, limitMs: number): Promise<void> {
  await Promise.race([promise, new Promise<void>((done) => setTimeout(done, limitMs))]);
}
