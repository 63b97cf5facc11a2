import type { MediaConfig, SoftHandler, SoftHandlerOptions } from '@soft-handset/handset';
import { isFree, passingProblem } from './call-model.ts';
import type { Code } from './call-record.ts';
import { endingOf } from './ending.ts';
import { faultCode, followHandler, hasVideo } from './handler-events.ts';
import { cleanNumber } from './number.ts';
import { initialState, next } from './phone-model.ts';
import type { Microphone, PhoneEvent, PhoneState } from './phone-model.ts';

export type CreateHandler = (options: SoftHandlerOptions) => Promise<SoftHandler>;

export interface SignIn {
  account: string;
  secret: string | undefined;
  /** Of a one-time link, or of the login that it made. */
  token?: string | undefined;
  /** `wss://host/janus`. */
  server: string;
  language: 'zh-CN' | 'en';
}

/** What a phone stands on; all of it can be replaced by a fake. */
export interface PhoneParts {
  createHandler: CreateHandler;
  /** Opens the microphone for a moment, so that the browser asks its user now and not when a call comes. */
  askMicrophone: () => Promise<Microphone>;
  now: () => number;
  /** Runs `action` later; the function returned calls it off. */
  after: (ms: number, action: () => void) => () => void;
  changed: (state: PhoneState, before: PhoneState) => void;
}

const plateTimeMs = 6000;
const problemTimeMs = 8000;

/** One phone: a `SoftHandler`, the model of what it does, and the things one can ask of it. */
export class Phone {
  readonly #parts: PhoneParts;
  #state: PhoneState;
  #handler: SoftHandler | undefined;
  #signIn: SignIn | undefined;
  #attempt = 0;
  #placed = 0;
  #keepPlate: () => void = () => undefined;
  #keepProblem: () => void = () => undefined;
  /** Calls go out as classic calls instead of return calls. */
  classicCall = false;

  constructor(parts: PhoneParts, secure: boolean) {
    this.#parts = parts;
    this.#state = { ...initialState, secure };
  }

  get state(): PhoneState {
    return this.#state;
  }

  get handler(): SoftHandler | undefined {
    return this.#handler;
  }

  /** What logs in again, where a one-time link did the first time. */
  get loginToken(): string | undefined {
    return this.#signIn?.token;
  }

