/** What the page is told. */
export interface PageCalls {
  readonly url: string;
  readonly plugin: string;
  readonly username: string;
  readonly peer: string;
  readonly calls: number;
}

/** Milliseconds of one return call. */
export interface PageCallTimes {
  readonly newCallToNewAccepted: number;
  readonly newAcceptToFirstRtp: number;
}

/**
 * Runs in the page, with nothing but the browser's own interfaces: return calls one after the other,
 * the microphone taken once before the first. It must not use anything outside itself.
 */
export async function returnCallsInPage(options: PageCalls): Promise<PageCallTimes[]> {
  interface Message {
    readonly janus: string;
    readonly transaction?: string;
    readonly data?: { readonly id: number };
    readonly plugindata?: {
      readonly data: { readonly result?: { readonly event: string }; readonly error?: string };
    };
    readonly jsep?: RTCSessionDescriptionInit;
  }
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const socket = new WebSocket(options.url, 'janus-protocol');
  const kept: Message[] = [];
  let arrived = (): void => undefined;
  socket.onmessage = ({ data }) => {
    kept.push(JSON.parse(data as string) as Message);
    arrived();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  let asked = 0;
  const ids: { session_id?: number; handle_id?: number } = {};

  const send = (request: object): string => {
    const transaction = `p${(asked += 1)}`;
    socket.send(JSON.stringify({ ...request, ...ids, transaction }));
    return transaction;
  };
  const hears = async (what: string, wanted: (message: Message) => boolean): Promise<Message> => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const message = kept.shift();
      if (message && wanted(message)) return message;
      if (message?.plugindata?.data.error) throw new Error(`${what}: ${message.plugindata.data.error}`);
      if (performance.now() > deadline) throw new Error(`${what}: not within 10 s`);
      if (!message) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
          setTimeout(resolve, 1_000);
        });
      }
    }
  };
  const event = (name: string): Promise<Message> =>
    hears(name, (message) => message.plugindata?.data.result?.event === name);
  const ask = async (request: object): Promise<Message> => {
    const transaction = send(request);
    return hears(JSON.stringify(request), (message) => message.transaction === transaction);
  };
  const firstRtp = async (connection: RTCPeerConnection): Promise<number> => {
    const deadline = performance.now() + 10_000;
    while (performance.now() < deadline) {
      for (const row of (await connection.getStats()).values()) {
        const { type, packetsReceived = 0 } = row as { type: string; packetsReceived?: number };
        if (type === 'inbound-rtp' && packetsReceived > 0) return performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('no RTP within 10 s');
  };
  const call = async (): Promise<PageCallTimes> => {
    const connection = new RTCPeerConnection();
    for (const track of microphone.getTracks()) connection.addTrack(track, microphone);
    connection.onicecandidate = ({ candidate }) =>
      send({ janus: 'trickle', candidate: candidate ?? { completed: true } });
    const calledAt = performance.now();
    send({ janus: 'message', body: { request: 'new_call', uri: options.peer, video: '0' } });
    const { jsep: offer } = await event('new_accepted');
    const offeredAt = performance.now();
    if (!offer) throw new Error('new_accepted without an offer');
    await connection.setRemoteDescription(offer);
    await connection.setLocalDescription();
    const answer = connection.localDescription;
    const answeredAt = performance.now();
    send({
      janus: 'message',
      body: { request: 'new_accept' },
      jsep: { type: answer?.type, sdp: answer?.sdp },
    });
    const heardAt = await firstRtp(connection);
    send({ janus: 'message', body: { request: 'hangup' } });
    await event('hangingup');
    connection.close();
    return { newCallToNewAccepted: offeredAt - calledAt, newAcceptToFirstRtp: heardAt - answeredAt };
  };

  try {
    ids.session_id = (await ask({ janus: 'create' })).data?.id ?? 0;
    ids.handle_id = (await ask({ janus: 'attach', plugin: options.plugin })).data?.id ?? 0;
    send({ janus: 'message', body: { request: 'register', username: options.username } });
    await event('registered');
    const times: PageCallTimes[] = [];
    for (let done = 0; done < options.calls; done += 1) times.push(await call());
    return times;
  } finally {
    socket.close();
    for (const track of microphone.getTracks()) track.stop();
  }
}
