import { EmbeddedCall } from './embedded-call.ts';
import { EmbeddedMedia, type EmbeddedMediaOptions } from './embedded-media.ts';
import type { FromChild, Question, Questions, ToChild, Verb } from './embedded-messages.ts';
import { Oddities, type Oddity } from './embedded-oddities.ts';
import { EmbeddedRecording } from './embedded-recording.ts';
import { MediaError } from './engine.ts';
import { IcePorts } from './ice-ports.ts';
import { blockMs, Recorder, startRecorderThread } from './recording/recorder.ts';

const lookMs = 1000;

interface OpenCall {
  readonly call: EmbeddedCall;
  readonly media: EmbeddedMedia;
  readonly recording: EmbeddedRecording;
}

/** All calls of the child process, as the engine asks for them. What goes wrong in one is that one's. */
export class EmbeddedServer {
  readonly #say: (message: FromChild) => void;
  readonly #calls = new Map<number, OpenCall>();
  readonly #recorder: Recorder;
  #options: EmbeddedMediaOptions | undefined;
  #icePorts: IcePorts | undefined;
  readonly #oddities: Oddities;
  #timers: NodeJS.Timeout[] = [];

  constructor(say: (message: FromChild) => void) {
    this.#say = say;
    this.#oddities = new Oddities((news) => say({ says: 'odd', ...news }));
    this.#recorder = new Recorder({ startThread: startRecorderThread, nowMs: () => performance.now() });
  }

  hear(message: ToChild): void {
    switch (message.do) {
      case 'start':
        this.#options = message.options;
        this.#icePorts = new IcePorts(message.options.transport, (oddity) => this.odd(oddity, 1));
        this.#timers = [
          setInterval(() => this.#look(), lookMs),
          setInterval(() => this.#recorder.flush(), blockMs),
        ];
        return this.#say({ says: 'up' });
      case 'open':
        return this.#open(message.call);
      case 'toHandset':
      case 'toPeer':
      case 'rollback':
      case 'record':
      case 'stopRecording':
      case 'keyframe':
      case 'stats':
      case 'close':
        void this.#answer(message);
        return;
      case 'addCandidate':
        return this.#calls.get(message.call)?.call.addCandidate(message.candidate);
    }
  }

  /** Something that befell no call in particular. */
  odd(oddity: Oddity, count: number): void {
    this.#oddities.add(oddity, undefined, count);
  }

  /** Resolves when all recordings are whole. May be called twice. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const id of [...this.#calls.keys()]) this.#end(id);
    this.#icePorts?.close();
    await this.#recorder.close();
  }

  #open(id: number): void {
    if (!this.#options || !this.#icePorts) return;
    const media = new EmbeddedMedia(this.#options, this.#icePorts, {
      webrtcUp: () => this.#say({ says: 'webrtcUp', call: id }),
      media: (facts) => this.#say({ says: 'media', call: id, facts }),
      slowLink: (facts) => this.#say({ says: 'slowLink', call: id, facts }),
      silence: (facts) => this.#say({ says: 'silence', call: id, facts }),
      ended: (end) => {
        const stats = media.stats();
        this.#end(id);
        this.#say({ says: 'ended', call: id, end, stats });
      },
      odd: (oddity) => this.#oddities.add(oddity, id),
    });
    const { rtp, shownAddresses } = this.#options;
    const call = new EmbeddedCall(media, { ...rtp.addresses, ...shownAddresses });
    const recording = new EmbeddedRecording(this.#recorder, media, (facts) =>
      this.#say({ says: 'recordingFailed', call: id, facts }),
    );
    this.#calls.set(id, { media, call, recording });
  }

  #end(id: number): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.recording.close();
    call?.media.close();
    this.#oddities.forget(id);
  }

  async #answer(asked: Question): Promise<void> {
    const { question } = asked;
    try {
      const call = this.#calls.get(asked.call);
      if (!call) throw new MediaError('closed', 'The media is gone');
      const answer = answerOf(asked, call);
      if (asked.do === 'close') this.#end(asked.call);
      this.#say({ says: 'made', question, made: await answer });
    } catch (error) {
      const code = error instanceof MediaError ? error.code : 'sdp-refused';
      this.#say({ says: 'refused', question, code, message: String(error) });
    }
  }

  #look(): void {
    for (const { media } of this.#calls.values()) media.look();
    const counts = this.#oddities.takeChanged();
    if (counts) this.#say({ says: 'counted', counts });
  }
}

async function answerOf(
  asked: Question,
  { call, media, recording }: OpenCall,
): Promise<Questions[Verb]['gets']> {
  switch (asked.do) {
    case 'toHandset':
      return call.toHandset(asked.sdp);
    case 'toPeer':
      return call.toPeer(asked.sdp, asked.options);
    case 'rollback':
      call.rollback();
      return undefined;
    case 'record':
      return recording.start(asked.wish);
    case 'stopRecording':
      await recording.stop(asked.sides);
      return undefined;
    case 'keyframe':
      media.askForKeyframe(asked.of);
      return undefined;
    case 'stats':
    case 'close':
      return media.stats();
  }
}
