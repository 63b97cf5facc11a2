import type {
  DeviceControl,
  ExchangeOffer,
  Extension,
  IncomingCall,
  MediaConfig,
  RegisterInfo,
  Services,
  SoftHandler,
  SoftHandlerEventName,
  SoftHandlerEvents,
  SoftHandlerOptions,
} from '@soft-handset/handset';

type Listener = (payload: never) => void;

/** What a scripted handler does when it is asked; a refusal is a code, as the real one throws it. */
export interface FakeScript {
  registerCode?: number | string;
  callCode?: number | string;
  answerCode?: number | string;
  secondCode?: number | string;
  exchange?: ExchangeOffer;
  localStream?: (video: boolean) => MediaStream | null;
  remoteStream?: (video: boolean) => MediaStream | null;
  devices?: MediaDeviceInfo[];
  report?: () => [string, unknown][];
  multiCamera?: boolean;
}

/** A SoftHandler without a server: it does as it is told by the script, and writes down what it was asked. */
export class FakeHandler implements SoftHandler {
  readonly sipcall = undefined;
  readonly version = 'fake';
  readonly asked: string[] = [];
  username = '';
  registered = false;
  talking = false;
  callId: string | undefined;
  connection: SoftHandlerEvents['connection']['state'] = 'up';
  localStream: MediaStream | null = null;
  remoteStream: MediaStream | null = null;
  audioOutputMuted = false;
  audioInputMuted = false;
  readonly deviceControl: DeviceControl;
  readonly services: Services = this.#makeServices();
  readonly #script: FakeScript;
  readonly #listeners = new Map<string, Set<Listener>>();
  #calls = 0;

  constructor(script: FakeScript = {}, options?: SoftHandlerOptions) {
    this.#script = script;
    this.username = options?.registerInfo.username ?? '';
    this.deviceControl = this.#makeDeviceControl();
  }

  get registed(): boolean {
    return this.registered;
  }

  async register(info: string | RegisterInfo): Promise<void> {
    const { username, secret, token } = typeof info === 'string' ? { username: info } : info;
    this.asked.push(['register', username, secret, token].filter(Boolean).join(' '));
    this.username = username;
    await this.#orRefuse(this.#script.registerCode);
    this.registered = true;
    const { exchange } = this.#script;
    const login = token?.startsWith('once_') ? { token: 'login_fake' } : {};
    this.emit('registerResult', {
      event: 'succ',
      telNumber: username,
      ...login,
      ...(exchange && { exchange }),
    });
  }

  extensions(): Promise<Extension[]> {
    return Promise.resolve([
      { number: '1001', displayName: 'Alice', state: 'online' },
      { number: '1002', displayName: 'Bob', state: 'busy' },
    ]);
  }

  async secondHandset(): Promise<{ account: string; token: string }> {
    this.asked.push('secondHandset');
    await this.#orRefuse(this.#script.secondCode);
    return { account: '1002', token: 'once_fake' };
  }

  unregister(): Promise<void> {
    this.asked.push('unregister');
    this.registered = false;
    return Promise.resolve();
  }

  call(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#place('call', called, media);
  }

  newcall(called: string, media?: MediaConfig): Promise<{ callId: string }> {
    return this.#place('newcall', called, media);
  }

  async answer(media: MediaConfig = {}): Promise<void> {
    this.asked.push(`answer ${media.video ? 'video' : 'audio'}`);
    await this.#orRefuse(this.#script.answerCode);
    this.connect(media.video ?? false);
    this.emit('answerResult', { callId: this.callId ?? '' });
  }

  hangup(): Promise<void> {
    this.asked.push('hangup');
    const callId = this.callId ?? '';
    this.#disconnect();
    this.emit('hangupResult', { callId });
    return Promise.resolve();
  }

