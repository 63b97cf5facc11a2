import { expect } from 'vitest';
import type { Candidate, Jsep, SipserverData, SipserverResult } from '@soft-handset/protocol';
import type { JanusPlugin, PluginHandle, PluginInstance } from '../../src/janus-api/plugin.ts';

type EventName =
  SipserverResult['event'] | 'error' | 'webrtcup' | 'media' | 'slowlink' | 'close PC' | 'detached';

interface Heard {
  readonly name: EventName;
  readonly callId?: string;
  readonly transaction?: string;
  readonly jsep?: Jsep;
  readonly [field: string]: unknown;
}

export const anOffer: Jsep = { type: 'offer', sdp: 'handset-offer' };
export const anAnswer: Jsep = { type: 'answer', sdp: 'handset-answer' };

/** A handset on a handle of the plugin: asks, and hears in the order in which it was told. */
export class TestHandset {
  readonly #instance: PluginInstance;
  readonly #heard: Heard[] = [];
  #wake: () => void = () => undefined;
  #transactions = 0;
  #isGone = false;

  constructor(plugin: JanusPlugin, remoteAddress = '192.0.2.10') {
    this.#instance = plugin.attach(this.#handle(remoteAddress));
  }

  /** Returns the transaction. */
  asks(body: object, jsep?: Jsep): string {
    const transaction = `t${++this.#transactions}`;
    this.#instance.message({ transaction, body, ...(jsep && { jsep }) });
    return transaction;
  }

  trickles(...candidates: Candidate[]): void {
    this.#instance.trickle(candidates);
  }

  /** The core request `hangup`. */
  closesPeerConnection(): void {
    this.#instance.hangup();
  }

  leaves(): void {
    this.#instance.detach();
  }

  async registers(username = '1001', more: object = {}): Promise<this> {
    const transaction = this.asks({ request: 'register', username, secret: 'page-secret', ...more });
    await this.hears('registering', { transaction });
    await this.hears('registered');
    return this;
  }

  /** The next thing it hears is this, and nothing came before. */
  async hears(name: EventName, fields: Readonly<Record<string, unknown>> = {}): Promise<Heard> {
    const heard = await this.#next(name);
    expect(heard).toMatchObject({ name, ...fields });
    return heard;
  }

  async isRefused(code: number, transaction?: string): Promise<Heard> {
    return this.hears('error', { code, ...(transaction !== undefined && { transaction }) });
  }

  /** What it has heard of this does not matter. */
  forgets(name: EventName): void {
    for (let at = this.#heard.length - 1; at >= 0; at--)
      if (this.#heard[at]?.name === name) this.#heard.splice(at, 1);
  }

  async hearsNothing(): Promise<void> {
    await quiet();
    expect(this.#heard).toEqual([]);
  }

  async #next(wanted: string): Promise<Heard> {
    const limit = AbortSignal.timeout(3000);
    for (;;) {
      const heard = this.#heard.shift();
      if (heard) return heard;
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        limit.onabort = () => reject(new Error(`the handset has not heard ${wanted}`));
      });
    }
  }

  #handle(remoteAddress: string): PluginHandle {
    return {
      id: 1,
      sessionId: 1,
      opaqueId: undefined,
      remoteAddress,
      event: (data, options = {}) => this.#hear(plain(data as SipserverData, options)),
      webrtcup: () => this.#hear({ name: 'webrtcup' }),
      media: (facts) => this.#hear({ name: 'media', ...facts }),
      slowlink: (facts) => this.#hear({ name: 'slowlink', ...facts }),
      hangup: (reason) => this.#hear({ name: 'close PC', reason }),
      end: () => {
        this.#isGone = true;
        this.#instance.detach();
        this.#heard.push({ name: 'detached' });
        this.#wake();
      },
    };
  }

  #hear(heard: Heard): void {
    if (this.#isGone) return;
    this.#heard.push(heard);
    this.#wake();
  }
}

/** Lets everything that is ready happen. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function plain(data: SipserverData, options: { transaction?: string; jsep?: Jsep }): Heard {
  const about = { ...(data.call_id !== undefined && { callId: data.call_id }), ...options };
  if ('error_code' in data) return { name: 'error', code: data.error_code, text: data.error, ...about };
  const { event, ...fields } = data.result;
  return { name: event, ...fields, ...about };
}
