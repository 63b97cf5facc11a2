/** How loud a track is now, 0..1, by a copy of it: also while the track itself is muted. */
export class LevelProbe {
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #copy: MediaStreamTrack;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(track: MediaStreamTrack) {
    this.#copy = track.clone();
    this.#copy.enabled = true;
    this.#analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
  }

  /** The loudest sample of the last moment. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return this.#samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
  }

  close(): void {
    this.#copy.stop();
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}
