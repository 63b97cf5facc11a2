/*
 * janus.js as we use it. Its own typing names neither the tracks API nor the callbacks in full, so the parts that
 * we rely on are written down here; docs in libs/janus.md. Everything that janus.js keeps in statics stays in this file.
 */

export interface JanusJsep {
  type: 'offer' | 'answer';
  sdp: string;
}

/** One entry of the `tracks` API of createOffer and createAnswer. */
export interface JanusTrack {
  type: 'audio' | 'video';
  /** False: send nothing. */
  capture: MediaStreamTrack | false;
  recv: boolean;
  /** We stop our tracks ourselves. */
  dontStop?: boolean;
}

interface Callbacks<Success, Failure = unknown> {
  success?: (value: Success) => void;
  error?: (error: Failure) => void;
}

interface NegotiationOptions extends Callbacks<JanusJsep> {
  tracks?: JanusTrack[];
  customizeSdp?: (jsep: JanusJsep) => void;
}

/** What `attach` gives: the seed calls it `sipcall`. */
export interface JanusPluginHandle {
  readonly webrtcStuff: { readonly pc: RTCPeerConnection | null };
  getId(): number;
  send(options: Callbacks<unknown, string> & { message: object; jsep?: JanusJsep }): void;
  createOffer(options: NegotiationOptions): void;
  createAnswer(options: NegotiationOptions & { jsep: JanusJsep }): void;
  handleRemoteJsep(options: Callbacks<unknown> & { jsep: JanusJsep }): void;
  dtmf(
    options: Callbacks<unknown, string> & { dtmf: { tones: string; duration: number; gap: number } },
  ): void;
  /** Closes the peer connection; tells the server only when `sendRequest` is true. */
  hangup(sendRequest?: boolean): void;
  detach(options: Callbacks<unknown, string>): void;
}

export interface JanusPluginCallbacks {
  onmessage(message: unknown, jsep: unknown): void;
  onlocaltrack(track: MediaStreamTrack, isOn: boolean): void;
  onremotetrack(
    track: MediaStreamTrack,
    mid: string,
    isOn: boolean,
    metadata?: { reason: 'created' | 'ended' | 'mute' | 'unmute' },
  ): void;
  webrtcState(isUp: boolean, reason?: string): void;
  mediaState(kind: 'audio' | 'video', isReceiving: boolean, mid?: string): void;
  iceState(state: RTCIceConnectionState): void;
  oncleanup(): void;
  ondetached(): void;
}

export interface JanusSession {
  /** Absent where janus.js does not start at all (no WebRTC). */
  getSessionId?(): number | null;
  attach(options: JanusPluginCallbacks & { plugin: string } & Callbacks<JanusPluginHandle, string>): void;
  reconnect(callbacks: Callbacks<unknown, string>): void;
  destroy(
    options: Callbacks<unknown, string> & { cleanupHandles?: boolean; notifyDestroyed?: boolean },
  ): void;
}

export interface JanusSessionOptions extends Callbacks<unknown, string> {
  server: string;
  token?: string;
  iceServers: RTCIceServer[];
  /** Milliseconds. */
  keepAlivePeriod: number;
  destroyOnUnload: boolean;
}

/** What janus.js needs of a WebSocket. */
export interface JanusWebSocket {
  onopen: unknown;
  onerror: unknown;
  onclose: unknown;
  readonly readyState: number;
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  removeEventListener(type: string, listener: (event: { data?: unknown }) => void): void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
export type SocketMaker = (server: string, protocol: string) => JanusWebSocket;

/** The port to janus.js. */
export interface JanusApi {
  /** May be called often; only the first call of a page counts. */
  init(debug: boolean): void;
  /** `new Janus(...)`, its socket made by `makeSocket`. */
  open(options: JanusSessionOptions, makeSocket: SocketMaker): JanusSession;
  /** Claims the session over a new socket. */
  reconnect(session: JanusSession, makeSocket: SocketMaker, callbacks: Callbacks<unknown, string>): void;
  /** janus.js never forgets a session by itself. */
  forget(sessionId: number): void;
  attachMediaStream(element: HTMLMediaElement, stream: MediaStream | null): void;
  debug(...facts: unknown[]): void;
}

/** The class that janus.js is. */
export interface JanusStatic {
  new (options: JanusSessionOptions): JanusSession;
  init(options: { debug: boolean; dependencies: object }): void;
  useDefaultDependencies(dependencies: object): object;
  sessions: Map<number, unknown>;
  newWebSocket: SocketMaker;
  attachMediaStream(element: HTMLMediaElement, stream: MediaStream | null): void;
  debug(...facts: unknown[]): void;
}

/** Meetecho's own janus.js, loaded when it is needed: the SDK itself can be imported anywhere. */
export async function loadJanus(): Promise<JanusApi> {
  const { default: Janus } = await import('janus-gateway');
  return janusApi(Janus as unknown as JanusStatic);
}

export function janusApi(janus: JanusStatic): JanusApi {
  return {
    init: (debug) => janus.init({ debug, dependencies: dependencies(janus) }),
    open: (options, makeSocket) => withSockets(janus, makeSocket, () => new janus(options)),
    reconnect: (session, makeSocket, callbacks) =>
      withSockets(janus, makeSocket, () => session.reconnect(callbacks)),
    forget: (sessionId) => void janus.sessions.delete(sessionId),
    attachMediaStream: (element, stream) => janus.attachMediaStream(element, stream),
    debug: (...facts) => janus.debug(...facts),
  };
}

function dependencies(janus: JanusStatic): object {
  return {
    // Of webrtc-adapter janus.js reads the browser's name only; what it repairs in the globals of the page is of
    // browsers older than our syntax, and would be half of this script.
    ...janus.useDefaultDependencies({ adapter: { browserDetails: browserDetails() } }),
    // The screen sharing extension of old Chrome would listen to every message of the page.
    extension: { init: () => undefined },
  };
}

function browserDetails(): { browser: string; version: number } {
  const [, name = '', version = ''] = /(Chrom|Firefox|Safari)\w*\/(\d+)/.exec(navigator.userAgent) ?? [];
  return { browser: name === 'Chrom' ? 'chrome' : name.toLowerCase(), version: Number(version) };
}

/** janus.js makes sockets by a static, at once when it opens or reconnects: the static is ours for that moment only. */
function withSockets<T>(janus: JanusStatic, makeSocket: SocketMaker, open: () => T): T {
  const before = janus.newWebSocket;
  janus.newWebSocket = makeSocket;
  try {
    return open();
  } finally {
    janus.newWebSocket = before;
  }
}
