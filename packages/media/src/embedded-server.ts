import { EmbeddedCall } from './embedded-call.ts';
import { EmbeddedMedia, type EmbeddedMediaOptions } from './embedded-media.ts';
import type { FromChild, Question, Questions, ToChild, Verb } from './embedded-messages.ts';
import { MediaError } from './engine.ts';

const lookMs = 1000;

interface OpenCall {
  readonly call: EmbeddedCall;
  readonly media: EmbeddedMedia;
}

/** All calls of the child process, as the engine asks for them. What goes wrong in one is that one's. */
export class EmbeddedServer {
  readonly #say: (message: FromChild) => void;
  readonly #calls = new Map<number, OpenCall>();
  #options: EmbeddedMediaOptions | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(say: (message: FromChild) => void) {
    this.#say = say;
  }

  hear(message: ToChild): void {
    switch (message.do) {
      case 'start':
        this.#options = message.options;
        this.#timer = setInterval(() => this.#look(), lookMs);
        return this.#say({ says: 'up' });
      case 'open':
        return this.#open(message.call);
      case 'toHandset':
      case 'toPeer':
        void this.#answer(message);
        return;
      case 'addCandidate':
        return this.#calls.get(message.call)?.call.addCandidate(message.candidate);
      case 'close':
        this.#calls.get(message.call)?.media.close();
        this.#calls.delete(message.call);
    }
  }

  /** May be called twice. */
  close(): void {
    clearInterval(this.#timer);
    for (const { media } of this.#calls.values()) media.close();
    this.#calls.clear();
  }

  #open(id: number): void {
    if (!this.#options) return;
    const media = new EmbeddedMedia(this.#options, {
      webrtcUp: () => this.#say({ says: 'webrtcUp', call: id }),
      media: (facts) => this.#say({ says: 'media', call: id, facts }),
      slowLink: (facts) => this.#say({ says: 'slowLink', call: id, facts }),
      ended: (end) => {
        media.close();
        this.#calls.delete(id);
        this.#say({ says: 'ended', call: id, end });
      },
    });
    const { rtp, transport } = this.#options;
    const address = transport.publicAddress ?? rtp.address;
    this.#calls.set(id, { media, call: new EmbeddedCall(media, address) });
  }

  async #answer(asked: Question): Promise<void> {
    const { question } = asked;
    try {
      const call = this.#calls.get(asked.call);
      if (!call) throw new MediaError('closed', 'The media is gone');
      this.#say({ says: 'made', question, made: await answerOf(asked, call) });
    } catch (error) {
      const code = error instanceof MediaError ? error.code : 'sdp-refused';
      this.#say({ says: 'refused', question, code, message: String(error) });
    }
  }

  #look(): void {
    for (const { media } of this.#calls.values()) media.look();
  }
}

function answerOf(asked: Question, { call }: OpenCall): Promise<Questions[Verb]['gets']> {
  switch (asked.do) {
    case 'toHandset':
      return call.toHandset(asked.sdp);
    case 'toPeer':
      return call.toPeer(asked.sdp);
  }
}
