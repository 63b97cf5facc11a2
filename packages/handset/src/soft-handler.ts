import type { Call, CallParty } from './call.ts';
import { Calls } from './calls.ts';
import { canCapture } from './capture.ts';
import { Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import { loadJanus, type JanusApi, type JanusPluginHandle } from './janus-api.ts';
import { JanusHandler } from './janus-handler.ts';
import { LocalMedia } from './local-media.ts';
import { MediaElements } from './media-elements.ts';
import { directionsOf, hasVideo, type Directions } from './media.ts';
import { browserLanguage, messageFor, type Language } from './messages.ts';
import { isPhone } from './negotiation.ts';
import { Registration } from './registration.ts';
import { Ring } from './ring.ts';
import type { Services } from './service-types.ts';
import { createServices, tellService } from './services.ts';
import type {
  DeviceControl,
  Extension,
  MediaConfig,
  RegisterInfo,
  SoftHandler,
  SoftHandlerEvents,
  SoftHandlerOptions,
} from './soft-handler-types.ts';
import { version } from './version.ts';

/** Connects, attaches the plugin and, unless `autoRegister` is false, goes on to register. Rejects when no server answers. */
export async function createSoftHandler(options: SoftHandlerOptions, janus?: JanusApi): Promise<SoftHandler> {
  const handler = new Facade(options, janus ?? (await loadJanus()));
  await handler.start();
  return handler;
}

/** How long a page that goes away waits for the server. */
const goodbyeLimitMs = 2_000;

/** The classic facade: wires connection, registration, one call at a time, devices, elements and tones together. */
class Facade implements SoftHandler {
  readonly version = version;
  readonly deviceControl: DeviceControl;
  readonly services: Services;
  readonly #options: SoftHandlerOptions;
  readonly #language: Language;
  readonly #events = new Emitter<SoftHandlerEvents>();
  readonly #handler: JanusHandler;
  readonly #registration: Registration;
  readonly #devices: Devices;
  readonly #media: LocalMedia;
  readonly #elements: MediaElements;
  readonly #ring: Ring;
  readonly #calls: Calls;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #tellStarted: () => void = () => undefined;
  readonly #hasStarted = new Promise<void>((resolve) => (this.#tellStarted = resolve));
  #isDestroyed = false;

  constructor(options: SoftHandlerOptions, janus: JanusApi) {
    const { configs, registerInfo } = options;
    this.#options = options;
    this.#language = configs.language ?? browserLanguage();
    janus.init(configs.debugJanus ?? false);
    this.#handler = new JanusHandler({
      janus,
      servers: [configs.janusUrl].flat(),
      token: registerInfo.token,
      iceServers: configs.iceServers ?? [],
    });
    const emit = this.#events.emit.bind(this.#events);
    this.#registration = new Registration(registerInfo, {
      handler: this.#handler,
      emit,
      reason: this.#reason,
    });
    this.#devices = this.#createDevices();
    this.deviceControl = this.#devices;
    this.#media = this.#createMedia();
    this.#ring = new Ring({
      ringFile: configs.ringFile,
      blocked: this.#soundBlocked,
      failed: (error) => this.#handler.debug('the ring', error),
    });
    this.#calls = this.#createCalls();
    this.services = createServices({
      handler: this.#handler,
      call: () => this.#calls.current,
      asked: (work) => this.#asked(work),
      emit,
    });
    this.#elements = new MediaElements(configs, {
      attach: (element, stream) => janus.attachMediaStream(element, stream),
      blocked: this.#soundBlocked,
    });
    this.#listen();
  }

  async start(): Promise<void> {
    try {
      await this.#handler.connect();
    } catch (error) {
      await this.destroy();
      throw this.#localised(error);
    }
    if (!this.#registersItself) this.#tellStarted();
    // In a task of its own: the page adds its listeners first.
    this.#startTimer = setTimeout(() => this.#started(), 0);
  }

  get registed(): boolean {
    return this.registered;
  }

  get registered(): boolean {
    return this.#registration.isRegistered;
  }

  get username(): string {
    return this.#registration.username;
  }

  get talking(): boolean {
    return this.#calls.current?.isTalking ?? false;
  }

  get callId(): string | undefined {
    return this.#calls.current?.callId;
  }

  get connection(): SoftHandlerEvents['connection']['state'] {
    return this.#handler.connection;
  }

  get localStream(): MediaStream | null {
    return this.#handler.localStream;
  }

  get remoteStream(): MediaStream | null {
    return this.#handler.remoteStream;
  }

  get audioInputMuted(): boolean {
    return this.#media.isMuted;
  }

  set audioInputMuted(isMuted: boolean) {
    this.#media.isMuted = isMuted;
  }

  get audioOutputMuted(): boolean {
    return this.#elements.isMuted;
  }

  set audioOutputMuted(isMuted: boolean) {
    this.#elements.isMuted = isMuted;
  }

  /** janus.js's handle of the plugin, for what the facade has no word for. */
  get sipcall(): JanusPluginHandle | undefined {
    return this.#handler.sipcall;
  }

  register(info: string | RegisterInfo): Promise<void> {
    return this.#asked(() => this.#registration.register(info));
  }

  unregister(): Promise<void> {
    return this.#asked(() => this.#registration.unregister());
  }

  secondHandset(): Promise<{ account: string; token: string }> {
    return this.#asked(async () => {
      const { event } = await this.#handler.send({ request: 'second_handset' });
      if (event.event !== 'second_handset') throw HandsetError.of('wrong-state');
      return { account: event.username, token: event.token };
    });
  }

  extensions(): Promise<Extension[]> {
    return this.#asked(async () => {
      const { event } = await this.#handler.send({ request: 'extensions' });
      if (event.event !== 'extensions') throw HandsetError.of('wrong-state');
      return event.extensions.map(({ number, display_name: displayName, state }) => ({
        number,
        state,
        ...(displayName !== undefined && { displayName }),
      }));
    });
  }

  call(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#asked(() => this.#place('classic', called, media));
  }

  newcall(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#asked(() => this.#place('return', called, media));
  }

  answer(media?: MediaConfig): Promise<void> {
    return this.#asked(async () => {
      const call = this.#calls.need();
      if (call.state === 'active') await this.#changeMedia(call, media ?? {});
      else {
        if (this.connection !== 'up') throw HandsetError.of('signalling-lost');
        await this.#calls.answer(call, this.#directions(call.party, media));
      }
    });
  }

  hangup(): Promise<void> {
    return this.#asked(() => this.#calls.need().hangup());
  }

  dtmf(digits: string): Promise<void> {
    return this.#asked(() => {
      const call = this.#calls.need();
      if (!call.isTalking) throw HandsetError.of('wrong-state');
      return call.dtmf(digits);
    });
  }

  on<N extends keyof SoftHandlerEvents>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    if (!this.#isDestroyed) this.#events.on(event, listener);
  }

  off<N extends keyof SoftHandlerEvents>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    this.#events.off(event, listener);
  }

  setVideoContainer(containers: { localVideo?: HTMLElement | null; remoteVideo?: HTMLElement | null }): void {
    this.#elements.setContainers(containers);
  }

  listDevices(): Promise<MediaDeviceInfo[]> {
    return this.#asked(() => this.#devices.refresh());
  }

  stats(): Promise<RTCStatsReport | undefined> {
    return this.#asked(async () => this.#handler.peerConnection?.getStats());
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    clearTimeout(this.#startTimer);
    this.#tellStarted();
    this.#devices.close();
    this.#ring.close();
    if (this.connection === 'up') await this.#sayGoodbye();
    this.#media.stop();
    await this.#handler.destroy();
    this.#elements.close();
    this.#events.clear();
  }

  /** Call and registration end together: nobody waits longer than the limit. */
  async #sayGoodbye(): Promise<void> {
    const call = this.#calls.current;
    const goodbyes = [
      ...(call === undefined ? [] : [call.hangup(goodbyeLimitMs)]),
      ...(this.registered ? [this.#registration.unregister(goodbyeLimitMs)] : []),
    ];
    for (const result of await Promise.allSettled(goodbyes)) {
      if (result.status === 'rejected') this.#handler.debug('not confirmed', result.reason);
    }
  }

  #started(): void {
    if (!canCapture()) this.#fault(HandsetError.of('not-secure'));
    void this.#devices.update();
    if (this.#registersItself) this.#registerAgain();
    this.#tellStarted();
  }

  get #registersItself(): boolean {
    return this.#options.configs.autoRegister ?? true;
  }

  #registerAgain(): void {
    this.#events.emit('register/autoRegister', { telNumber: this.username });
    // A refusal is told by `registerResult`; what else goes wrong has no event of its own.
    this.#registration.again().catch((error: unknown) => {
      const fault = HandsetError.from(error, 'not-registered');
      if (typeof fault.code !== 'number') this.#fault(fault);
    });
  }

  async #place(kind: 'return' | 'classic', called: string, media?: MediaConfig): Promise<{ callId: string }> {
    if (this.connection !== 'up') throw HandsetError.of('not-connected');
    await this.#hasStarted;
    if (!this.registered) await this.#registration.attempt;
    if (!this.registered) throw HandsetError.of(this.#isDestroyed ? 'closed' : 'not-registered');
    const number = called.trim();
    if (number === '') throw HandsetError.of('wrong-state');
    return this.#calls.place(kind, number, this.#directions({ kind, number }, media));
  }

  /** What is not said is sound both ways, and video where the page wants it and the caller offers it. */
  #directions({ kind, offer, video }: CallParty, media?: MediaConfig): Directions {
    const { videoEnable } = this.#options.configs;
    const isWanted = this.#devices.isCameraWanted ?? (videoEnable === true || videoEnable === 'true');
    const isOffered = offer === undefined ? video === true : hasVideo(offer.sdp);
    const isPossible = kind !== 'incoming' || isOffered;
    return directionsOf(media, { video: isWanted && isPossible });
  }

  async #changeMedia(call: Call, media: MediaConfig): Promise<void> {
    if (media.replaceAudio === true) await this.#media.exchange('audio');
    if (media.replaceVideo === true && this.#media.tracks.video !== undefined)
      await this.#media.exchange('video');
    if (media.video === undefined && media.videoSend === undefined && media.videoRecv === undefined) return;
    const { videoSend, videoRecv } = directionsOf(media, { video: this.#media.tracks.video !== undefined });
    await call.changes.setVideo(videoSend, videoRecv);
  }

  #listen(): void {
    this.#handler.on('message', (message) => {
      this.#registration.handle(message);
      this.#calls.handle(message);
      tellService(message, this.#events.emit.bind(this.#events));
    });
    this.#handler.on('connection', (state) => {
      this.#events.emit('connection', { state });
      if (state === 'up') this.#calls.payHangups();
    });
    this.#handler.on('renewed', () => this.#renewed());
    this.#handler.on('localstream', (stream) => {
      this.#elements.showLocal(stream);
      this.#events.emit('localstream', { stream });
    });
    this.#handler.on('remotestream', (stream) => {
      this.#elements.showRemote(stream);
      this.#events.emit('remotestream', { stream });
    });
    this.#handler.on('webrtc', ({ isUp }) => this.#calls.current?.webrtcChanged(isUp));
    this.#handler.on('receiving', ({ kind, isReceiving }) =>
      this.#calls.current?.receivingChanged(kind, isReceiving),
    );
  }

  #renewed(): void {
    this.#registration.lost();
    this.#calls.lost();
    if (this.#registration.isWanted) this.#registerAgain();
  }

  #createCalls(): Calls {
    return new Calls({
      handler: this.#handler,
      media: this.#media,
      ring: this.#ring,
      isPhone: isPhone(navigator.userAgent),
      emit: this.#events.emit.bind(this.#events),
      fault: this.#fault,
      reason: this.#reason,
      directionsByDefault: (party) => this.#directions(party),
      allOver: () => (this.#elements.isMuted = false),
    });
  }

  #createDevices(): Devices {
    return new Devices({
      isInCall: () => this.#calls.current?.state === 'active',
      exchange: (kind) => this.#exchange(kind),
      setSpeaker: (deviceId) => this.#elements.setSpeaker(deviceId),
      setCamera: (isOn) => this.#calls.need().changes.setCamera(isOn),
      changed: (devices) => {
        this.#events.emit('devices', { devices });
        void this.#media.revive();
      },
      failed: (error) => this.#handler.debug('the devices cannot be listed', error),
    });
  }

  #createMedia(): LocalMedia {
    return new LocalMedia({
      handler: this.#handler,
      constraints: {
        audio: () => this.#devices.audioConstraints(),
        video: () => this.#devices.videoConstraints(),
      },
      fault: this.#fault,
      captured: () => void this.#devices.update(),
    });
  }

  /** A kind that the call does not send is only chosen. */
  async #exchange(kind: 'audio' | 'video'): Promise<void> {
    if (this.#media.tracks[kind] !== undefined) await this.#media.exchange(kind);
  }

  /** What the page asks for: faults in its language, and nothing after the end. */
  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#isDestroyed) throw HandsetError.of('closed');
      return await work();
    } catch (error) {
      throw this.#localised(error);
    }
  }

  #localised(error: unknown): HandsetError {
    return HandsetError.from(error, 'media-failed').in(this.#language);
  }

  readonly #fault = (error: HandsetError): void => {
    const { code, message } = error.in(this.#language);
    this.#events.emit('error', { code, message });
  };

  readonly #soundBlocked = (): void => this.#fault(HandsetError.of('sound-blocked'));

  readonly #reason = (code: number, detail: string): string => messageFor(code, this.#language, detail);
}
