import type { Jsep, SipserverRequestBody, SipserverResult } from '@soft-handset/protocol';
import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusApi, JanusJsep, JanusPluginHandle, JanusTrack } from './janus-api.ts';
import { JanusConnection, type ConnectionState } from './janus-connection.ts';
import { within } from './limit.ts';
import { PendingRequests } from './pending-requests.ts';
import { readSipserverMessage } from './sipserver-message.ts';

export interface JanusHandlerOptions {
  janus: JanusApi;
  servers: readonly string[];
  token?: string | undefined;
  iceServers: RTCIceServer[];
  random?: () => number;
}

/** An event of the plugin, with the call that it belongs to. */
export interface SipEvent {
  readonly callId: string | undefined;
  readonly event: SipserverResult;
  readonly jsep: Jsep | undefined;
}

export interface JanusHandlerEvents {
  connection: ConnectionState;
  /** The server has forgotten us: register again, calls are gone. */
  renewed: undefined;
  message: SipEvent;
  localstream: MediaStream | null;
  remotestream: MediaStream | null;
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
 * Speaks with `janus.plugin.sipserver` through janus.js: `sipcall`, requests and events, offers and answers, streams.
 * It knows nothing of calls; what janus.js gets wrong stops here.
 */
export class JanusHandler extends Emitter<JanusHandlerEvents> {
  readonly #options: JanusHandlerOptions;
  readonly #connection: JanusConnection;
  readonly #pending = new PendingRequests();
  #transaction: string | undefined;
  #localStream: MediaStream | null = null;
  #remoteStream: MediaStream | null = null;
  #prepare: ((peerConnection: RTCPeerConnection) => void) | undefined;

  constructor(options: JanusHandlerOptions) {
    super();
    this.#options = options;
    this.#connection = new JanusConnection(
      {
        janus: options.janus,
        servers: options.servers,
        token: options.token,
        iceServers: options.iceServers,
        random: options.random ?? Math.random,
      },
      {
        plugin: this.#pluginCallbacks(),
        stateChanged: (state) => this.emit('connection', state),
        renewed: () => this.#renewed(),
        received: (transaction, deliver) => this.#received(transaction, deliver),
      },
    );
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  /** The plugin handle of janus.js; undefined while there is no session. */
  get sipcall(): JanusPluginHandle | undefined {
    return this.#connection.sipcall;
  }

  get peerConnection(): RTCPeerConnection | undefined {
    return this.sipcall?.webrtcStuff.pc ?? undefined;
  }

  get localStream(): MediaStream | null {
    return this.#localStream;
  }

  get remoteStream(): MediaStream | null {
    return this.#remoteStream;
  }

  connect(): Promise<void> {
    return this.#connection.open();
  }

  /** Settles with the event that ends the request (docs/protocol.md), with its refusal, or by time. */
  send(body: SipserverRequestBody, jsep?: JanusJsep, limitMs?: number): Promise<SipEvent> {
    const sipcall = this.sipcall;
    if (this.connection !== 'up' || sipcall === undefined)
      return Promise.reject(HandsetError.of(this.connection === 'closed' ? 'closed' : 'signalling-lost'));
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
    this.#hideUnreceived();
    return answer;
  }

  /** The answer to our offer. A second one for the same offer (early media, then 200) says nothing new. */
  async acceptAnswer(answer: Jsep): Promise<void> {
    if (this.peerConnection?.signalingState !== 'have-local-offer') return;
    await this.#withSipcall<unknown>((sipcall, resolve, reject) =>
      sipcall.handleRemoteJsep({ jsep: answer, success: resolve, error: reject }),
    );
    this.#hideUnreceived();
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
    this.hideStreams();
  }

  /** Nothing is seen or heard any more, while the peer connection still stands. */
  hideStreams(): void {
    if (this.#localStream !== null) {
      this.#localStream = null;
      this.emit('localstream', null);
    }
    if (this.#remoteStream !== null) {
      this.#remoteStream = null;
      this.emit('remotestream', null);
    }
  }

