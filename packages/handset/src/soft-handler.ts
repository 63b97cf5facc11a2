import { Call, type CallParty, type CallPorts } from './call.ts';
import { canCapture } from './capture.ts';
import { Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import { loadJanus, type JanusApi, type JanusPluginHandle } from './janus-api.ts';
import { JanusHandler, type SipEvent } from './janus-handler.ts';
import { LocalMedia } from './local-media.ts';
import { MediaElements } from './media-elements.ts';
import { directionsOf, hasVideo, type Directions } from './media.ts';
import { browserLanguage, messageFor, type Language } from './messages.ts';
import { isPhone } from './negotiation.ts';
import { Registration } from './registration.ts';
import { Ring } from './ring.ts';
import type {
  DeviceControl,
  MediaConfig,
  RegisterInfo,
  SoftHandler,
  SoftHandlerEvents,
  SoftHandlerOptions,
} from './soft-handler-types.ts';
import { telNumber } from './tel-number.ts';
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
  readonly #options: SoftHandlerOptions;
  readonly #language: Language;
  readonly #events = new Emitter<SoftHandlerEvents>();
  readonly #handler: JanusHandler;
  readonly #registration: Registration;
  readonly #devices: Devices;
  readonly #media: LocalMedia;
  readonly #elements: MediaElements;
  readonly #ring: Ring;
  readonly #calls = new Set<Call>();
  readonly #owedHangups = new Set<string>();
  #startTimer: ReturnType<typeof setTimeout> | undefined;
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
    this.#ring = new Ring({ ringFile: configs.ringFile, blocked: this.#soundBlocked });
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
    return this.#call?.isTalking ?? false;
  }

  get callId(): string | undefined {
    return this.#call?.callId;
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

  call(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#asked(() => this.#place('classic', called, media));
  }

  newcall(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#asked(() => this.#place('return', called, media));
  }

  answer(media?: MediaConfig): Promise<void> {
    return this.#asked(async () => {
      const call = this.#needCall();
      if (call.state === 'active') await this.#changeMedia(call, media ?? {});
      else {
        if (this.connection !== 'up') throw HandsetError.of('signalling-lost');
        await this.#answer(call, this.#answerDirections(call, media));
      }
    });
  }

  hangup(): Promise<void> {
    return this.#asked(() => this.#needCall().hangup());
  }

  dtmf(digits: string): Promise<void> {
    return this.#asked(() => {
      const call = this.#needCall();
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
    const call = this.#call;
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
    if (this.#options.configs.autoRegister ?? true) this.#registerAgain();
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
    await this.#lastCallOver();
    if (this.connection !== 'up') throw HandsetError.of('not-connected');
    if (!this.registered) throw HandsetError.of('not-registered');
    const number = called.trim();
    if (this.#call !== undefined || number === '') throw HandsetError.of('wrong-state');
    const call = this.#addCall({ kind, number });
    return call.place(directionsOf(media, { video: this.#videoByDefault }));
  }

  async #answer(call: Call, directions: Directions): Promise<void> {
    await this.#lastCallOver();
    await call.answer(directions);
  }

  /** There is one peer connection: a call that still ends has it. */
  async #lastCallOver(): Promise<void> {
    const ending = [...this.#calls].filter(({ state }) => state === 'ending');
    await Promise.all(ending.map(({ isOver }) => isOver));
  }

  #answerDirections(call: Call, media: MediaConfig | undefined): Directions {
    const { offer } = call.party;
    const video = this.#videoByDefault && (offer === undefined || hasVideo(offer.sdp));
    return directionsOf(media, { video });
  }

  async #changeMedia(call: Call, media: MediaConfig): Promise<void> {
    if (media.replaceAudio === true) await this.#media.exchange('audio');
    if (media.replaceVideo === true && this.#media.tracks.video !== undefined)
      await this.#media.exchange('video');
    if (media.video === undefined && media.videoSend === undefined && media.videoRecv === undefined) return;
    const { videoSend, videoRecv } = directionsOf(media, { video: this.#media.tracks.video !== undefined });
    await call.setVideo(videoSend, videoRecv);
  }

  #listen(): void {
    this.#handler.on('message', (message) => this.#onMessage(message));
    this.#handler.on('connection', (state) => {
      this.#events.emit('connection', { state });
      if (state === 'up') this.#payHangups();
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
    this.#handler.on('webrtc', ({ isUp }) => this.#call?.webrtcChanged(isUp));
    this.#handler.on('receiving', ({ kind, isReceiving }) => this.#call?.receivingChanged(kind, isReceiving));
  }

  #onMessage(message: SipEvent): void {
    this.#registration.handle(message);
    if (message.event.event === 'incomingcall') this.#incoming(message);
    else this.#callOf(message)?.handle(message);
  }

  #incoming({ event, callId, jsep }: SipEvent): void {
    if (event.event !== 'incomingcall' || callId === undefined) return;
    // The server repeats itself after a reconnect.
    if ([...this.#calls].some((call) => call.callId === callId)) return;
    if (this.#call !== undefined) return this.#refuseAsBusy(callId);
    const number = telNumber(event.username);
    const call = this.#addCall({ kind: 'incoming', number, callId, offer: jsep });
    const payload = {
      callId,
      telNumber: number,
      displayName: event.displayname ?? number,
      audio: event.audio,
      video: event.video,
      notifyType: event.type,
    };
    if (event.type === 'self_call_handle') this.#answerByItself(call, payload);
    else {
      call.ring({ isSilent: false });
      this.#events.emit('incomingcall', payload);
    }
  }

  #answerByItself(call: Call, payload: SoftHandlerEvents['incomingcall']): void {
    call.ring({ isSilent: true });
    this.#events.emit('incomingcall/autoAnswer', payload);
    if (call.state !== 'ringing-in') return;
    this.#answer(call, this.#answerDirections(call, undefined)).catch((error: unknown) => {
      this.#fault(HandsetError.from(error, 'media-failed'));
    });
  }

  /** The server may have refused it already: then it says so, and that is as well. */
  #refuseAsBusy(callId: string): void {
    this.#handler.send({ request: 'decline', code: 486, call_id: callId }).catch((error: unknown) => {
      this.#handler.debug('the second call was not declined', error);
    });
  }

  #renewed(): void {
    this.#owedHangups.clear();
    this.#registration.lost();
    for (const call of [...this.#calls]) call.lost();
    if (this.#registration.isWanted) this.#registerAgain();
  }

  #payHangups(): void {
    for (const callId of this.#owedHangups) {
      this.#handler.send({ request: 'hangup', call_id: callId }).catch((error: unknown) => {
        this.#handler.debug('the call was gone already', error);
      });
    }
    this.#owedHangups.clear();
  }

  #addCall(party: CallParty): Call {
    const ports: CallPorts = {
      handler: this.#handler,
      media: this.#media,
      ring: this.#ring,
      isPhone: isPhone(navigator.userAgent),
      emit: this.#events.emit.bind(this.#events),
      fault: this.#fault,
      reason: this.#reason,
      oweHangup: (callId) => this.#owedHangups.add(callId),
      over: (over) => {
        this.#calls.delete(over);
        if (this.#calls.size === 0) this.#elements.isMuted = false;
      },
    };
    const call = new Call(party, ports);
    this.#calls.add(call);
    return call;
  }

  /** The call that has not been hung up. */
  get #call(): Call | undefined {
    return [...this.#calls].find(({ state }) => state !== 'ending');
  }

  #needCall(): Call {
    const call = this.#call;
    if (call === undefined) throw HandsetError.of('wrong-state');
    return call;
  }

  #callOf({ callId, event }: SipEvent): Call | undefined {
    const calls = [...this.#calls];
    const named = calls.find((call) => callId !== undefined && call.callId === callId);
    if (named !== undefined) return named;
    if (event.event === 'calling') return calls.find((call) => call.callId === undefined);
    // A server that leaves the name away speaks of the only call, or of the one that ends.
    if (callId !== undefined) return undefined;
    const isEnd = event.event === 'hangingup' || event.event === 'haningup';
    return (isEnd ? calls.find(({ state }) => state === 'ending') : undefined) ?? this.#call;
  }

  get #videoByDefault(): boolean {
    const { videoEnable } = this.#options.configs;
    return this.#devices.isCameraWanted ?? (videoEnable === true || videoEnable === 'true');
  }

  #createDevices(): Devices {
    return new Devices({
      isInCall: () => this.#call?.state === 'active',
      exchange: (kind) => this.#exchange(kind),
      setSpeaker: (deviceId) => this.#elements.setSpeaker(deviceId),
      setCamera: (isOn) => this.#needCall().setCamera(isOn),
      changed: (devices) => this.#events.emit('devices', { devices }),
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
