import { pcmOfALaw, pcmOfMuLaw } from '@soft-handset/media/g711';
import { FrameQueue } from './frame-queue.ts';
import type { Listener, SoundSource } from './sound-service.ts';
import { encodedIn, joined, left } from './sounds.ts';
import type { Ticker } from './ticker.ts';

interface Member {
  readonly listener: Listener;
  readonly queue: FrameQueue;
}

const frameSamples = 160;
const mostAnnouncedFrames = 26;

/** A room: everybody hears all others and not himself. Who joins and who leaves is heard as two tones. */
export class Conference implements SoundSource {
  readonly limit: number;
  readonly #ticker: Ticker;
  readonly #members = new Set<Member>();
  /** Frames of ours that all hear. */
  readonly #announced: Int16Array[] = [];
  #stop: (() => void) | undefined;

  constructor(ticker: Ticker, limit = 8) {
    this.#ticker = ticker;
    this.limit = limit;
  }

  get size(): number {
    return this.#members.size;
  }

  join(listener: Listener): () => void {
    const member: Member = { listener, queue: new FrameQueue() };
    const pcmOf = listener.law === 'PCMU' ? pcmOfMuLaw : pcmOfALaw;
    listener.onFrame = (payload, sequence) => member.queue.put(pcmOf(payload), sequence);
    this.#members.add(member);
    this.#announce(joined());
    this.#stop ??= this.#ticker.add(() => this.#mix());
    return () => {
      if (!this.#members.delete(member)) return;
      this.#announce(left());
      if (this.#members.size > 0) return;
      this.#announced.length = 0;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #announce(samples: Int16Array): void {
    // Of many at once two are heard.
    if (this.#announced.length >= mostAnnouncedFrames) return;
    for (let at = 0; at < samples.length; at += frameSamples)
      this.#announced.push(samples.subarray(at, at + frameSamples));
  }

  #mix(): void {
    const sum = new Int32Array(frameSamples);
    add(sum, this.#announced.shift());
    const spoken = [...this.#members].map((member) => {
      const frame = member.queue.take();
      add(sum, frame);
      return { member, frame };
    });
    for (const { member, frame } of spoken) {
      const heard = sum.slice();
      if (frame) for (const [at, sample] of frame.entries()) heard[at] = (heard[at] ?? 0) - sample;
      member.listener.play(encodedIn(member.listener.law, clipped(heard)));
    }
  }
}

function add(sum: Int32Array, frame: Int16Array | undefined): void {
  if (frame) for (const [at, sample] of frame.entries()) sum[at] = (sum[at] ?? 0) + sample;
}

function clipped(samples: Int32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, sample)));
}
