import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Jsep } from '@soft-handset/protocol';
import { expect, onTestFinished, vi } from 'vitest';
import {
  createEmbeddedEngine,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
} from '../src/embedded-engine.ts';
import { readHandsetSdp } from '../src/embedded-sdp.ts';
import { EmbeddedTransport } from '../src/embedded-transport.ts';
import type { MediaSession, MediaSessionHandler } from '../src/engine.ts';
import { IcePorts, type ReservedPort } from '../src/ice-ports.ts';
import { browserAnswer, browserOffer, type OfferName } from './browser.ts';
import { ensureChildIsBuilt } from './embedded-build.ts';
import { phoneSdpAt } from './peer.ts';
import { readRtp, type Rtp } from './rtp-packets.ts';

/*
 * Both ends of a call, with nothing but Node: a browser that has real ICE, DTLS and SRTP and no codecs, and a phone of UDP
 * sockets. All on loopback.
 */

/** Each test has processes and handshakes of its own, on a machine that may be busy; waits end as soon as they may. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
export const waitLimitMs = 20_000;

/** Whoever asks for it closes it. */
export async function startEngine(options: EmbeddedEngineOptions = {}): Promise<EmbeddedEngine> {
  ensureChildIsBuilt();
  const engine = createEmbeddedEngine({ iceAddress: '127.0.0.1', ...options });
  await isUp(engine);
  return engine;
}

/** Closed when the test is over. */
export async function engineOfThisTest(options: EmbeddedEngineOptions = {}): Promise<EmbeddedEngine> {
  const engine = await startEngine(options);
  onTestFinished(() => engine.close());
  return engine;
}

export async function isUp(engine: EmbeddedEngine): Promise<void> {
  await vi.waitFor(() => expect(engine.isUp).toBe(true), { timeout: waitLimitMs, interval: 5 });
}

const isRtcp = (packet: Buffer): boolean => packet[1]! >= 192 && packet[1]! <= 223;

class Ear {
  readonly rtp: Rtp[] = [];
  readonly rtcp: Buffer[] = [];

  hear(packet: Buffer): void {
    if (isRtcp(packet)) this.rtcp.push(Buffer.from(packet));
    else this.rtp.push(readRtp(packet));
  }

  /**
   * Waits for a packet of that sequence number or a later one; all the while `send` is to send the next. The same one again would not do:
   * the first may come before the other side is up, and SRTP sends none twice (RFC 3711 §3.3.2).
   */
  async hearsFrom(first: number, send: (sequence: number) => void): Promise<void> {
    let sequence = first;
    const newest = (): number => {
      send(sequence);
      sequence += 1;
      return this.rtp.at(-1)?.sequence ?? -1;
    };
    await expect.poll(newest, { timeout: waitLimitMs, interval: 5 }).toBeGreaterThanOrEqual(first);
  }

  /** Waits for that many packets of RTP, all in all. */
  async hears(count: number): Promise<readonly Rtp[]> {
    await expect
      .poll(() => this.rtp.length, { timeout: waitLimitMs, interval: 5 })
      .toBeGreaterThanOrEqual(count);
    return this.rtp;
  }

  async hearsRtcp(): Promise<readonly Buffer[]> {
    await expect.poll(() => this.rtcp.length, { timeout: waitLimitMs, interval: 5 }).toBeGreaterThan(0);
    return this.rtcp;
  }
}

/** Chromium's SDP over a transport of its own; like Chromium it wants to be the DTLS client. */
export class SyntheticBrowser extends Ear {
  #transport: EmbeddedTransport | undefined;
  readonly #left: EmbeddedTransport[] = [];
  /** How its last transport ended, if by itself. */
  end: string | undefined;

  readonly #port: ReservedPort | undefined;

  /** `port`: the UDP port that it answers from; one of the system's unless given. */
  constructor({ port }: { port?: number } = {}) {
    super();
    this.#port = port === undefined ? undefined : { port, isShared: false, release: () => undefined };
    onTestFinished(() => this.close());
  }

  get isUp(): boolean {
    return this.#transport?.isUp ?? false;
  }

  async answers(offer: Jsep): Promise<Jsep> {
    const remote = [...readHandsetSdp(offer.sdp).transports.values()][0]!;
    if (this.#transport?.remote?.ufrag !== remote.ufrag) {
      this.#transport?.close();
      const [options, theirs] = [{ iceAddress: '127.0.0.1' }, { ...remote, setup: 'passive' }];
      this.#transport = EmbeddedTransport.answering(options, this.#handler(), theirs, this.#port);
    }
    return this.#stamped(browserAnswer(offer), 'active');
  }

