import { FakeStream, FakeTrack } from './fake-media.ts';

/** A mix: a track that can be sent, and what is in it. */
export class FakeDestination {
  static readonly all = new Map<FakeTrack, FakeDestination>();
  readonly sources = new Set<FakeMediaSource>();
  readonly stream: FakeStream;

  constructor() {
    const track = new FakeTrack('audio', 'mix');
    this.stream = new FakeStream([track]);
    FakeDestination.all.set(track, this);
  }
}

/** Tracks that go into mixes. */
export class FakeMediaSource {
  readonly tracks: FakeTrack[];
  readonly #destinations = new Set<FakeDestination>();

  constructor(stream: FakeStream) {
    this.tracks = stream.getAudioTracks();
  }

  connect(destination: FakeDestination): void {
    this.#destinations.add(destination);
    destination.sources.add(this);
  }

  disconnect(): void {
    for (const destination of this.#destinations) destination.sources.delete(this);
    this.#destinations.clear();
  }
}

/** The tracks that are heard in what is sent: those of a mix, or the one itself. */
export function heardIn(track: FakeTrack | null | undefined): FakeTrack[] {
  const mix = track && FakeDestination.all.get(track);
  if (mix) return [...mix.sources].flatMap(({ tracks }) => tracks);
  return track ? [track] : [];
}
