import { MediaError } from '@soft-handset/media';
import type { MediaEnd, MediaEngine, MediaSession, MediaSessionHandler, PlainSdp } from '@soft-handset/media';
import type { Jsep } from '@soft-handset/protocol';
import { readDescription, sends, writeDescription, type Description } from './session-description.ts';

/** A media engine for calls without media: descriptions cross it, and what was agreed counts as flowing. */
export class SignallingEngine implements MediaEngine {
  readonly name = 'testkit';
  readonly isUp = true;
  readonly #sessions = new Set<SignallingSession>();

  get sessionCount(): number {
    return this.#sessions.size;
  }

  open(handler: MediaSessionHandler = {}): Promise<MediaSession> {
    const session = new SignallingSession(handler, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return Promise.resolve(session);
  }

  counters(): Readonly<Record<string, number>> {
    return {};
  }

  close(): Promise<void> {
    for (const session of [...this.#sessions]) session.close();
    return Promise.resolve();
  }
}

class SignallingSession implements MediaSession {
  readonly ended: Promise<MediaEnd>;
  readonly finalStats: Promise<readonly []>;
  readonly #handler: MediaSessionHandler;
  readonly #onClosed: () => void;
  #tellEnded: (how: MediaEnd) => void = () => undefined;
  #isOpen = true;
  #isUp = false;
  /** Names the handset's peer connection to the phone that it talks to. */
  #connection: string | undefined;
  #fromPeer: Description | undefined;
  readonly #received = new Map<string, boolean>();

  constructor(handler: MediaSessionHandler, onClosed: () => void) {
    this.#handler = handler;
    this.#onClosed = onClosed;
    this.ended = new Promise((resolve) => (this.#tellEnded = resolve));
    this.finalStats = this.ended.then(() => []);
  }

  toHandset({ type, sdp }: PlainSdp): Promise<Jsep> {
    return this.#cross(() => {
      const { sections } = this.#usable(sdp);
      this.#fromPeer = { sections };
      if (type === 'answer') this.#agreed();
      return { type, sdp: writeDescription({ sections }, 'browser') };
    });
  }

  toPeer({ type, sdp }: Jsep): Promise<PlainSdp> {
    return this.#cross(() => {
      const description = this.#usable(sdp);
      this.#connection = description.connection ?? this.#connection;
      if (type === 'answer') this.#agreed();
      const { sections } = description;
      return { type, sdp: writeDescription({ sections, connection: this.#connection }, 'phone') };
    });
  }

  rollback(): Promise<void> {
    return Promise.resolve();
  }

  askForKeyframe(): Promise<void> {
    return Promise.reject(new MediaError('unsupported', 'There are no pictures in the test kit'));
  }

  addCandidate(): void {
    // Nothing is sent, so no way to send it is needed.
  }

  record(): Promise<never> {
    return Promise.reject(new MediaError('unsupported', 'There is nothing to record in the test kit'));
  }

  stopRecording(): Promise<void> {
    return Promise.resolve();
  }

  stats(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClosed();
    this.#tellEnded('closed');
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws is to be a rejection
  async #cross<T>(translate: () => T): Promise<T> {
    if (!this.#isOpen) throw new MediaError('closed', 'The session is closed');
    return translate();
  }

  #usable(sdp: string): Description {
    const description = readDescription(sdp);
    if (description.sections.some(({ isRefused }) => !isRefused)) return description;
    throw new MediaError('sdp-refused', 'No media in the SDP');
  }

  /** Media flows as soon as both have said their part; told after the answer itself. */
  #agreed(): void {
    const sections = this.#fromPeer?.sections ?? [];
    queueMicrotask(() => {
      if (!this.#isOpen) return;
      if (!this.#isUp) this.#handler.webrtcUp?.();
      this.#isUp = true;
      sections.forEach(({ kind: type, direction, isRefused }, index) => {
        const [mid, receiving] = [String(index), !isRefused && sends(direction)];
        if ((this.#received.get(mid) ?? false) === receiving) return;
        this.#received.set(mid, receiving);
        this.#handler.media?.({ type, mid, receiving });
      });
    });
  }
}
