import { randomBytes, randomUUID } from 'node:crypto';
import { until } from '@soft-handset/parts';
import { WebSocket } from 'ws';
import type { WireMessage } from './wire.ts';

interface Jsep {
  readonly type: string;
  readonly sdp: string;
}

/** A Janus API client without a browser: quick, and with SDP that only looks real (its ICE never answers). */
export class NodeHandset {
  readonly #socket: WebSocket;
  readonly #heard: WireMessage[] = [];
  #session = 0;
  #handle = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as WireMessage;
      if (message.janus !== 'ack') this.#heard.push(message);
    });
  }

  static async logsIn(origin: string, account: string): Promise<NodeHandset> {
    const url = `${origin.replace('https:', 'wss:')}/janus`;
    const socket = new WebSocket(url, 'janus-protocol', { rejectUnauthorized: false });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const handset = new NodeHandset(socket);
    handset.#session = await handset.#obtains({ janus: 'create' });
    handset.#handle = await handset.#obtains({ janus: 'attach', plugin: 'janus.plugin.sipserver' });
    handset.asks({ request: 'register', username: account });
    await handset.hears('registered');
    return handset;
  }

  asks(body: object, jsep?: Jsep): void {
    this.#send({ janus: 'message', body, ...(jsep && { jsep }) });
  }

  /** Waits for the next event of the plugin with that name; what came before it is passed over. */
  async hears(event: string): Promise<WireMessage> {
    return this.#takes(`event ${event}`, ({ plugindata }) => plugindata?.data.result?.event === event);
  }

  async isRefused(code: number): Promise<void> {
    await this.#takes(`error ${code}`, ({ plugindata }) => plugindata?.data.error_code === code);
  }

  async logsOut(): Promise<void> {
    this.asks({ request: 'unregister' });
    await this.hears('unregistered');
    this.#send({ janus: 'destroy' });
    this.vanishes();
  }

  /** The socket is gone; the server is not told why. */
  vanishes(): void {
    this.#socket.terminate();
  }

  async #obtains(request: object): Promise<number> {
    const transaction = this.#send(request);
    const answer = await this.#takes('success', (message) => message.transaction === transaction);
    return (answer as { readonly data?: { readonly id: number } }).data?.id ?? 0;
  }

  async #takes(what: string, isIt: (message: WireMessage) => boolean): Promise<WireMessage> {
    return until(
      `the handset hears ${what}`,
      () => {
        const index = this.#heard.findIndex(isIt);
        return index < 0 ? undefined : this.#heard.splice(0, index + 1).at(-1);
      },
      { timeoutMs: 10_000, everyMs: 5 },
    ).catch((cause: unknown) => {
      throw new Error(`${String(cause)}; heard ${JSON.stringify(this.#heard.slice(-3))}`, { cause });
    });
  }

  #send(request: object): string {
    const transaction = randomUUID();
    const path = {
      ...(this.#session !== 0 && { session_id: this.#session }),
      ...(this.#handle !== 0 && { handle_id: this.#handle }),
    };
    this.#socket.send(JSON.stringify({ ...request, ...path, transaction }));
    return transaction;
  }
}

/** An SDP as a browser's, for one audio line. */
export function madeUpSdp(type: 'offer' | 'answer'): Jsep {
  const fingerprint = Array.from(randomBytes(32), (byte) => byte.toString(16).padStart(2, '0').toUpperCase());
  const sdp = [
    'v=0',
    `o=- ${Date.now()} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=msid-semantic: WMS',
    'm=audio 9 UDP/TLS/RTP/SAVPF 0 8 101',
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${randomBytes(2).toString('hex')}`,
    `a=ice-pwd:${randomBytes(12).toString('hex')}`,
    `a=fingerprint:sha-256 ${fingerprint.join(':')}`,
    `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
  ];
  return { type, sdp: `${sdp.join('\r\n')}\r\n` };
}
