import type { SoftHandler } from '@soft-handset/handset';
import { LevelProbe } from '../browser/level-probe.ts';
import { fall, meterShare, readSample, soundBetween } from '../quality.ts';
import type { Sound, SoundSample } from '../quality.ts';

const pollMs = 100;
/** Quality is judged over this long. */
const windowMs = 4000;
/** Louder than this while muted is talk, not the room. */
const talkShare = 0.45;

/** Watches the sound of the running call: two levels, ten times a second, and its quality. */
export class SoundWatch {
  ours = 0;
  theirs = 0;
  sound: Sound | undefined;
  /** Somebody talks into a muted microphone. */
  talksMuted = false;

  readonly #changed: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #samples: SoundSample[] = [];
  #probe: LevelProbe | undefined;
  #reading = false;
  #talkUntil = 0;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Watches until `stop`; while the page is hidden nothing is read. */
  start(handler: SoftHandler, isMuted: () => boolean): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#read(handler, isMuted(), performance.now()), pollMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#probe?.close();
    this.#probe = undefined;
    this.#samples = [];
    this.ours = this.theirs = 0;
    this.sound = undefined;
    this.talksMuted = false;
  }

  async #read(handler: SoftHandler, muted: boolean, now: number): Promise<void> {
    if (this.#reading || document.hidden) return;
    this.#reading = true;
    try {
      const report = await handler.stats();
      if (report && this.#timer !== undefined)
        this.#take(readSample(report, now), this.#mutedLevel(handler, muted), now);
    } catch {
      // A connection that closes has no report: the next reading, or the end of the call, follows.
    } finally {
      this.#reading = false;
    }
  }

  #take(sample: SoundSample, mutedLevel: number | undefined, now: number): void {
    const ours = meterShare(mutedLevel ?? sample.ourLevel);
    this.ours = fall(this.ours, ours);
    this.theirs = fall(this.theirs, meterShare(sample.theirLevel));
    if (mutedLevel !== undefined && ours > talkShare) this.#talkUntil = now + 3000;
    this.talksMuted = mutedLevel !== undefined && now < this.#talkUntil;
    this.#samples = [...this.#samples.filter((old) => now - old.at <= windowMs), sample];
    const first = this.#samples[0];
    if (first && now - first.at >= windowMs / 2) this.sound = soundBetween(first, sample);
    this.#changed();
  }

  /** A muted track is silent to getStats: a copy of it tells whether somebody talks. */
  #mutedLevel(handler: SoftHandler, muted: boolean): number | undefined {
    if (!muted) {
      this.#probe?.close();
      this.#probe = undefined;
      return undefined;
    }
    const track = handler.localStream?.getAudioTracks()[0];
    if (track && !this.#probe) this.#probe = new LevelProbe(track);
    return this.#probe?.level() ?? 0;
  }
}
