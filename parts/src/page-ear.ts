/** What a peer connection has done so far, out of getStats. */
export interface ConnectionFacts {
  readonly state: RTCPeerConnectionState;
  readonly received: MediaFacts;
  readonly sent: MediaFacts;
}

export interface MediaFacts {
  readonly audio: KindFacts | undefined;
  readonly video: KindFacts | undefined;
}

export interface KindFacts {
  /** As in SDP: `PCMU`, `opus`, `VP8`. */
  readonly codec: string | undefined;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  /** Decoded or encoded frames; 0 for audio. */
  readonly frames: number;
  readonly totalAudioEnergy: number;
  readonly audioLevel: number;
}

/** In the page, as `window.pageEar`: it sees every RTCPeerConnection from the start. */
export interface PageEar {
  readonly connections: readonly RTCPeerConnection[];
  /** Of the youngest connection, or the one at `index`. */
  facts(index?: number): Promise<ConnectionFacts>;
  /** The strongest frequency in what it receives now; undefined while it is silent. */
  sound(index?: number): Promise<number | undefined>;
  /** How loud each of these frequencies is in it, in dB; what is silent is far below -60. */
  levels(frequencies: readonly number[], index?: number): Promise<readonly number[]>;
}

declare global {
  interface Window {
    pageEar: PageEar;
  }
}

/**
 * Runs in the page before its own scripts; it must not use anything outside itself.
 * It only looks: the page's connections behave as without it.
 */
export function installPageEar(): void {
  const connections: RTCPeerConnection[] = [];
  const analysers = new Map<MediaStreamTrack, AnalyserNode>();
  let audio: AudioContext | undefined;

  window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(target, args: [RTCConfiguration?]) {
      const connection = new target(...args);
      connections.push(connection);
      return connection;
    },
  });

  /** The union of the kinds of statistics that are read here (W3C webrtc-stats). */
  interface Row {
    readonly id: string;
    readonly type: string;
    readonly kind?: string;
    readonly codecId?: string;
    readonly mediaSourceId?: string;
    readonly mimeType?: string;
    readonly packetsReceived?: number;
    readonly packetsSent?: number;
    readonly bytesReceived?: number;
    readonly bytesSent?: number;
    readonly packetsLost?: number;
    readonly framesDecoded?: number;
    readonly framesEncoded?: number;
    readonly totalAudioEnergy?: number;
    readonly audioLevel?: number;
  }

  function kindFacts(rows: readonly Row[], type: string, kind: string): KindFacts | undefined {
    const row = rows.find((one) => one.type === type && one.kind === kind);
    if (!row) return undefined;
    const codec = rows.find((one) => one.id === row.codecId);
    const source = rows.find((one) => one.id === row.mediaSourceId) ?? row;
    return {
      codec: codec?.mimeType?.split('/')[1],
      packets: row.packetsReceived ?? row.packetsSent ?? 0,
      bytes: row.bytesReceived ?? row.bytesSent ?? 0,
      lost: row.packetsLost ?? 0,
      frames: row.framesDecoded ?? row.framesEncoded ?? 0,
      totalAudioEnergy: source.totalAudioEnergy ?? 0,
      audioLevel: source.audioLevel ?? 0,
    };
  }

  function at(index: number): RTCPeerConnection {
    const connection = connections.at(index);
    if (!connection) throw new Error('there is no peer connection in this page');
    return connection;
  }

  function analyserOf(track: MediaStreamTrack): AnalyserNode {
    const known = analysers.get(track);
    if (known) return known;
    audio ??= new AudioContext();
    const stream = new MediaStream([track]);
    // Chromium hands sound of a connection to Web Audio only while an element plays it.
    const element = new Audio();
    element.srcObject = stream;
    void element.play().catch(() => undefined);
    const analyser = audio.createAnalyser();
    analyser.fftSize = 8_192;
    analyser.smoothingTimeConstant = 0;
    audio.createMediaStreamSource(stream).connect(analyser);
    analysers.set(track, analyser);
    return analyser;
  }

  async function spectrum(
    index: number,
  ): Promise<{ readonly levels: Float32Array; readonly hertzPerBin: number } | undefined> {
    const track = at(index)
      .getReceivers()
      .map((receiver) => receiver.track)
      .find((one) => one.kind === 'audio');
    if (!track) return undefined;
    const analyser = analyserOf(track);
    await (analyser.context as AudioContext).resume();
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    return { levels, hertzPerBin: analyser.context.sampleRate / analyser.fftSize };
  }

  window.pageEar = {
    connections,
    async facts(index = -1) {
      const connection = at(index);
      const rows = [...(await connection.getStats()).values()] as Row[];
      const both = (type: string): MediaFacts => ({
        audio: kindFacts(rows, type, 'audio'),
        video: kindFacts(rows, type, 'video'),
      });
      return {
        state: connection.connectionState,
        received: both('inbound-rtp'),
        sent: both('outbound-rtp'),
      };
    },
    async levels(frequencies, index = -1) {
      const { levels, hertzPerBin } = (await spectrum(index)) ?? {
        levels: new Float32Array(),
        hertzPerBin: 1,
      };
      return frequencies.map((frequency) => {
        const bin = Math.round(frequency / hertzPerBin);
        return Math.max(-200, ...levels.slice(bin - 2, bin + 3));
      });
    },
    async sound(index = -1) {
      const heard = await spectrum(index);
      if (!heard) return undefined;
      const { levels, hertzPerBin } = heard;
      const best = levels.reduce((top, level, bin) => (level > (levels[top] ?? -Infinity) ? bin : top), 0);
      return (levels[best] ?? -Infinity) > -60 ? best * hertzPerBin : undefined;
    },
  };
}
