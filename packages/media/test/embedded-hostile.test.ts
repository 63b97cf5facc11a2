import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import {
  calledByPhone,
  engineOfThisTest,
  pcmu,
  SyntheticBrowser,
  UdpPhone,
  waitLimitMs,
} from './embedded-world.ts';
import { bytes, rtp } from './rtp-packets.ts';

async function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

/** Somebody between the browser and the engine: all that the engine gets comes from here, and may come again. */
class Wire {
  readonly port: number;
  readonly #enginePort: number;
  readonly #socket: Socket;
  #browserPort = 0;
  /** Media of the browser is kept back, the rest goes on. */
  keepsMedia = false;
  /** What the browser has sent over SRTP and SRTCP (RFC 7983). */
  readonly media: Buffer[] = [];
  /** What the browser has sent of ICE (RFC 7983). */
  readonly checks: Buffer[] = [];

  private constructor(socket: Socket, enginePort: number) {
    this.#socket = socket;
    this.#enginePort = enginePort;
    this.port = socket.address().port;
    socket.on('message', (packet, from) => {
      if (from.port === enginePort) socket.send(packet, this.#browserPort, '127.0.0.1');
      else {
        this.#browserPort = from.port;
        const isMedia = packet[0]! >= 128 && packet[0]! <= 191;
        if (isMedia) this.media.push(Buffer.from(packet));
        else if (packet[0]! < 4) this.checks.push(Buffer.from(packet));
        if (!isMedia || !this.keepsMedia) this.inject(packet);
      }
    });
  }

  static async to(enginePort: number): Promise<Wire> {
    return new Wire(await boundSocket(), enginePort);
  }

  inject(packet: Buffer): void {
    this.#socket.send(packet, this.#enginePort, '127.0.0.1');
  }
}

const candidatePort = (sdp: string): number => Number(/^a=candidate:\S+ 1 UDP \d+ \S+ (\d+)/m.exec(sdp)?.[1]);

async function calledOverWire(engine: EmbeddedEngine) {
  const session = await engine.open();
  const [browser, phone] = [new SyntheticBrowser(), await UdpPhone.start()];
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const enginePort = candidatePort(jsep.sdp);
  const wire = await Wire.to(enginePort);
  const sdp = jsep.sdp.replaceAll(` ${enginePort} typ host`, ` ${wire.port} typ host`);
  const answer = await browser.answers({ ...jsep, sdp });
  const toPeer = await session.toPeer({ ...answer, sdp: answer.sdp.replaceAll(/^a=candidate:.*\r\n/gm, '') });
  phone.hearsSdp(toPeer.sdp);
  await browser.isConnected();
  return { session, browser, phone, wire, enginePort };
}

/** DTLS records of the first epoch, which no longer counts (RFC 6347 §4.1): an alert to close, and a ClientHello cut short. */
const dtls = ['15fefd00000000000000630002010000', '16fefd00000000000000640003010000'].map((hex) =>
  Buffer.from(hex, 'hex'),
);
/** A Binding request and an indication, nobody's (RFC 8489 §5). */
const stun = ['0001', '0011'].map((type) => Buffer.from(`${type}00002112a442${'07'.repeat(12)}`, 'hex'));
/** A Binding request with a name that no call has (RFC 8445 §7.2.2). */
const check = Buffer.concat([
  Buffer.from(`000100142112a442${'07'.repeat(12)}0006000d`, 'hex'),
  Buffer.from('nobody:nobody\0\0\0'),
]);
const junk = [0, 1, 11, 12, 200, 1400].map((length) => Buffer.alloc(length, 0x5a));

test('what is replayed, forged or junk on the way of a browser reaches nobody, and the call goes on', async () => {
  const engine = await engineOfThisTest();
  const { session, browser, phone, wire } = await calledOverWire(engine);
  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));
  browser.send(bytes([0x80c80006, 5, 1, 2, 3, 4, 5]));
  await phone.hearsRtcp();
  await expect
    .poll(() => wire.media.some((packet) => packet[1] === 200), { timeout: waitLimitMs })
    .toBe(true);
  let ended: string | undefined;
  void session.ended.then((end) => (ended = end));

  const seen = wire.media.splice(0);
  for (const packet of seen) {
    wire.inject(packet);
    const forged = Buffer.from(packet);
    forged[forged.length - 1]! ^= 1;
    // A number that the replay window has not seen.
    if (forged[1]! < 128) forged.writeUInt16BE((forged.readUInt16BE(2) + 500) & 0xffff, 2);
    wire.inject(forged);
  }
  for (const packet of [...dtls, ...stun, ...junk, rtp({ sequence: 900, ssrc: 5 })]) wire.inject(packet);
  await expect
    .poll(() => engine.counters(), { timeout: waitLimitMs })
    .toMatchObject({
      handsetReplayed: expect.any(Number) as number,
      handsetForged: expect.any(Number) as number,
    });
  await phone.hearsFrom(2000, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));
  await browser.hearsFrom(1, (sequence) => phone.send(rtp({ sequence })));

  const heard = phone.rtp.map(({ sequence }) => sequence);
  expect(new Set(heard).size).toBe(heard.length);
  expect(heard.filter((sequence) => sequence >= 500 && sequence < 2000)).toEqual([]);
  expect(phone.rtcp).toHaveLength(1);
  expect(ended).toBeUndefined();
});