  #makeServices(): Services {
    const note = (asked: string): Promise<void> => {
      this.asked.push(asked);
      return Promise.resolve();
    };
    return {
      hold: () => note('hold'),
      resume: () => note('resume'),
      transfer: (to) => note(`transfer ${typeof to === 'string' ? to : to.replace}`),
      declineTransfer: (referId) => note(`declineTransfer ${referId}`),
      startRecording: () => note('startRecording').then(() => []),
      stopRecording: () => note('stopRecording'),
      requestKeyframe: (of) => note(`requestKeyframe ${of}`),
      dtmfInfo: (digit) => note(`dtmfInfo ${digit}`),
      sendInfo: (type) => note(`sendInfo ${type}`),
      sendCallMessage: (content) => note(`sendCallMessage ${content}`),
      sendMessage: (to) => note(`sendMessage ${to}`).then(() => ({ messageId: 'm1' })),
      subscribe: (event) => note(`subscribe ${event}`),
      unsubscribe: (event) => note(`unsubscribe ${event}`),
    };
  }

  dtmf(digits: string): Promise<void> {
    this.asked.push(`dtmf ${digits}`);
    return Promise.resolve();
  }

  on<N extends SoftHandlerEventName>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
  }

  off<N extends SoftHandlerEventName>(event: N, listener: (payload: SoftHandlerEvents[N]) => void): void {
    this.#listeners.get(event)?.delete(listener);
  }

  setVideoContainer(): void {
    this.asked.push('setVideoContainer');
  }

  listDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.#script.devices ?? []);
  }

  stats(): Promise<RTCStatsReport | undefined> {
    return Promise.resolve(this.talking ? new Map(this.#script.report?.() ?? []) : undefined);
  }

  destroy(): Promise<void> {
    this.asked.push('destroy');
    this.#listeners.clear();
    return Promise.resolve();
  }

  /* What the other side and the network do. */

  emit<N extends SoftHandlerEventName>(event: N, payload: SoftHandlerEvents[N]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }

  incoming(call: Partial<IncomingCall> = {}): void {
    const payload = {
      callId: this.#newCallId(),
      telNumber: '1002',
      displayName: '1002',
      audio: true,
      video: false,
      notifyType: 'user_call_user',
      ...call,
    };
    this.callId = payload.callId;
    const name = payload.notifyType === 'self_call_handle' ? 'incomingcall/autoAnswer' : 'incomingcall';
    this.emit(name, payload);
  }

  ring(): void {
    this.emit('ringing', { callId: this.callId ?? '' });
  }

  /** They answer our call. */
  pickUp(video = false): void {
    this.connect(video);
    this.emit('accepted', { callId: this.callId ?? '', telNumber: '' });
  }

  connect(video: boolean): void {
    this.talking = true;
    this.localStream = this.#script.localStream?.(video) ?? null;
    this.remoteStream = this.#script.remoteStream?.(video) ?? null;
    this.emit('localstream', { stream: this.localStream });
    this.emit('remotestream', { stream: this.remoteStream });
    this.emit('mediaState', this.#media(false));
    queueMicrotask(() => this.emit('mediaState', this.#media(video)));
  }

  hangUpByPeer(code = 200, reason = ''): void {
    const callId = this.callId ?? '';
    this.#disconnect();
    this.emit('hangup', { callId, code, reason });
  }

  setConnection(state: SoftHandlerEvents['connection']['state']): void {
    this.connection = state;
    this.emit('connection', { state });
  }

  async #place(way: string, called: string, media: MediaConfig = {}): Promise<{ callId: string }> {
    this.asked.push(`${way} ${called} ${media.video ? 'video' : 'audio'}`);
    await this.#orRefuse(this.#script.callCode);
    this.callId = this.#newCallId();
    this.emit('callingResult', { callId: this.callId });
    return { callId: this.callId };
  }

  #media(receivingVideo: boolean): SoftHandlerEvents['mediaState'] {
    return { callId: this.callId ?? '', webrtcUp: true, receivingAudio: true, receivingVideo };
  }

  #disconnect(): void {
    this.talking = false;
    this.callId = undefined;
    this.localStream = this.remoteStream = null;
  }

  #newCallId(): string {
    return `fake-${++this.#calls}`;
  }

  async #orRefuse(code: number | string | undefined): Promise<void> {
    await Promise.resolve();
    if (code !== undefined) throw Object.assign(new Error(String(code)), { code });
  }

  #makeDeviceControl(): DeviceControl {
    let front = true;
    const script = this.#script;
    const note = (words: string): Promise<void> => {
      this.asked.push(words);
      return Promise.resolve();
    };
    return {
      hasMultiVoiceDevice: true,
      hasMultiVideoDevice: script.multiCamera ?? false,
      currentVoiceIndex: 0,
      currentVoiceDevId: 'default',
      get currentFrontCamera() {
        return front;
      },
      voiceHeadphoneIndex: 0,
      voiceSpeakerIndex: 1,
      hasSpeakerSwitch: true,
      toggleVoiceDevice: () => Promise.resolve([0, 'default', '']),
      updateVoiceSpeaker: (speaker) => note(`speaker ${speaker}`),
      updateFrontCamera: (to) => {
        front = to;
        return note(`front ${to}`);
      },
      enableCamera: (enabled) => note(`camera ${enabled}`),
      selectDevice: (kind, deviceId) => note(`select ${kind} ${deviceId}`),
    };
  }
}
