import { CallCore, type CallParty, type CorePorts } from './call-core.ts';
import { CallMedia } from './call-media.ts';
import { CallServices } from './call-services.ts';
import { CallSetup } from './call-setup.ts';
import { isHeldHere, isUp, type CallState } from './call-state.ts';
import type { Call, CallEnd, CallEvents, Remote } from './call-types.ts';
import { dtmfDigits } from './dtmf.ts';
import { HandsetError } from './handset-error.ts';
import type { SipEvent } from './janus-handler.ts';
import type { Directions } from './media.ts';
import { dispatch, type SipEventHandlers } from './sip-events.ts';
import type { Recording } from './service-types.ts';
import type { MediaConfig } from './soft-handler-types.ts';
import type { CallStats } from './stats-types.ts';
import type { StatsWatch } from './stats.ts';
import { transferRequests, type TransferPorts } from './transfer-requests.ts';

export interface CallPorts extends CorePorts, TransferPorts {
  /** The line is free for it: there is one peer connection, and a call that still ends has it. */
  readonly ready: () => Promise<void>;
  readonly isConnected: () => boolean;
  /** Faults in the language of the page, and nothing after the end. */
  readonly asked: <T>(work: () => Promise<T>) => Promise<T>;
  readonly directions: (party: CallParty, media: MediaConfig | undefined) => Directions;
  /** Another call that runs is held. */
  readonly holdOthers: (call: HandsetCall) => Promise<void>;
  readonly selectDevice: (kind: 'microphone' | 'camera' | 'speaker', deviceId: string) => Promise<void>;
}

/** One call: its parts, and what a page may ask of them. */
export class HandsetCall implements Call {
  readonly core: CallCore;
  readonly setup: CallSetup;
  readonly services: CallServices;
  readonly media: CallMedia;
  readonly #ports: CallPorts;
  readonly #transfers: SipEventHandlers;
  #watch: Promise<StatsWatch> | undefined;

  constructor(party: CallParty, ports: CallPorts) {
    this.#ports = ports;
    this.core = new CallCore(party, ports);
    this.services = new CallServices(this.core);
    this.setup = new CallSetup(this.core, () => this.media.quieten());
    this.media = new CallMedia(this.core, this.setup.failed);
    this.#transfers = transferRequests(this.core, ports);
    // Answered while another runs: what was dialled later, or first.
    this.core.on('answered', () => void ports.holdOthers(this));
  }

  get id(): string {
    return this.core.id;
  }

  get callId(): string | undefined {
    return this.core.callId;
  }

  get direction(): 'in' | 'out' {
    return this.core.party.kind === 'incoming' ? 'in' : 'out';
  }

  get state(): CallState {
    return this.core.state;
  }

  get remote(): Remote {
    return this.core.remote;
  }

  get offered(): { readonly audio: boolean; readonly video: boolean } {
    return this.core.party.offered ?? { audio: true, video: false };
  }

  get startedAt(): number | undefined {
    return this.core.startedAt;
  }

  get end(): CallEnd | undefined {
    return this.core.end;
  }

  get localStream(): MediaStream | null {
    return this.#isOver ? null : this.#ports.handler.streams.local;
  }

  get remoteStream(): MediaStream | null {
    return this.#isOver ? null : this.#ports.handler.streams.remote;
  }

  get mediaUp(): boolean {
    return this.media.isUp;
  }

  get isMuted(): boolean {
    return this.media.isMuted;
  }

  get isSharingScreen(): boolean {
    return !this.#isOver && this.#ports.media.isSharingScreen;
  }

  get isRecording(): boolean {
    return this.services.isRecording;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.#isOver ? undefined : this.#ports.handler.peerConnection;
  }

  answer(media?: MediaConfig): Promise<void> {
    return this.#asked(async () => {
      if (!this.#ports.isConnected()) throw HandsetError.of('signalling-lost');
      if (this.state !== 'ringing-in') throw HandsetError.of('wrong-state');
      await this.#ports.ready();
      await this.#ports.holdOthers(this);
      await this.setup.answer(this.#ports.directions(this.core.party, media));
    });
  }