  tell(event: PhoneEvent): void {
    const before = this.#state;
    this.#state = next(before, event);
    if (this.#state === before) return;
    this.#timePlate();
    this.#timeProblem(before);
    this.#parts.changed(this.#state, before);
  }

  /** Connects, registers, and asks for the microphone, so that `ready` can be said truthfully. */
  async signIn(signIn: SignIn): Promise<void> {
    const attempt = ++this.#attempt;
    this.#signIn = signIn;
    this.tell({ type: 'signInStarted', account: signIn.account });
    await this.#drop();
    try {
      const handler = await this.#parts.createHandler(optionsFor(signIn));
      if (attempt !== this.#attempt) return await handler.destroy();
      this.#handler = handler;
      followHandler(handler, this.#parts.now, (event) => {
        if (handler === this.#handler) this.tell(event);
      });
      handler.on('registerResult', ({ token }) => {
        if (token !== undefined && attempt === this.#attempt) this.#signIn = { ...signIn, token };
      });
      await handler.register(registerInfo(signIn));
      if (attempt !== this.#attempt) return;
      this.tell({ type: 'signedIn' });
      await this.useMicrophone();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.tell({ type: 'signInRefused', code: faultCode(error) });
      if (this.#state.line.name === 'out') await this.#drop();
    }
  }

  /** Tries again with what was typed before; takes a number back that is in use elsewhere. */
  async retry(): Promise<void> {
    if (this.#signIn) await this.signIn(this.#signIn);
  }

  async signOut(): Promise<void> {
    this.#attempt++;
    this.#signIn = undefined;
    this.tell({ type: 'signedOut' });
    await this.#drop();
  }

  async useMicrophone(): Promise<void> {
    this.tell({ type: 'microphoneChanged', microphone: await this.#parts.askMicrophone() });
  }

  async call(number: string, video: boolean): Promise<void> {
    const called = cleanNumber(number);
    const handler = this.#handler;
    if (!called || !handler || this.#state.line.name !== 'up' || !isFree(this.#state.call)) return;
    const placed = ++this.#placed;
    const name = this.#state.records.find((record) => record.peer.number === called)?.peer.name ?? '';
    this.tell({ type: 'callPlaced', number: called, name, video, at: this.#parts.now() });
    try {
      const media: MediaConfig = { audio: true, video };
      await (this.classicCall ? handler.call(called, media) : handler.newcall(called, media));
    } catch (error) {
      if (placed === this.#placed) this.#callFailed(faultCode(error));
    }
  }

  async answer(video: boolean): Promise<void> {
    const { call } = this.#state;
    if (call.name !== 'ringing' || call.answering || call.ending) return;
    this.tell({ type: 'answerPressed' });
    const isStill = (): boolean => {
      const now = this.#state.call;
      return now.name === 'ringing' && now.callId === call.callId;
    };
    try {
      await this.#handler?.answer({ audio: true, video });
      if (isStill()) this.tell({ type: 'callAnswered', at: this.#parts.now() });
      this.#seePictures();
    } catch (error) {
      if (isStill()) this.tell({ type: 'answerFailed', code: faultCode(error) });
    }
  }

  /** Ends, cancels or declines the call in front. */
  async hangup(): Promise<void> {
    const { call } = this.#state;
    if (isFree(call) || call.ending) return;
    this.tell({ type: 'endPressed' });
    try {
      await this.#handler?.hangup();
    } catch {
      // Confirmed or not: for the person who hung up, the call is over.
    }
    const now = this.#state.call;
    if (isFree(now) || !now.ending) return; // It has ended, and the next may ring.
    this.tell({ type: 'callEnded', by: 'us', code: 0, reason: '', at: this.#parts.now() });
  }

  mute(muted: boolean): void {
    if (!this.#handler) return;
    this.#handler.audioInputMuted = muted;
    this.tell({ type: 'muteChanged', muted });
  }

  async toggleCamera(): Promise<void> {
    const { call } = this.#state;
    if (call.name !== 'talking') return;
    await this.#changeMedia(async (handler) => {
      if (call.camera === 'none') {
        await handler.answer({ audio: true, video: true });
        this.#seePictures();
      } else {
        const on = call.camera === 'off';
        await handler.deviceControl.enableCamera(on);
        this.tell({ type: 'cameraChanged', camera: on ? 'on' : 'off' });
      }
    });
  }

  async flipCamera(): Promise<void> {
    await this.#changeMedia(({ deviceControl }) =>
      deviceControl.updateFrontCamera(!deviceControl.currentFrontCamera),
    );
  }

  async useLoudspeaker(loudspeaker: boolean): Promise<void> {
    await this.#changeMedia(async ({ deviceControl }) => {
      await deviceControl.updateVoiceSpeaker(loudspeaker);
      this.tell({ type: 'loudspeakerChanged', loudspeaker });
    });
  }

  async sendTone(tone: string): Promise<void> {
    if (this.#state.call.name !== 'talking') return;
    this.tell({ type: 'toneSent', tone });
    await this.#changeMedia((handler) => handler.dtmf(tone));
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#attempt++;
    this.#keepPlate();
    this.#keepProblem();
    await this.#drop();
  }

  async #changeMedia(change: (handler: SoftHandler) => Promise<void>): Promise<void> {
    if (!this.#handler) return;
    try {
      await change(this.#handler);
    } catch (error) {
      this.tell({ type: 'mediaFailed', code: faultCode(error) });
    }
  }

  #seePictures(): void {
    const handler = this.#handler;
    if (!handler) return;
    this.tell({ type: 'localPictureSeen', has: hasVideo(handler.localStream) });
    this.tell({ type: 'remoteVideoChanged', remoteVideo: hasVideo(handler.remoteStream) });
  }

  #callFailed(code: Code): void {
    if (this.#state.call.name !== 'calling') return;
    this.tell({ type: 'callEnded', by: 'peer', code, reason: '', at: this.#parts.now() });
  }

  #timePlate(): void {
    this.#keepPlate();
    const { call } = this.#state;
    if (call.name !== 'ended' || call.touched || endingOf(call.record).stays) return;
    this.#keepPlate = this.#parts.after(plateTimeMs, () => this.tell({ type: 'plateClosed' }));
  }

  #timeProblem(before: PhoneState): void {
    const problem = passingProblem(this.#state.call);
    if (problem === passingProblem(before.call)) return;
    this.#keepProblem();
    if (problem !== undefined)
      this.#keepProblem = this.#parts.after(problemTimeMs, () => this.tell({ type: 'problemRead' }));
  }

  async #drop(): Promise<void> {
    const handler = this.#handler;
    this.#handler = undefined;
    await handler?.destroy();
  }
}

function registerInfo({ account, secret, token }: SignIn): SoftHandlerOptions['registerInfo'] {
  // Which SIP server serves the account is the server's business.
  return { username: account, sipServerIp: '', ...(secret && { secret }), ...(token && { token }) };
}

function optionsFor(signIn: SignIn): SoftHandlerOptions {
  return {
    // We register ourselves, after we have begun to listen.
    configs: { janusUrl: signIn.server, autoRegister: false, videoEnable: true, language: signIn.language },
    registerInfo: registerInfo(signIn),
  };
}
