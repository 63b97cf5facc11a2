import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestServer, type TestServer } from './test-server.ts';

/*
 * Meetecho's own janus.js, unmodified, as the judge of our Janus API. It gets the few globals of a browser that it reaches
 * for outside WebRTC; the peer connection is played by a class that makes an SDP and two candidates.
 */

type Callbacks = Record<string, unknown>;

interface JanusHandle {
  getId(): number;
  send(callbacks: Callbacks): void;
  createOffer(callbacks: Callbacks): void;
  createAnswer(callbacks: Callbacks): void;
  handleRemoteJsep(callbacks: Callbacks): void;
  hangup(sendRequest?: boolean): void;
  detach(callbacks?: Callbacks): void;
}

interface JanusSession {
  getSessionId(): number | null;
  getServer(): string;
  isConnected(): boolean;
  getInfo(callbacks: Callbacks): void;
  attach(callbacks: Callbacks): void;
  reconnect(callbacks: Callbacks): void;
  destroy(callbacks?: Callbacks): void;
}

interface JanusClass {
  new (callbacks: Callbacks): JanusSession;
  init(options: Callbacks): void;
}

const plugin = 'janus.plugin.sipserver';
const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n';

class FakePeerConnection extends EventTarget {
  localDescription: { type: string; sdp: string } | null = null;
  iceConnectionState = 'new';
  connectionState = 'new';
  onicecandidate: ((event: { candidate: object | null }) => void) | undefined;
  addTransceiver = (): object => ({});
  getTransceivers = (): object[] => [];
  createOffer = async () => ({ type: 'offer', sdp });
  createAnswer = async () => ({ type: 'answer', sdp });
  setRemoteDescription = async (): Promise<void> => undefined;
  setLocalDescription = async (description: { type: string; sdp: string }): Promise<void> => {
    this.localDescription = description;
    const candidate = {
      candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    };
    setImmediate(() => this.onicecandidate?.({ candidate }));
    setImmediate(() => this.onicecandidate?.({ candidate: null }));
  };
  close(): void {
    this.connectionState = 'closed';
  }
}

/** Runs janus.js in a scope of its own, as a browser would run it in a page. */
function loadJanus(): {
  readonly Janus: JanusClass;
  readonly sockets: WebSocket[];
  readonly beacons: Promise<unknown>[];
  readonly unload: () => void;
} {
  const sockets: WebSocket[] = [];
  const beacons: Promise<unknown>[] = [];
  const window = Object.assign(new EventTarget(), {
    RTCPeerConnection: FakePeerConnection,
    setTimeout,
    clearTimeout,
  });
  const navigator = {
    userAgent: 'test',
    platform: 'test',
    mediaDevices: {},
    sendBeacon: (url: string, body: string) => beacons.push(fetch(url, { method: 'POST', body })),
  };
  class RecordedWebSocket extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  const globals = {
    window,
    navigator,
    adapter: { browserDetails: { browser: 'chrome', version: 130 } },
    RTCPeerConnection: FakePeerConnection,
    RTCRtpSender: { prototype: {} },
    WebSocket: RecordedWebSocket,
    fetch,
  };
  const file = createRequire(import.meta.url).resolve('janus-gateway/npm/src/janus.js');
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the file is a browser script, not a module
  const run = new Function('module', ...Object.keys(globals), readFileSync(file, 'utf8')) as (
    ...args: unknown[]
  ) => void;
  run(module, ...Object.values(globals));
  const Janus = module.exports as JanusClass;
  Janus.init({ debug: false });
  onTestFinished(() => sockets.forEach((socket) => socket.terminate()));
  return { Janus, sockets, beacons, unload: () => window.dispatchEvent(new Event('beforeunload')) };
}

/** A callback style call as a promise. */
function called<T>(
  call: (callbacks: { success: (value: T) => void; error: (reason: unknown) => void }) => void,
): Promise<T> {
  return new Promise((success, failed) =>
    call({ success, error: (reason) => failed(new Error(String(reason))) }),
  );
}

