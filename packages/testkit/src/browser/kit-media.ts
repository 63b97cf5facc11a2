import type { Kind } from '../session-description.ts';
import { KitTarget, type KitEvent } from './kit-target.ts';

/** A track of a microphone, a camera, a screen, or of the far end (W3C mediacapture-main §4.3), with nothing in it. */
export class KitTrack extends KitTarget {
  readonly kind: Kind;
  readonly id: string;
  readonly label: string;
  readonly deviceId: string | undefined;
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: 'live' | 'ended' = 'live';
  onended: ((event: KitEvent) => void) | null = null;
  onmute: ((event: KitEvent) => void) | null = null;
  onunmute: ((event: KitEvent) => void) | null = null;
  readonly #constraints: MediaTrackConstraints;

  constructor(kind: Kind, id: string, label: string, deviceId?: string, constraints = {}) {
    super();
    this.kind = kind;
    this.id = id;
    this.label = label;
    this.deviceId = deviceId;
    this.#constraints = constraints;
  }

  /** Something goes out or comes in. */
  get isLive(): boolean {
    return this.readyState === 'live' && this.enabled;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  clone(): KitTrack {
    return new KitTrack(this.kind, `${this.id}-clone`, this.label, this.deviceId, this.#constraints);
  }

  getSettings(): MediaTrackSettings {
    return this.deviceId === undefined ? {} : { deviceId: this.deviceId };
  }

  getConstraints(): MediaTrackConstraints {
    return this.#constraints;
  }

  async applyConstraints(): Promise<void> {
    // Whatever is asked of it, nothing is what it gives.
  }

  /** Its device is gone. */
  ends(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.fire('ended');
  }

  silent(isSilent: boolean): void {
    if (this.muted === isSilent) return;
    this.muted = isSilent;
    this.fire(isSilent ? 'mute' : 'unmute');
  }
}

export class KitStream extends KitTarget {
  static #count = 0;
  readonly id = `stream-${++KitStream.#count}`;
  readonly #tracks: KitTrack[];

  constructor(from: KitStream | readonly KitTrack[] = []) {
    super();
    this.#tracks = from instanceof KitStream ? from.getTracks() : [...from];
  }

  get active(): boolean {
    return this.#tracks.some(({ readyState }) => readyState === 'live');
  }

  getTracks(): KitTrack[] {
    return [...this.#tracks];
  }

  getAudioTracks(): KitTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio');
  }

  getVideoTracks(): KitTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video');
  }

  getTrackById(id: string): KitTrack | null {
    return this.#tracks.find((track) => track.id === id) ?? null;
  }

  addTrack(track: KitTrack): void {
    if (!this.#tracks.includes(track)) this.#tracks.push(track);
  }

  removeTrack(track: KitTrack): void {
    const at = this.#tracks.indexOf(track);
    if (at !== -1) this.#tracks.splice(at, 1);
  }
}
