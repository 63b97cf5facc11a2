/** What the page is told. */
export interface MediaPageCalls {
  readonly url: string;
  readonly calls: number;
}

/** Milliseconds of one call, by the page's clock. */
export interface MediaPageTimes {
  /** From the offer's arrival until sound of the peer arrives. */
  readonly offerToFirstRtp: number;
  /** From the answer's leaving, as `new_accept` would carry it. */
  readonly answerToFirstRtp: number;
  readonly answerToConnected: number;
}

/** Runs in the page; it must not use anything outside itself. Calls one after the other, the microphone taken once. */
export async function mediaCallsInPage({ url, calls }: MediaPageCalls): Promise<MediaPageTimes[]> {
  interface Message {
    readonly says: string;
    readonly jsep?: RTCSessionDescriptionInit;
  }
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const say = (what: object): void => socket.send(JSON.stringify(what));
  const hears = (): Promise<Message> =>
    new Promise(
      (resolve) => (socket.onmessage = ({ data }) => resolve(JSON.parse(data as string) as Message)),
    );
  const within = <T>(what: string, promise: Promise<T>): Promise<T> =>
    Promise.race([
      promise,
      new Promise<never>((_none, reject) =>
        setTimeout(() => reject(new Error(`${what}: not within 15 s`)), 15_000),
      ),
    ]);

  const call = async (): Promise<MediaPageTimes> => {
    const connection = new RTCPeerConnection();
    for (const track of microphone.getTracks()) connection.addTrack(track, microphone);
    connection.onicecandidate = ({ candidate }) =>
      say({ says: 'candidate', candidate: candidate ?? { completed: true } });
    // A track that was silent is unmuted by the first packet of RTP (W3C webrtc-pc, "RTP media API").
    const firstRtp = new Promise<number>((resolve) => {
      connection.ontrack = ({ track }) => (track.onunmute = () => resolve(performance.now()));
    });
    const connected = new Promise<number>((resolve) => {
      connection.onconnectionstatechange = () => {
        if (connection.connectionState === 'connected') resolve(performance.now());
      };
    });
    say({ says: 'call' });
    const { jsep: offer } = await within('an offer', hears());
    const offeredAt = performance.now();
    if (!offer) throw new Error('a message without an offer');
    await connection.setRemoteDescription(offer);
    await connection.setLocalDescription();
    say({ says: 'answer', jsep: connection.localDescription });
    const answeredAt = performance.now();
    const [connectedAt, heardAt] = await within('the first RTP', Promise.all([connected, firstRtp]));
    say({ says: 'end' });
    await within('the end', hears());
    connection.close();
    return {
      offerToFirstRtp: heardAt - offeredAt,
      answerToFirstRtp: heardAt - answeredAt,
      answerToConnected: connectedAt - answeredAt,
    };
  };

  const times: MediaPageTimes[] = [];
  for (let done = 0; done < calls; done += 1) times.push(await call());
  socket.close();
  for (const track of microphone.getTracks()) track.stop();
  return times;
}
