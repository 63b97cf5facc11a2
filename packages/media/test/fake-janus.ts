import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Jsep } from '@soft-handset/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { generated, type ModelSrtp, processed } from './nosip-model.ts';

/** A request as it came; what a broken client sends is the test's to see. */
export interface Asked {
  readonly janus: string;
  readonly transaction: string;
  readonly session_id?: number;
  readonly handle_id?: number;
  readonly body?: {
    readonly request: string;
    readonly type?: 'offer' | 'answer';
    readonly sdp?: string;
    readonly srtp?: 'sdes_optional' | 'sdes_mandatory';
    readonly srtp_profile?: string;
    readonly [more: string]: unknown;
  };
  readonly jsep?: Jsep;
  readonly [more: string]: unknown;
}

/** What to do with a request instead of serving it: nothing, a refusal, or other text on the wire. */
export type Fault = 'lost' | { readonly code: number; readonly reason: string } | { readonly text: string };

/** Enough of a Janus server with NoSIP for tests of its client, faults to order included. */
export class FakeJanus {
  readonly asked: Asked[] = [];
  readonly handles = new Map<number, WebSocket>();
  readonly sessions = new Set<number>();
  /** Decides for each request; undefined serves it. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  readonly #server: WebSocketServer;
  readonly #offered = new Set<number>();
  /** Tags of the peers' keys. */
  readonly #tags = new Map<number, string | undefined>();
  #lastId = 100;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      socket.on('message', (data) => this.#serve(socket, JSON.parse((data as Buffer).toString()) as Asked));
      socket.on('close', () => this.#forget(socket));
    });
  }

  static async start(port = 0): Promise<FakeJanus> {
    const server = new WebSocketServer({ port, host: '127.0.0.1' });
    await once(server, 'listening');
    return new FakeJanus(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** How many times the client asked for that. */
  count(janus: string): number {
    return this.asked.filter((each) => each.janus === janus).length;
  }

  /** An event of Janus's own, to the handle that was used last unless told. */
  says(event: Record<string, unknown>, handle = this.usedHandle()): void {
    const session = [...this.sessions].at(-1);
    this.handles.get(handle)?.send(JSON.stringify({ session_id: session, sender: handle, ...event }));
  }

  saysText(text: string): void {
    for (const socket of this.#server.clients) socket.send(text);
  }

  usedHandle(): number {
    return this.asked.findLast((each) => each.janus === 'message')?.handle_id ?? 0;
  }

  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: WebSocket, asked: Asked): void {
    this.asked.push(asked);
    const { transaction, session_id, handle_id = 0 } = asked;
    const send = (message: Record<string, unknown>): void =>
      socket.send(JSON.stringify({ transaction, session_id, ...message }));
    const fault = this.fault(asked);
    if (fault === 'lost') return;
    if (fault) return 'text' in fault ? socket.send(fault.text) : send({ janus: 'error', error: fault });
    switch (asked.janus) {
      case 'create':
        this.sessions.add(++this.#lastId);
        return send({ janus: 'success', data: { id: this.#lastId } });
      case 'attach':
        this.handles.set(++this.#lastId, socket);
        return send({ janus: 'success', data: { id: this.#lastId } });
      case 'detach':
        this.handles.delete(handle_id);
        return send({ janus: 'success' });
      case 'destroy':
        this.sessions.delete(session_id ?? 0);
        this.#forget(socket);
        return send({ janus: 'success' });
      case 'message':
        send({ janus: 'ack' });
        return send({ janus: 'event', sender: handle_id, ...this.#plugin(asked, handle_id) });
      default:
        return send({ janus: 'ack' });
    }
  }

  #plugin({ body, jsep }: Asked, handle: number): Record<string, unknown> {
    const reply = (result: Record<string, unknown>, made?: Jsep): Record<string, unknown> => ({
      plugindata: { plugin: 'janus.plugin.nosip', data: { nosip: 'event', result } },
      jsep: made,
    });
    // The plugin cannot set up ICE for an offer of the handset while one of the peer is open.
    if (body?.request === 'generate' && jsep?.type === 'offer' && this.#offered.has(handle)) {
      return {
        plugindata: {
          plugin: 'janus.plugin.nosip',
          data: { nosip: 'event', error_code: 449, error: 'Error setting ICE locally' },
        },
      };
    }
    if (body?.request === 'generate' && jsep) {
      this.#offered.delete(handle);
      return reply({ event: 'generated', ...generated(jsep, this.#srtpOf(handle, jsep, body)) });
    }
    if (body?.request === 'recording') {
      record(body);
      return reply({ event: 'recordingupdated' });
    }
    if (body?.type === 'offer') this.#offered.add(handle);
    else this.#offered.delete(handle);
    this.#tags.set(handle, /^a=crypto:(\d+)/m.exec(body?.sdp ?? '')?.[1]);
    return reply({ event: 'processed' }, processed(body?.type ?? 'offer', body?.sdp ?? ''));
  }

  #srtpOf(handle: number, { type }: Jsep, body: NonNullable<Asked['body']>): ModelSrtp | undefined {
    const { srtp: asked, srtp_profile: profile = 'AES_CM_128_HMAC_SHA1_80' } = body;
    const isMandatory = asked === 'sdes_mandatory';
    const key = String(handle).padStart(40, 'k');
    if (type === 'offer') return asked === undefined ? undefined : { isMandatory, tag: '1', key, profile };
    const tag = this.#tags.get(handle);
    return tag === undefined ? undefined : { isMandatory, tag, key, profile };
  }

  #forget(socket: WebSocket): void {
    for (const [id, owner] of this.handles) if (owner === socket) this.handles.delete(id);
  }
}

/** As Janus does it: a file for each part, whatever was there, and yes to everything. */
function record({ action, filename, ...body }: NonNullable<Asked['body']>): void {
  if (action !== 'start') return;
  for (const [part, ending] of [
    ['audio', 'user-audio'],
    ['video', 'user-video'],
    ['peer_audio', 'peer-audio'],
    ['peer_video', 'peer-video'],
  ] as const) {
    if (body[part] === true) writeFileSync(`${String(filename)}-${ending}.mjr`, 'MJR00002');
  }
}
