import type { NosipRequest } from '@soft-handset/protocol';
import { MediaError } from './engine.ts';
import { recordingFailed, type RecordingParts, type RecordingWish } from './media-recording.ts';
import { checkedName, nameByTime } from './recording/recording-name.ts';
import type { Kind } from './sdp-memory.ts';
import { joinSdp, splitSdp } from './sdp-sections.ts';

export interface NosipRecordingOptions {
  /** Asks Janus. @throws MediaError */
  readonly ask: (request: NosipRequest) => Promise<unknown>;
  /** Folder on the machine of Janus. */
  readonly folder: string | undefined;
  readonly now: () => Date;
}

type Part = keyof RecordingParts;

const parts = {
  audio: { kind: 'audio', file: 'user-audio' },
  video: { kind: 'video', file: 'user-video' },
  peerAudio: { kind: 'audio', file: 'peer-audio' },
  peerVideo: { kind: 'video', file: 'peer-video' },
} as const satisfies Record<Part, { kind: Kind; file: string }>;

const allNames = Object.keys(parts) as readonly Part[];
/** The plugin has 255 bytes for path and name, and cuts off what is more. */
const mostBytes = 220;

/**
 * Recording by Janus: a `.mjr` file for each part, raw RTP that `janus-pp-rec` makes playable. The plugin says yes to
 * everything: also where the disk says no, where it knows no codec, and to a second start, which leaks the first file.
 * What of this can be known here is refused here.
 *
 * Janus 1.1.2 learns the codecs from answers of the peer only. Where the handset has answered, the peer's offer is told
 * again before the first recording, as the peer's answer with what was agreed; nothing of the call changes by that.
 */
export class NosipRecording {
  readonly #options: NosipRecordingOptions;
  readonly #recorded = new Set<Part>();
  /** What Janus must be told first. */
  #agreement: string | undefined;

  constructor(options: NosipRecordingOptions) {
    this.#options = options;
  }

  /** The SDPs as Janus was given them. */
  handsetAnswered(peerOffer: string, handsetAnswer: string): void {
    this.#agreement = asPeersAnswer(peerOffer, handsetAnswer);
  }

  peerAnswered(): void {
    this.#agreement = undefined;
  }

  /** @throws MediaError `unsupported` without a folder, `recording-failed` */
  async start(wish: RecordingWish, agreed: readonly Kind[]): Promise<readonly string[]> {
    const { folder, now, ask } = this.#options;
    if (folder === undefined) throw new MediaError('unsupported', 'No folder for recordings is configured');
    if (chosen(wish).length === 0) throw recordingFailed('nothing was chosen');
    const time = nameByTime(now());
    const filename = `${folder}/${nameOf(wish.filename, time)}`;
    if (agreed.length === 0) throw recordingFailed('nothing has been agreed yet');
    if (chosen(wish).some((part) => this.#recorded.has(part)))
      throw recordingFailed('that is being recorded');
    const wanted = chosen(wish).filter((part) => agreed.includes(parts[part].kind));
    if (wanted.length === 0) throw recordingFailed('there is nothing of that in the call');
    if (Buffer.byteLength(filename) > mostBytes) throw recordingFailed('the path is too long for Janus');
    if (this.#agreement !== undefined) {
      await ask({ request: 'process', type: 'answer', update: true, sdp: this.#agreement });
      this.#agreement = undefined;
    }
    await ask(request('start', wanted, filename));
    for (const part of wanted) this.#recorded.add(part);
    return wanted.map((part) => `${filename}-${parts[part].file}.mjr`);
  }

  async stop(stopped: RecordingParts): Promise<void> {
    const known = chosen(stopped).filter((part) => this.#recorded.has(part));
    if (known.length === 0) return;
    await this.#options.ask(request('stop', known));
    for (const part of known) this.#recorded.delete(part);
  }
}

function chosen(wish: RecordingParts): readonly Part[] {
  return allNames.filter((part) => wish[part]);
}

/** Janus overwrites: the time makes it a name of its own. It is a prefix, so an ending would stand in the middle. */
function nameOf(filename: string | undefined, time: string): string {
  if (filename === undefined) return time;
  return `${checkedName(filename).replace(/\.(wav|opus|ogg|mjr)$/i, '')}-${time}`;
}

/** The plugin takes the first codec of each m-line for the one in use. */
function asPeersAnswer(peerOffer: string, handsetAnswer: string): string {
  const { session, media } = splitSdp(peerOffer);
  const answers = splitSdp(handsetAnswer).media;
  return joinSdp({
    session,
    media: media.map((section, index) => {
      const { port = 0, payloads = section.payloads } = answers[index] ?? {};
      return port === 0 ? { ...section, port } : { ...section, payloads };
    }),
  });
}

function request(action: 'start' | 'stop', wanted: readonly Part[], filename?: string): NosipRequest {
  return {
    request: 'recording',
    action,
    audio: wanted.includes('audio'),
    video: wanted.includes('video'),
    peer_audio: wanted.includes('peerAudio'),
    peer_video: wanted.includes('peerVideo'),
    ...(filename !== undefined && { filename }),
  };
}
