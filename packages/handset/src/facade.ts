import { isTalking, isUp } from './call-state.ts';
import type { HandsetCall } from './call.ts';
import { Emitter } from './emitter.ts';
import { extensionsOf, secondHandset } from './exchange.ts';
import { followCall, followHandset } from './facade-events.ts';
import { facadeServices } from './facade-services.ts';
import type { HandsetCore } from './handset-core.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusPluginHandle } from './janus-api.ts';
import type { Line } from './line.ts';
import { directionsOf } from './media.ts';
import type { Services } from './service-types.ts';
import type {
  DeviceControl,
  Extension,
  MediaConfig,
  RegisterInfo,
  SoftHandler,
  SoftHandlerEvents,
} from './soft-handler-types.ts';
import { accountOf } from './soft-handler.ts';
import { version } from './version.ts';

/** The classic facade over the engine. */
export class Facade implements SoftHandler {
  readonly version = version;
  readonly deviceControl: DeviceControl;
  readonly services: Services;
  readonly #core: HandsetCore;
  readonly #events = new Emitter<SoftHandlerEvents>();

  constructor(core: HandsetCore) {
    this.#core = core;
    this.deviceControl = core.devices;
    const emit = this.#events.emit.bind(this.#events);
    this.services = facadeServices({ core, need: () => this.#need(), emit });
    followHandset(core, emit);
    core.on('added', (call) => followCall(call, emit));
  }

  get registed(): boolean {
    return this.registered;
  }

  get registered(): boolean {
    return this.#line.registration.isRegistered;
  }

  get username(): string {
    return this.#line.registration.username;
  }

  get talking(): boolean {
    return this.#call !== undefined && isTalking(this.#call.state);
  }

  get callId(): string | undefined {
    return this.#call?.callId;
  }

  get connection(): SoftHandlerEvents['connection']['state'] {
    return this.#core.connection.state;
  }

  get localStream(): MediaStream | null {
    return this.#line.handler.streams.local;
  }

  get remoteStream(): MediaStream | null {
    return this.#line.handler.streams.remote;
  }

  get audioInputMuted(): boolean {
    return this.#line.media.isMuted;
  }

  set audioInputMuted(isMuted: boolean) {
    this.#line.media.isMuted = isMuted;
  }

  get audioOutputMuted(): boolean {
    return this.#line.elements?.isMuted ?? false;
  }

  set audioOutputMuted(isMuted: boolean) {
    if (this.#line.elements !== undefined) this.#line.elements.isMuted = isMuted;
  }

  /** janus.js's handle of the plugin, for what the facade has no word for. */
  get sipcall(): JanusPluginHandle | undefined {
    return this.#line.handler.sipcall;
  }

  register(info: string | RegisterInfo): Promise<void> {
    const account = typeof info === 'string' ? info : accountOf(info);
    return this.#core.asked(() => this.#line.registration.register(account));
  }

  unregister(): Promise<void> {
    return this.#core.asked(async () => {
      try {
        await this.#line.registration.unregister();
      } catch (error) {
        const code =
          error instanceof HandsetError && typeof error.code === 'number' ? { code: error.code } : {};
        this.#events.emit('unregisterResult', { event: 'fail', ...code, reason: String(error) });
        throw error;
      }
    });
  }

  secondHandset(): Promise<{ account: string; token: string }> {
    return this.#core.asked(() => secondHandset(this.#line.handler));
  }

  extensions(): Promise<Extension[]> {
    return this.#core.asked(() => extensionsOf(this.#line.handler));
  }

  call(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#place('classic', called, media);
  }

  newcall(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#place('return', called, media);
  }

  answer(media?: MediaConfig): Promise<void> {
    return this.#core.asked(async () => {
      const call = this.#need();
      if (isUp(call.state)) await this.#changeMedia(call, media ?? {});
      else await call.answer(media);
    });
  }

  hangup(): Promise<void> {
    return this.#core.asked(() => this.#need().hangup());
  }

  dtmf(digits: string): Promise<void> {
    return this.#core.asked(() => this.#need().dtmf(digits));
  }

  on<N extends keyof SoftHandlerEvents>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    if (!this.#core.isDestroyed) this.#events.on(event, listener);
  }

  off<N extends keyof SoftHandlerEvents>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    this.#events.off(event, listener);
  }

  setVideoContainer(containers: { localVideo?: HTMLElement | null; remoteVideo?: HTMLElement | null }): void {
    this.#line.elements?.setContainers(containers);
  }

  listDevices(): Promise<MediaDeviceInfo[]> {
    return this.#core.asked(() => this.#core.devices.refresh());
  }

  stats(): Promise<RTCStatsReport | undefined> {
    return this.#core.asked(async () => this.#line.handler.peerConnection?.getStats());
  }

  async destroy(): Promise<void> {
    await this.#core.destroy();
    this.#events.clear();
  }

  get #line(): Line {
    return this.#core.lines.primary;
  }

  get #call(): HandsetCall | undefined {
    return this.#line.call;
  }

  #need(): HandsetCall {
    const call = this.#call;
    if (call === undefined) throw HandsetError.of('wrong-state');
    return call;
  }

  #place(kind: 'classic' | 'return', called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#core.asked(async () => {
      const { callId } = await this.#core.place(called, { kind, ...(media && { media }) });
      return { callId: callId ?? '' };
    });
  }

  async #changeMedia(call: HandsetCall, media: MediaConfig): Promise<void> {
    const local = this.#line.media;
    if (media.replaceAudio === true) await local.exchange('audio');
    if (media.replaceVideo === true && local.tracks.video !== undefined) await local.exchange('video');
    if (media.video === undefined && media.videoSend === undefined && media.videoRecv === undefined) return;
    const { videoSend, videoRecv } = directionsOf(media, { video: local.tracks.video !== undefined });
    await call.media.changes.setVideo(videoSend, videoRecv);
  }
}