test('a stranger on the port for the browser is not heard by the peer, not even with what the browser has sent', async () => {
  const engine = await engineOfThisTest();
  const { browser, phone, wire, enginePort } = await calledOverWire(engine);
  const stranger = await boundSocket();
  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));
  wire.keepsMedia = true;
  browser.send(rtp({ sequence: 600, ssrc: 5 }));
  const isKept = () => wire.media.some((packet) => packet.readUInt16BE(2) === 600);
  await expect.poll(isKept, { timeout: waitLimitMs }).toBe(true);

  for (const packet of [...wire.media, ...dtls, ...stun, check, ...junk, rtp({ sequence: 900, ssrc: 5 })]) {
    stranger.send(packet, enginePort, '127.0.0.1');
  }
  await expect
    .poll(() => engine.counters(), { timeout: waitLimitMs })
    .toMatchObject({ iceFromStranger: expect.any(Number) as number, iceOfUnknownCall: 1 });
  wire.keepsMedia = false;
  await phone.hearsFrom(2000, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));

  const heard = phone.rtp.map(({ sequence }) => sequence);
  expect(new Set(heard).size).toBe(heard.length);
  expect(heard.filter((sequence) => sequence >= 500 && sequence < 2000)).toEqual([]);
});

test('checks of the browser that come again from a stranger lead nothing there: he cannot answer for it (RFC 8445 §7.3.1.4)', async () => {
  const engine = await engineOfThisTest();
  const { browser, phone, wire, enginePort } = await calledOverWire(engine);
  const stranger = await boundSocket();
  const toStranger: Buffer[] = [];
  stranger.on('message', (packet) => toStranger.push(Buffer.from(packet)));
  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));

  const checks = [...wire.checks];
  for (let time = 0; time < 5; time += 1) {
    for (const packet of checks) stranger.send(packet, enginePort, '127.0.0.1');
  }
  // The engine has taken them: it asks back.
  await expect.poll(() => toStranger.length, { timeout: waitLimitMs }).toBeGreaterThan(0);
  await browser.hearsFrom(100, (sequence) => phone.send(rtp({ sequence })));
  await phone.hearsFrom(2000, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));

  expect(checks.length).toBeGreaterThan(0);
  expect(toStranger.filter((packet) => packet[0]! >= 4)).toEqual([]);
});

test('an SDP of the handset that is beyond measure is refused as that, and the other calls go on', async () => {
  const engine = await engineOfThisTest();
  const good = await calledByPhone(engine);
  const { pid } = engine;
  const browser = new SyntheticBrowser();
  const offer = await browser.offers();
  const [head = '', section = ''] = offer.sdp.split(/(?=^m=)/m);
  const hostile = [
    head + section.repeat(17),
    head + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(500),
    `${offer.sdp}a=x:${'y'.repeat(5000)}\r\n`,
    offer.sdp + `a=x:${'y'.repeat(1000)}\r\n`.repeat(100),
    offer.sdp.replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${'p'.repeat(60_000)}\r`).replaceAll('\r\r', '\r'),
  ];

  for (const sdp of hostile) {
    const session = await engine.open();
    await expect(session.toPeer({ type: 'offer', sdp })).rejects.toMatchObject({ code: 'sdp-refused' });
    session.close();
  }

  await good.phone.hearsFrom(1, (sequence) => good.browser.send(rtp({ sequence })));
  expect([engine.pid, engine.sessionCount]).toEqual([pid, 1]);
});

test('hundreds of candidates, in the SDP and trickled, are taken up to a bound, and the call connects', async () => {
  const engine = await engineOfThisTest();
  const session = await engine.open();
  const [browser, phone] = [new SyntheticBrowser(), await UdpPhone.start()];
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const answer = await browser.answers(jsep);
  const many = Array.from(
    { length: 300 },
    (_, index) => `candidate:${index} 1 udp ${index + 1} 127.0.0.3 ${10_000 + index} typ host`,
  );

  const sdp = answer.sdp + many.map((each) => `a=${each}\r\n`).join('');
  const toPeer = await session.toPeer({ ...answer, sdp });
  for (const candidate of many) session.addCandidate({ candidate, sdpMid: '0' });
  session.addCandidate({
    candidate: `candidate:1 1 udp 1 127.0.0.1 9 typ host ${'x'.repeat(900)}`,
    sdpMid: '0',
  });
  phone.hearsSdp(toPeer.sdp);
  await browser.isConnected();

  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence })));
  await expect
    .poll(() => engine.counters()['candidatesTooMany'] ?? 0, { timeout: waitLimitMs })
    .toBeGreaterThan(500);
});

test('hundreds of useless candidates before the good ones leave room for the way that the browser itself finds (RFC 8445 §7.3.1.3)', async () => {
  const engine = await engineOfThisTest();
  const session = await engine.open();
  const [browser, phone] = [new SyntheticBrowser(), await UdpPhone.start()];
  const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
  const answer = await browser.answers(jsep);
  const useless = Array.from(
    { length: 500 },
    (_, index) =>
      `a=candidate:u${index} 1 udp ${2_130_000_000 + index} 127.0.0.3 ${10_000 + index} typ host\r\n`,
  );

  const toPeer = await session.toPeer({
    ...answer,
    sdp: answer.sdp.replace('a=candidate:', `${useless.join('')}a=candidate:`),
  });
  phone.hearsSdp(toPeer.sdp);
  await browser.isConnected();

  await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence })));
});
