import type { Direction, Kind } from '../session-description.ts';
import { KitTrack } from './kit-media.ts';

export class KitSender {
  track: KitTrack | null;
  readonly dtmf: {
    toneBuffer: string;
    ontonechange: null;
    canInsertDTMF: boolean;
    insertDTMF(tones: string): void;
  };
  #parameters: { encodings: object[] } = { encodings: [{}] };

  constructor(track: KitTrack | null, pressed: (tones: string) => void) {
    this.track = track;
    this.dtmf = { toneBuffer: '', ontonechange: null, canInsertDTMF: true, insertDTMF: pressed };
  }

  replaceTrack(track: KitTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }

  setStreams(): void {
    // Streams are the page's own matter here.
  }

  getParameters(): { encodings: object[] } {
    return this.#parameters;
  }

  setParameters(parameters: { encodings: object[] }): Promise<void> {
    this.#parameters = parameters;
    return Promise.resolve();
  }

  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map<string, object>());
  }
}

export class KitTransceiver {
  mid: string | null = null;
  direction: Direction | 'stopped';
  currentDirection: Direction | 'stopped' | null = null;
  readonly kind: Kind;
  readonly sender: KitSender;
  readonly receiver: { readonly track: KitTrack; getStats(): Promise<Map<string, object>> };
  /** The page has been told of the receiver's track. */
  isShown = false;

  constructor(kind: Kind, name: string, direction: Direction, sender: KitSender) {
    this.kind = kind;
    this.direction = direction;
    this.sender = sender;
    const track = new KitTrack(kind, `${name}-remote-${kind}`, `remote ${kind}`);
    this.receiver = { track, getStats: () => Promise.resolve(new Map()) };
  }

  setCodecPreferences(): void {
    // There are no codecs to prefer.
  }

  stop(): void {
    this.direction = 'stopped';
    this.receiver.track.ends();
  }
}
