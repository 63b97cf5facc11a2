import type { Jsep, SipserverRequestBody, SipserverResult } from '@soft-handset/protocol';
import { Emitter } from './emitter.ts';
import { HandleStreams } from './handle-streams.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusJsep, JanusPluginHandle, JanusTrack } from './janus-api.ts';
import type { JanusConnection } from './janus-connection.ts';
import type { HandleSlot } from './janus-link.ts';
import { within } from './limit.ts';
import { PendingRequests } from './pending-requests.ts';
import { readSipserverMessage } from './sipserver-message.ts';

/** An event of the plugin, with the call that it belongs to. */
export interface SipEvent {
  readonly callId: string | undefined;
  readonly event: SipserverResult;
  readonly jsep: Jsep | undefined;
}

export interface JanusHandlerEvents {
  message: SipEvent;
  /** The server has let it go, unasked. */
  detached: undefined;
  /** ICE and DTLS are up, or Janus has closed them. */
  webrtc: { isUp: boolean; reason: string | undefined };
  receiving: { kind: 'audio' | 'video'; isReceiving: boolean };
}

export interface NegotiationOptions {
  /** What to add; empty: nothing changes but what the other side asks. */
  tracks: JanusTrack[];
  /** Last touch on our description, before the browser takes it. */
  customizeSdp?: (sdp: string) => string;
  /** A track of ours is in place, the description is not made yet: the moment to set codec preferences. */
  prepare?: (peerConnection: RTCPeerConnection) => void;
}

const negotiationLimitMs = 15_000;

/**
 * One handle of `janus.plugin.sipserver`, through janus.js: `sipcall`, requests and events, offers and answers, streams.
 * It knows nothing of calls; what janus.js gets wrong stops here. Several share a connection.
 */
export class JanusHandler extends Emitter<JanusHandlerEvents> {
  readonly streams = new HandleStreams();
  readonly #connection: JanusConnection;
  readonly #slot: HandleSlot;
  readonly #pending = new PendingRequests();
  #prepare: ((peerConnection: RTCPeerConnection) => void) | undefined;