async function connect(
  Janus: JanusClass,
  server: string | string[],
  options: Callbacks = {},
): Promise<JanusSession> {
  let session: JanusSession | undefined;
  await called((callbacks) => {
    session = new Janus({ server, error: callbacks.error, ...options, success: callbacks.success });
  });
  return session!;
}

const transports: Record<string, (server: TestServer) => string> = {
  WebSocket: ({ wsUrl }) => wsUrl,
  'HTTP long-poll': ({ httpUrl }) => httpUrl,
};

describe.each(Object.entries(transports))('janus.js over %s', (name, urlOf) => {
  async function attached(options: Callbacks = {}) {
    const server = await startTestServer();
    const { Janus, ...page } = loadJanus();
    const session = await connect(Janus, urlOf(server), options);
    const heard: unknown[] = [];
    const handle = await called<JanusHandle>((callbacks) =>
      session.attach({
        plugin,
        opaqueId: 'handset-1',
        ...callbacks,
        onmessage: (data: { result: object }, jsep?: object) =>
          heard.push(jsep ? [data.result, jsep] : data.result),
        webrtcState: (isUp: boolean, reason?: string) => heard.push(['webrtcState', isUp, reason]),
        mediaState: (...facts: unknown[]) => heard.push(['mediaState', ...facts]),
        slowLink: (...facts: unknown[]) => heard.push(['slowLink', ...facts]),
        oncleanup: () => heard.push('cleanup'),
        ondetached: () => heard.push('detached'),
      }),
    );
    return { ...server, ...page, Janus, session, handle, heard, echo: server.plugin };
  }

  test('learns who the server is', async () => {
    const { session } = await attached();

    const info = await called((callbacks) => session.getInfo(callbacks));

    expect(info).toMatchObject({ janus: 'server_info', name: 'Soft Handset', plugins: { [plugin]: {} } });
  });

  test('attaches with its opaque id', async () => {
    const { handle, echo } = await attached();

    expect(echo.last.handle).toMatchObject({
      id: handle.getId(),
      opaqueId: 'handset-1',
      remoteAddress: '127.0.0.1',
    });
  });

  test('sends a message with an offer and its candidates, and hears the answer', async () => {
    const { handle, heard, echo } = await attached();

    const jsep = await called((callbacks) => handle.createOffer({ tracks: [], ...callbacks }));
    await called((callbacks) => handle.send({ message: { request: 'call' }, jsep, ...callbacks }));

    await expect.poll(() => echo.last.candidates).toHaveLength(2);
    expect(echo.last.candidates).toEqual([
      { candidate: expect.any(String) as string, sdpMid: '0', sdpMLineIndex: 0 },
      { completed: true },
    ]);
    await expect
      .poll(() => heard)
      .toEqual([
        [
          { event: 'echo', number: 1 },
          { type: 'answer', sdp },
        ],
      ]);
    await called((callbacks) => handle.handleRemoteJsep({ jsep: { type: 'answer', sdp }, ...callbacks }));
  });

  test('hears events in their order', async () => {
    const { handle, heard } = await attached();

    await called((callbacks) => handle.send({ message: { count: 30 }, ...callbacks }));

    await expect.poll(() => heard).toHaveLength(30);
    expect(heard).toEqual(Array.from({ length: 30 }, (_, index) => ({ event: 'echo', number: index + 1 })));
  });

  test('hears of its media', async () => {
    const { heard, echo } = await attached();

    echo.last.handle.webrtcup();
    echo.last.handle.media({ type: 'audio', mid: '0', receiving: true });
    echo.last.handle.slowlink({ media: 'audio', mid: '0', uplink: true, lost: 5 });

    await expect
      .poll(() => heard)
      .toEqual([
        ['webrtcState', true, undefined],
        ['mediaState', 'audio', true, '0'],
        ['slowLink', true, 5, '0'],
      ]);
  });

  test('hangs up, and hears why its connection went', async () => {
    const { handle, heard, echo } = await attached();

    handle.hangup(true);

    await expect.poll(() => echo.last.hangups).toBe(1);
    await expect.poll(() => heard).toEqual(['cleanup', ['webrtcState', false, 'Janus API'], 'cleanup']);
  });

  test('detaches', async () => {
    const { handle, echo, server } = await attached();

    await called<unknown>((callbacks) => handle.detach(callbacks));

    await expect.poll(() => echo.last.detaches).toBe(1);
    expect(server.sessions.counts).toEqual({ sessions: 1, handles: 0 });
  });

  test('destroys its session, and is not told that the server is lost', async () => {
    const failures: unknown[] = [];
    const { session, echo, server } = await attached({ error: (reason: unknown) => failures.push(reason) });

    await called<unknown>((callbacks) => session.destroy(callbacks));

    expect(server.sessions.counts).toEqual({ sessions: 0, handles: 0 });
    expect(echo.last.detaches).toBe(1);
    expect(failures).toEqual([]);
  });

  test('is told why a request is refused', async () => {
    const { session, handle } = await attached();

    await expect(
      called((callbacks) => session.attach({ plugin: 'janus.plugin.none', ...callbacks })),
    ).rejects.toThrow('460');
    await expect(
      called((callbacks) => handle.send({ message: { request: 'throw' }, ...callbacks })),
    ).rejects.toThrow('490');
    await expect(
      called((callbacks) =>
        handle.send({ message: { request: 'x' }, jsep: { type: 'offer', sdp: 'x' }, ...callbacks }),
      ),
    ).rejects.toThrow('465');
  });

  test('comes in with an API secret and a token, and not with wrong ones', async () => {
    const server = await startTestServer({ api: { secret: 's3', tokens: ['tok'] } });
    const { Janus } = loadJanus();

    await expect(connect(Janus, urlOf(server), { apisecret: 'wrong' })).rejects.toThrow('Unauthorized');
    for (const key of [{ apisecret: 's3' }, { token: 'tok' }]) {
      const session = await connect(Janus, urlOf(server), key);
      const handle = await called<JanusHandle>((callbacks) => session.attach({ plugin, ...callbacks }));
      await called((callbacks) => handle.send({ message: { request: 'x' }, ...callbacks }));
    }
    await expect.poll(() => server.server.sessions.counts.handles).toBe(2);
  });

  test('takes the next server of a list when the first is not there', async () => {
    const server = await startTestServer();
    const { Janus } = loadJanus();
    const scheme = name === 'WebSocket' ? 'ws' : 'http';

    const session = await connect(Janus, [`${scheme}://127.0.0.1:1/janus`, urlOf(server)]);

    expect(session.getServer()).toBe(urlOf(server));
    expect(session.isConnected()).toBe(true);
  });

  test('claims its session again with its handle', async () => {
    const { session, handle, heard, sockets, echo, server } = await attached();
    const id = session.getSessionId();
    sockets[0]?.terminate();
    await expect.poll(() => server.connectionCount).toBe(0);

    await called<unknown>((callbacks) => session.reconnect(callbacks));
    await called((callbacks) => handle.send({ message: { request: 'again' }, ...callbacks }));

    expect(session.getSessionId()).toBe(id);
    await expect.poll(() => heard).toEqual([{ event: 'echo', number: 1 }]);
    expect(echo.instances).toHaveLength(1);
  });

  test('a page that goes takes its session with it', async () => {
    const { server, beacons, unload, session } = await attached();

    unload();
    await Promise.all(beacons);

    expect(session.isConnected()).toBe(false);
    // Over WebSocket the page just closes: the session goes a little later, for the page may be loading again.
    await expect.poll(() => server.connectionCount).toBe(0);
    expect(server.sessions.counts.sessions).toBe(name === 'WebSocket' ? 1 : 0);
  });
});

test('janus.js hears when its session has timed out on the server', async () => {
  const server = await startTestServer({ sessions: { timeoutMs: 300 } });
  const { Janus } = loadJanus();
  const lost = called((callbacks) => {
    void connect(Janus, server.wsUrl, { error: callbacks.error });
  });

  await expect(lost).rejects.toThrow('Lost connection');
});
