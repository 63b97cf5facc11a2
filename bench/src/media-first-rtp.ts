import { createServer } from 'node:http';
import { startChromium, startRtpPeer, within, type Parts, type RtpPeer } from '@soft-handset/parts';
import type { MediaEngine, MediaSession } from '@soft-handset/media';
import type { Candidate, Jsep } from '@soft-handset/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { mediaCallsInPage, type MediaPageTimes } from './media-page.ts';
import { phoneOffer, portIn } from './media-phone.ts';

type FromPage =
  | { readonly says: 'call' | 'end' }
  | { readonly says: 'answer'; readonly jsep: Jsep }
  | { readonly says: 'candidate'; readonly candidate: Candidate };

/**
 * Calls in Chromium, the peer's offer first, as in a return call. The signalling is as short as it can be: a WebSocket
 * between the page and the engine. The peer talks all the time from when it has the answer.
 */
export async function firstRtpInChromium(
  parts: Parts,
  engine: MediaEngine,
  calls: number,
): Promise<readonly MediaPageTimes[]> {
  const address = await serve(parts, engine);
  const browser = await parts.use(startChromium());
  const page = await browser.open(`http://${address}/`);
  return within(
    120_000,
    'the calls in Chromium',
    page.evaluate(mediaCallsInPage, { url: `ws://${address}/`, calls }),
  );
}

async function serve(parts: Parts, engine: MediaEngine): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,">');
  });
  new WebSocketServer({ server }).on('connection', (socket) => {
    const line = new Line(socket, engine);
    socket.on('message', (data: Buffer) => void line.hear(JSON.parse(data.toString()) as FromPage));
    socket.on('close', () => void line.hangUp());
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  await parts.use({
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

/** What the gateway is to a page, for one call after the other. */
class Line {
  readonly #socket: WebSocket;
  readonly #engine: MediaEngine;
  #session: MediaSession | undefined;
  #peer: RtpPeer | undefined;

  constructor(socket: WebSocket, engine: MediaEngine) {
    this.#socket = socket;
    this.#engine = engine;
  }

  async hear(what: FromPage): Promise<void> {
    switch (what.says) {
      case 'call':
        return this.#call();
      case 'answer':
        return this.#answered(what.jsep);
      case 'candidate':
        return this.#session?.addCandidate(what.candidate);
      case 'end':
        await this.hangUp();
        return this.#say({ says: 'ended' });
    }
  }

  async hangUp(): Promise<void> {
    this.#session?.close();
    await this.#peer?.close();
  }

  async #call(): Promise<void> {
    this.#peer = await startRtpPeer({ says: { frequency: 440 } });
    this.#session = await this.#engine.open();
    const offer = phoneOffer('127.0.0.1', this.#peer.port);
    this.#say({ says: 'offer', jsep: await this.#session.toHandset({ type: 'offer', sdp: offer }) });
  }

  async #answered(jsep: Jsep): Promise<void> {
    const answer = await this.#session?.toPeer(jsep);
    if (answer) this.#peer?.sendTo(portIn(answer.sdp));
  }

  #say(what: object): void {
    this.#socket.send(JSON.stringify(what));
  }
}