  constructor(connection: JanusConnection) {
    super();
    this.#connection = connection;
    this.#slot = {
      plugin: this.#pluginCallbacks(),
      sipcall: undefined,
      detached: () => this.emit('detached', undefined),
    };
  }

  /** The plugin handle of janus.js; undefined while there is no session. */
  get sipcall(): JanusPluginHandle | undefined {
    return this.#slot.sipcall;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.sipcall?.webrtcStuff.pc ?? undefined;
  }

  attach(): Promise<void> {
    return this.#connection.attach(this.#slot);
  }

  /** Settles with the event that ends the request (docs/protocol.md), with its refusal, or by time. */
  send(body: SipserverRequestBody, jsep?: JanusJsep, limitMs?: number): Promise<SipEvent> {
    const { sipcall } = this;
    const { state } = this.#connection;
    if (state !== 'up' || sipcall === undefined)
      return Promise.reject(HandsetError.of(state === 'closed' ? 'closed' : 'signalling-lost'));
    const callId = 'call_id' in body ? body.call_id : undefined;
    return this.#pending.add(
      body.request,
      callId,
      (fail) =>
        this.#connection.transactionOf(() =>
          sipcall.send({
            message: body,
            ...(jsep === undefined ? {} : { jsep }),
            error: (reason) => fail(this.#refused(reason)),
          }),
        ),
      limitMs,
    );
  }

  /** Makes the peer connection where there is none, and our offer. */
  createOffer(options: NegotiationOptions): Promise<JanusJsep> {
    return this.#negotiate(options, (sipcall, common) => sipcall.createOffer(common));
  }

  /** Takes the server's offer and makes our answer. */
  async createAnswer(offer: Jsep, options: NegotiationOptions): Promise<JanusJsep> {
    const answer = await this.#negotiate(options, (sipcall, common) =>
      sipcall.createAnswer({ ...common, jsep: offer }),
    );
    this.streams.hideUnreceived(this.peerConnection);
    return answer;
  }

  /** The answer to our offer. A second one for the same offer (early media, then 200) says nothing new. */
  async acceptAnswer(answer: Jsep): Promise<void> {
    if (this.peerConnection?.signalingState !== 'have-local-offer') return;
    await this.#withSipcall<unknown>((sipcall, resolve, reject) =>
      sipcall.handleRemoteJsep({ jsep: answer, success: resolve, error: reject }),
    );
    this.streams.hideUnreceived(this.peerConnection);
  }

  /** Takes our offer back: the call goes on as it was. */
  async rollback(): Promise<void> {
    const peerConnection = this.peerConnection;
    if (peerConnection?.signalingState !== 'have-local-offer') return;
    await peerConnection.setLocalDescription({ type: 'rollback' });
  }

  /** Closes the peer connection here; the call itself is the protocol's matter. */
  closeMedia(): void {
    this.sipcall?.hangup();
    this.streams.hide();
  }

  sendTones(tones: string, durationMs: number, gapMs: number): Promise<unknown> {
    return this.#withSipcall((sipcall, resolve, reject) =>
      sipcall.dtmf({ dtmf: { tones, duration: durationMs, gap: gapMs }, success: resolve, error: reject }),
    );
  }

  debug(...facts: unknown[]): void {
    this.#connection.debug(...facts);
  }

  /** A fresh session has come up: what was asked in the old one is not answered any more. */
  lost(): void {
    this.#pending.failAll(HandsetError.of('signalling-lost'));
  }

  /** Nothing comes or goes any more; the handle itself goes with `detach` or with the connection. */
  close(): void {
    this.#pending.failAll(HandsetError.of('closed'));
    this.closeMedia();
  }

  detach(): void {
    this.close();
    this.#connection.detach(this.#slot);
    this.clear();
    this.streams.clear();
  }

  #negotiate(
    options: NegotiationOptions,
    start: (sipcall: JanusPluginHandle, common: Parameters<JanusPluginHandle['createOffer']>[0]) => void,
  ): Promise<JanusJsep> {
    this.#prepare = options.prepare;
    const work = this.#withSipcall<JanusJsep>((sipcall, resolve, reject) =>
      start(sipcall, {
        tracks: options.tracks,
        customizeSdp: (jsep) => {
          jsep.sdp = options.customizeSdp?.(jsep.sdp) ?? jsep.sdp;
        },
        success: (jsep) => resolve({ type: jsep.type, sdp: jsep.sdp }),
        error: reject,
      }),
    );
    return work.finally(() => (this.#prepare = undefined));
  }

  /** janus.js's callbacks as a promise with a time limit; its errors are strings or whatever the browser threw. */
  #withSipcall<T>(
    start: (
      sipcall: JanusPluginHandle,
      resolve: (value: T) => void,
      reject: (error: unknown) => void,
    ) => void,
  ): Promise<T> {
    const sipcall = this.sipcall;
    if (sipcall === undefined) return Promise.reject(HandsetError.of('signalling-lost'));
    const work = new Promise<T>((resolve, reject) => {
      start(sipcall, resolve, (error) => reject(HandsetError.of('media-failed', error)));
    });
    return within(negotiationLimitMs, work);
  }

  #pluginCallbacks() {
    return {
      onmessage: (data: unknown, jsep: unknown) => this.#onMessage(data, jsep),
      onlocaltrack: (track: MediaStreamTrack, isOn: boolean) => this.#onLocalTrack(track, isOn),
      onremotetrack: (track: MediaStreamTrack, _mid: string, isOn: boolean, metadata?: { reason: string }) =>
        this.streams.showRemote(track, isOn, metadata?.reason),
      webrtcState: (isUp: boolean, reason?: string) => this.emit('webrtc', { isUp, reason }),
      mediaState: (kind: 'audio' | 'video', isReceiving: boolean) =>
        this.emit('receiving', { kind, isReceiving }),
      iceState: (state: RTCIceConnectionState) => this.debug('ICE', state),
      oncleanup: () => this.streams.hide(),
      ondetached: () => undefined,
    };
  }

  #onMessage(data: unknown, jsep: unknown): void {
    const message = readSipserverMessage(data, jsep);
    if (message === undefined) {
      this.debug('not known here, ignored', data);
      return;
    }
    this.#pending.settle(message, this.#connection.transaction);
    if (message.kind === 'event') this.emit('message', message);
    else this.debug('refused', message);
  }

  #onLocalTrack(track: MediaStreamTrack, isOn: boolean): void {
    const peerConnection = this.peerConnection;
    if (isOn && peerConnection !== undefined) this.#prepare?.(peerConnection);
    this.streams.showLocal(track, isOn);
  }

  /** janus.js gives the core's refusal as `458 No such session`. */
  #refused(reason: string): HandsetError {
    const code = Number(/^\d{3}/.exec(reason)?.[0]);
    if (code === 458 || code === 459) this.#connection.sessionGone();
    return HandsetError.of('not-connected', new Error(reason));
  }
}