  /** `restart`: with a fresh transport, as after another network was found. */
  async offers(name: OfferName = 'audio', { restart = false } = {}): Promise<Jsep> {
    // As a browser does, which leaves the old way when the new one works: a goodbye on it would end the call.
    if (restart && this.#transport) this.#left.push(this.#transport);
    if (restart || !this.#transport) {
      const options = { iceAddress: '127.0.0.1' };
      const port = await new IcePorts(options).reserve();
      this.#transport = EmbeddedTransport.offering(options, this.#handler(), port);
    }
    return this.#stamped(browserOffer(name), 'actpass');
  }

  hearsAnswer(answer: Jsep): void {
    if (this.#transport?.remote) return;
    this.#transport?.accept([...readHandsetSdp(answer.sdp).transports.values()][0]!);
  }

  /** What it offered last has come to nothing. */
  staysOnTheOldWay(): void {
    this.#transport?.close();
    this.#transport = this.#left.pop();
  }

  async isConnected(): Promise<void> {
    await expect.poll(() => this.isUp, { timeout: waitLimitMs, interval: 5 }).toBe(true);
  }

  send(packet: Buffer): void {
    this.#transport?.send(packet);
  }

  /** Not always with a goodbye: libdatachannel says none once it has received media, where a real browser sends its DTLS alert. */
  close(): void {
    for (const transport of [...this.#left, this.#transport]) transport?.close();
  }

  #handler() {
    return {
      up: () => undefined,
      packet: (data: Buffer) => this.hear(data),
      ended: (end: string) => void (this.end = end),
    };
  }

  #stamped({ type, sdp }: Jsep, setup: string): Jsep {
    const local = this.#transport!.local();
    const stamped = sdp
      .replaceAll(/^a=candidate:.*\r\n/gm, '')
      .replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${local.ufrag}\r`)
      .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${local.pwd}\r`)
      .replaceAll(/^a=fingerprint:.*$/gm, `a=fingerprint:${local.fingerprint}\r`)
      .replaceAll(/^a=setup:.*$/gm, `a=setup:${setup}\r`)
      .replaceAll('\r\r', '\r')
      .replace(/^a=mid:.*\r\n/m, (line) => line + local.candidates.map((each) => `a=${each}\r\n`).join(''));
    return { type, sdp: stamped };
  }
}

/** A phone's two sockets for one m-line. */
export class UdpPhone extends Ear {
  readonly rtpSocket: Socket;
  readonly rtcpSocket: Socket;
  readonly host: string;
  /** RTP the engine's way; its RTCP is the next. */
  enginePort = 0;

  private constructor(rtpSocket: Socket, rtcpSocket: Socket, host: string) {
    super();
    this.rtpSocket = rtpSocket;
    this.rtcpSocket = rtcpSocket;
    this.host = host;
    for (const socket of [rtpSocket, rtcpSocket]) {
      socket.on('message', (packet) => this.hear(packet));
      onTestFinished(() => void socket.close());
    }
  }

  static async start(host = '127.0.0.1'): Promise<UdpPhone> {
    for (let tries = 0; tries < 50; tries += 1) {
      const rtpSocket = await bound(host, 0);
      const rtcpSocket = rtpSocket && (await bound(host, rtpSocket.address().port + 1));
      if (rtpSocket && rtcpSocket) return new UdpPhone(rtpSocket, rtcpSocket, host);
      rtpSocket?.close();
    }
    throw new Error('no free ports');
  }

  get port(): number {
    return this.rtpSocket.address().port;
  }

  /** Its SDP: m-lines begin with its port, as `audio PORT RTP/AVP 0`. */
  sdp(...lines: readonly string[]): string {
    return phoneSdpAt(`c=IN IP4 ${this.host}`, ...lines.map((line) => line.replace('PORT', `${this.port}`)));
  }

  hearsSdp(sdp: string, kind = '[a-z]+'): void {
    this.enginePort = Number(new RegExp(`^m=${kind} (\\d+)`, 'm').exec(sdp)?.[1]);
  }

  send(packet: Buffer): void {
    this.rtpSocket.send(packet, this.enginePort, '127.0.0.1');
  }

  sendRtcp(packet: Buffer): void {
    this.rtcpSocket.send(packet, this.enginePort + 1, '127.0.0.1');
  }
}

/** Free UDP ports in a row, the first one even, away from those that the system gives out by itself. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const first = 20_000 + 2 * Math.floor(Math.random() * 5000);
    const row = Array.from({ length: count }, (_, index) => bound('127.0.0.1', first + index));
    const sockets = await Promise.all(row);
    for (const socket of sockets) socket?.close();
    if (sockets.every(Boolean)) return first;
  }
  throw new Error('no free ports');
}

async function bound(host: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  socket.bind(port, host);
  // An error of the socket is one of `once`.
  const isBound = await once(socket, 'listening').then(
    () => true,
    () => false,
  );
  if (isBound) return socket;
  socket.close();
  return undefined;
}

export const pcmu = ['m=audio PORT RTP/AVP 0 101', 'a=rtpmap:101 telephone-event/8000'];

export interface Call {
  readonly session: MediaSession;
  readonly browser: SyntheticBrowser;
  readonly phone: UdpPhone;
  /** What the browser was offered. */
  readonly jsep: Jsep;
}

/** A call of the phone's, answered and connected. */
export async function calledByPhone(
  engine: EmbeddedEngine,
  {
    lines = pcmu,
    handler,
    phone,
    browser = new SyntheticBrowser(),
  }: {
    lines?: readonly string[];
    handler?: MediaSessionHandler;
    phone?: UdpPhone;
    browser?: SyntheticBrowser;
  } = {},
): Promise<Call> {
  let isUpThere = false;
  const session = await engine.open({
    ...handler,
    webrtcUp: () => {
      isUpThere = true;
      handler?.webrtcUp?.();
    },
  });
  const caller = phone ?? (await UdpPhone.start());
  const jsep = await session.toHandset({ type: 'offer', sdp: caller.sdp(...lines) });
  const answer = await session.toPeer(await browser.answers(jsep));
  caller.hearsSdp(answer.sdp);
  await browser.isConnected();
  await vi.waitFor(() => expect(isUpThere).toBe(true), { timeout: waitLimitMs, interval: 2 });
  return { session, browser, phone: caller, jsep };
}