  hangup(): Promise<void> {
    return this.#asked(() => this.setup.hangup());
  }

  decline(code = 486): Promise<void> {
    return this.#asked(async () => {
      if (this.state !== 'ringing-in') throw HandsetError.of('wrong-state');
      await this.setup.hangup(undefined, { request: 'decline', code });
    });
  }

  hold(): Promise<void> {
    return this.#asked(async () => {
      if (!isHeldHere(this.state)) await this.holdNow();
    });
  }

  resume(): Promise<void> {
    return this.#asked(async () => {
      if (!isUp(this.state)) throw HandsetError.of('wrong-state');
      if (!isHeldHere(this.state)) return;
      await this.#ports.holdOthers(this);
      await this.resumeNow();
    });
  }

  mute(): void {
    this.media.mute(true);
  }

  unmute(): void {
    this.media.mute(false);
  }

  dtmf(digits: string, { by = 'rfc4733' }: { by?: 'rfc4733' | 'info' } = {}): Promise<void> {
    return this.#asked(async () => {
      if (by === 'rfc4733') return this.media.tones(digits);
      for (const digit of dtmfDigits(digits)) await this.services.dtmfInfo(digit);
    });
  }

  transfer(to: string | Call): Promise<void> {
    return this.#asked(async () => {
      if (typeof to === 'string') return this.services.transfer(to);
      if (to.id === this.id || to.callId === undefined || !isUp(to.state))
        throw HandsetError.of('wrong-state');
      await this.services.transfer({ replace: to.callId });
    });
  }

  switchDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void> {
    return this.#asked(() => this.#ports.selectDevice(kind, deviceId));
  }

  addVideo(): Promise<void> {
    return this.#asked(() => this.media.changes.setVideo(true, true));
  }

  removeVideo(): Promise<void> {
    return this.#asked(() => this.media.changes.setVideo(false, false));
  }

  shareScreen(): Promise<void> {
    return this.#asked(async () => (await import('./screen.ts')).shareScreen(this.core, this.media));
  }

  stopSharing(): Promise<void> {
    return this.#asked(async () => (await import('./screen.ts')).stopSharing(this.core, this.media));
  }

  sendInfo(type: string, content: string): Promise<void> {
    return this.#asked(() => this.services.sendInfo(type, content));
  }

  sendMessage(content: string, contentType?: string): Promise<void> {
    return this.#asked(() => this.services.sendMessage(content, contentType));
  }

  record(recording?: Recording): Promise<readonly string[]> {
    return this.#asked(() => this.services.startRecording(recording));
  }

  stopRecording(): Promise<void> {
    return this.#asked(() => this.services.stopRecording());
  }

  stats(): Promise<CallStats> {
    return this.#asked(async () => (await this.#statsWatch()).look());
  }

  on<N extends keyof CallEvents>(event: N, listener: (payload: CallEvents[N]) => void): () => void {
    if (event === 'stats') void this.#statsWatch().then((watch) => watch.start());
    return this.core.on(event, listener);
  }

  off<N extends keyof CallEvents>(event: N, listener: (payload: CallEvents[N]) => void): void {
    this.core.off(event, listener);
  }

  holdNow(): Promise<void> {
    return this.media.hold(true, () => this.services.hold());
  }

  /** Whatever other calls do. */
  resumeNow(): Promise<void> {
    return this.media.hold(false, () => this.services.resume());
  }

  /** What the server says of this call. */
  handle(message: SipEvent): void {
    for (const { handlers } of [this.setup, this.services, this.media]) dispatch(handlers, message);
    dispatch(this.#transfers, message);
  }

  #statsWatch(): Promise<StatsWatch> {
    this.#watch ??= import('./stats.ts').then(({ StatsWatch }) => new StatsWatch(this));
    return this.#watch;
  }

  #asked<T>(work: () => Promise<T>): Promise<T> {
    return this.#ports.asked(work);
  }

  get #isOver(): boolean {
    return this.state === 'ended';
  }
}
