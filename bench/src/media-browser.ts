import { PeerConnection, Audio, type Track } from 'node-datachannel';
import { iceDescriptionIn, onlyMid, sdpForLibrary } from '@soft-handset/media/ice-description';
import { until } from '@soft-handset/parts';
import type { Jsep } from '@soft-handset/protocol';

/**
 * A browser as far as a media engine can see it: ICE, DTLS and SRTP of libdatachannel, an answer in text, and no codecs.
 * It takes the engine's offer, as in a return call.
 */
export class MediaBrowser {
  readonly #connection: PeerConnection;
  readonly #track: Track;
  readonly #offer: string;
  readonly #ssrc: number;
  /** Resolves when ICE and DTLS are up. */
  readonly isUp: Promise<void>;

  /** `ssrc`: what it sends has that one. */
  constructor({ sdp }: Jsep, ssrc: number) {
    this.#offer = sdp;
    this.#ssrc = ssrc;
    this.#connection = new PeerConnection('', {
      iceServers: [],
      forceMediaTransport: true,
      disableAutoNegotiation: true,
    });
    const audio = new Audio(onlyMid, 'SendRecv');
    audio.addAudioCodec(0, 'PCMU');
    this.#track = this.#connection.addTrack(audio);
    this.isUp = new Promise((resolve, reject) => {
      this.#connection.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed' || state === 'closed')
          reject(new Error(`the browser's connection is ${state}`));
      });
    });
    this.isUp.catch(() => undefined);
  }

  onRtp(hears: (rtp: Buffer) => void): void {
    this.#track.onMessage(hears);
  }

  async answers(): Promise<Jsep> {
    const engine = iceDescriptionIn(this.#offer);
    if (!engine) throw new Error('the engine offers no ICE and DTLS');
    this.#connection.setRemoteDescription(sdpForLibrary({ ...engine, setup: 'actpass' }, 'active'), 'offer');
    this.#connection.setLocalDescription('answer');
    for (const candidate of engine.candidates.filter((each) => overIPv4.test(each)))
      this.#connection.addRemoteCandidate(candidate, onlyMid);
    await until('candidates', () => this.#connection.gatheringState() === 'complete');
    const own = this.#connection.localDescription()?.sdp ?? '';
    return { type: 'answer', sdp: answer(own, this.#ssrc) };
  }

  send(rtp: Buffer): void {
    this.#track.sendMessageBinary(rtp);
  }
}

/** Our Janus has no IPv6; both engines shall be reached the same way. */
const overIPv4 = /^candidate:\S+ \d+ \S+ \d+ [\d.]+ /;

/** As Chromium writes it. */
function answer(own: string, ssrc: number): string {
  return [
    'v=0',
    'o=- 4611731400430051337 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${onlyMid}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    ...linesOf(own, /^a=(?:ice-ufrag|ice-pwd|fingerprint):/),
    ...linesOf(own, /^a=candidate:/).filter((line) => overIPv4.test(line.slice('a='.length))),
    'a=setup:active',
    `a=mid:${onlyMid}`,
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:0 PCMU/8000',
    `a=ssrc:${ssrc} cname:bench`,
    '',
  ].join('\r\n');
}

function linesOf(sdp: string, wanted: RegExp): readonly string[] {
  const lines = sdp.split(/\r?\n/).filter((line) => wanted.test(line));
  return [...new Set(lines)];
}