  sendTones(tones: string, durationMs: number, gapMs: number): Promise<unknown> {
    return this.#withSipcall((sipcall, resolve, reject) =>
      sipcall.dtmf({ dtmf: { tones, duration: durationMs, gap: gapMs }, success: resolve, error: reject }),
    );
  }

  /** A track in the stream of ours that the page sees, when it was exchanged without janus.js. */
  showLocalTrack(track: MediaStreamTrack, isOn: boolean): void {
    this.#localStream = this.#changed(this.#localStream, track, isOn);
    this.emit('localstream', this.#localStream);
  }

  debug(...facts: unknown[]): void {
    this.#options.janus.debug(...facts);
  }

  async destroy(): Promise<void> {
    this.#pending.failAll(HandsetError.of('closed'));
    this.closeMedia();
    await this.#connection.close();
    this.clear();
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
        this.#onRemoteTrack(track, isOn, metadata?.reason),
      webrtcState: (isUp: boolean, reason?: string) => this.emit('webrtc', { isUp, reason }),
      mediaState: (kind: 'audio' | 'video', isReceiving: boolean) =>
        this.emit('receiving', { kind, isReceiving }),
      iceState: (state: RTCIceConnectionState) => this.debug('ICE', state),
      oncleanup: () => this.hideStreams(),
      ondetached: () => undefined,
    };
  }

  #received(transaction: string | undefined, deliver: () => void): void {
    this.#transaction = transaction;
    try {
      deliver();
    } finally {
      this.#transaction = undefined;
    }
  }

  #onMessage(data: unknown, jsep: unknown): void {
    const message = readSipserverMessage(data, jsep);
    if (message === undefined) {
      this.debug('not known here, ignored', data);
      return;
    }
    this.#pending.settle(message, this.#transaction);
    if (message.kind === 'event') this.emit('message', message);
    else this.debug('refused', message);
  }

  #onLocalTrack(track: MediaStreamTrack, isOn: boolean): void {
    const peerConnection = this.peerConnection;
    if (isOn && peerConnection !== undefined) this.#prepare?.(peerConnection);
    this.showLocalTrack(track, isOn);
  }

  /** janus.js reports a muted track as gone; sound that pauses (hold) must not lose its place, a frozen picture should. */
  #onRemoteTrack(track: MediaStreamTrack, isOn: boolean, reason: string | undefined): void {
    if (!isOn && reason === 'mute' && track.kind === 'audio') return;
    if (this.#remoteStream === null && !isOn) return;
    this.#remoteStream = this.#changed(this.#remoteStream, track, isOn);
    this.emit('remotestream', this.#remoteStream);
  }

  /** janus.js shows a picture as soon as it is offered, and says nothing when the answer leaves it out. */
  #hideUnreceived(): void {
    for (const { receiver, currentDirection } of this.peerConnection?.getTransceivers() ?? []) {
      const isUnreceived = currentDirection === 'inactive' || currentDirection === 'sendonly';
      if (!isUnreceived || this.#remoteStream?.getVideoTracks().includes(receiver.track) !== true) continue;
      this.#remoteStream = this.#changed(this.#remoteStream, receiver.track, false);
      this.emit('remotestream', this.#remoteStream);
    }
  }

  #changed(stream: MediaStream | null, track: MediaStreamTrack, isOn: boolean): MediaStream | null {
    if (stream === null && !isOn) return null;
    const changed = stream ?? new MediaStream();
    if (isOn) changed.addTrack(track);
    else changed.removeTrack(track);
    return changed;
  }

  #renewed(): void {
    this.#pending.failAll(HandsetError.of('signalling-lost'));
    this.emit('renewed', undefined);
  }

  /** janus.js gives the core's refusal as `458 No such session`. */
  #refused(reason: string): HandsetError {
    const code = Number(/^\d{3}/.exec(reason)?.[0]);
    if (code === 458 || code === 459) this.#connection.sessionGone();
    return HandsetError.of('not-connected', new Error(reason));
  }
}
