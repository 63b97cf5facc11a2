import type { SipserverRequestBody } from '@soft-handset/protocol';
import type { CallCore } from './call-core.ts';
import { isUp } from './call-state.ts';
import { HandsetError } from './handset-error.ts';
import type { SipEvent } from './janus-handler.ts';
import type { Recording } from './service-types.ts';
import type { SipEventHandlers } from './sip-events.ts';
import { telNumber } from './tel-number.ts';

/** A request that names the running call. */
type CallRequest = Extract<
  SipserverRequestBody,
  { request: 'hold' | 'unhold' | 'transfer' | 'recording' | 'keyframe' | 'dtmf_info' | 'info' | 'message' }
>;

/** What the server does for a call that is up, and leaves the browser's side of the media as it is. */
export class CallServices {
  readonly #core: CallCore;
  #isRecording = false;

  /** What comes for a call besides its life. */
  readonly handlers: SipEventHandlers = {
    info: ({ type, content }) => this.#core.emit('info', { type, content }),
    message: ({ sender, content_type: contentType, content }) =>
      this.#core.emit('message', { sender, contentType, content }),
    notify: ({ notify, content }) => {
      if (notify === 'refer') this.#transferGoes(content);
    },
    updatingcall: ({ username, displayname }) => {
      if (username !== undefined) this.#peerChanged(username, displayname);
    },
  };

  constructor(core: CallCore) {
    this.#core = core;
  }

  get isRecording(): boolean {
    return this.#isRecording;
  }

  /** `direction` is what goes on meanwhile, seen from here. */
  async hold(direction: 'sendonly' | 'recvonly' | 'inactive' = 'sendonly'): Promise<void> {
    await this.#ask({ request: 'hold', direction });
    this.#core.move('held');
  }

  async resume(): Promise<void> {
    await this.#ask({ request: 'unhold' });
    this.#core.move('resumed');
  }

  async transfer(to: string | { replace: string }): Promise<void> {
    await this.#ask({ request: 'transfer', ...(typeof to === 'string' ? { uri: to } : to) });
  }

  async startRecording({ filename, ...parts }: Recording = {}): Promise<readonly string[]> {
    const { event } = await this.#ask({
      request: 'recording',
      action: 'start',
      audio: parts.audio ?? true,
      peer_audio: parts.peerAudio ?? true,
      video: parts.video ?? false,
      peer_video: parts.peerVideo ?? false,
      ...(filename !== undefined && { filename }),
    });
    const files = 'files' in event ? (event.files ?? []) : [];
    this.#tellRecording(true, files);
    return files;
  }

  async stopRecording(): Promise<void> {
    const parts = { audio: true, peer_audio: true, video: true, peer_video: true };
    await this.#ask({ request: 'recording', action: 'stop', ...parts });
    this.#tellRecording(false, []);
  }

  async requestKeyframe(of: 'handset' | 'peer'): Promise<void> {
    await this.#ask({ request: 'keyframe', [of === 'handset' ? 'user' : 'peer']: true });
  }

  async dtmfInfo(digit: string, durationMs?: number): Promise<void> {
    await this.#ask({
      request: 'dtmf_info',
      digit,
      ...(durationMs !== undefined && { duration: durationMs }),
    });
  }

  async sendInfo(type: string, content: string): Promise<void> {
    await this.#ask({ request: 'info', type, content });
  }

  async sendMessage(content: string, contentType = 'text/plain'): Promise<void> {
    await this.#ask({ request: 'message', content, content_type: contentType });
  }

  /** RFC 3515 §2.4.4: the body is the status line of the call that the peer makes. */
  #transferGoes(content: string): void {
    const [, code, reason = ''] = /^SIP\/2\.0 (\d{3}) ?(.*)/.exec(content) ?? [];
    if (code !== undefined)
      this.#core.emit('transferProgress', { code: Number(code), reason: reason.trim() });
  }

  #peerChanged(uri: string, displayName = telNumber(uri)): void {
    const { type } = this.#core.remote;
    this.#core.remote = { number: telNumber(uri), displayName, uri, type };
    this.#core.emit('remote', this.#core.remote);
    this.#core.ports.changed(this.#core);
  }

  #tellRecording(isOn: boolean, files: readonly string[]): void {
    this.#isRecording = isOn;
    this.#core.emit('recording', { isOn, files });
    this.#core.ports.changed(this.#core);
  }

  async #ask(body: CallRequest): Promise<SipEvent> {
    const { state, callId } = this.#core;
    if (!isUp(state) || callId === undefined) throw HandsetError.of('wrong-state');
    return this.#core.send({ ...body, call_id: callId });
  }
}
