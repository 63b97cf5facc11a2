import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { readCryptos, writeCrypto } from '../src/sdes-crypto.ts';
import { freshKey } from '../src/srtp-keys.ts';
import { SrtpReceiver } from '../src/srtp-receiver.ts';
import { SrtpSender } from '../src/srtp-sender.ts';
import {
  calledByPhone,
  engineOfThisTest,
  pcmu,
  SyntheticBrowser,
  UdpPhone,
  waitLimitMs,
} from './embedded-world.ts';
import { bytes, readRtp, rtp, words } from './rtp-packets.ts';

/** What comes to a socket, until the test is over. */
async function socketAt(host: string): Promise<{ socket: Socket; heard: Buffer[] }> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const heard: Buffer[] = [];
  socket.on('message', (packet) => heard.push(Buffer.from(packet)));
  return { socket, heard };
}

const portIn = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);
const pli = bytes([0x80c90001, 99, 0x81ce0002, 99, 7]);

for (const suite of ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const) {
  test(`SRTP with ${suite}: both ways, and what is forged or comes twice reaches nobody`, async () => {
    const engine = await engineOfThisTest();
    let isUpThere = false;
    const session = await engine.open({ webrtcUp: () => (isUpThere = true) });
    const browser = new SyntheticBrowser();
    const { socket, heard } = await socketAt('127.0.0.1');
    const key = freshKey(suite);
    const sdp = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
    const media = [
      `m=audio ${socket.address().port} RTP/SAVP 0`,
      `a=crypto:${writeCrypto({ tag: 3, key })}`,
      '',
    ];
    const jsep = await session.toHandset({ type: 'offer', sdp: [...sdp, ...media].join('\r\n') });
    const answer = await session.toPeer(await browser.answers(jsep));
    await browser.isConnected();
    await expect.poll(() => isUpThere, { timeout: waitLimitMs, interval: 5 }).toBe(true);
    const [theirs] = readCryptos([/^a=crypto:(.*)\r$/m.exec(answer.sdp)?.[1] ?? '']);
    const [sender, receiver] = [new SrtpSender(key), new SrtpReceiver(theirs!.key)];
    const send = (packet: Buffer): void => socket.send(packet, portIn(answer.sdp), '127.0.0.1');

    const sent = sender.rtp(rtp({ sequence: 1 }))!;
    const forged = Buffer.from(sender.rtp(rtp({ sequence: 2 }))!);
    forged[20]! ^= 1;
    const cutShort = sent.subarray(0, 14);
    for (const packet of [sent, sent, cutShort, forged, rtp({ sequence: 3 })]) send(packet);
    send(sender.rtp(rtp({ sequence: 4 }))!);
    browser.send(rtp({ sequence: 50, ssrc: 5 }));

    expect((await browser.hears(2)).map(({ sequence }) => sequence)).toEqual([1, 4]);
    await expect.poll(() => heard.length, { timeout: waitLimitMs }).toBeGreaterThan(0);
    expect(readRtp(receiver.rtp(heard[0]!) as Buffer)).toMatchObject({ sequence: 50, ssrc: 5 });
    await expect
      .poll(() => engine.counters(), { timeout: waitLimitMs })
      .toMatchObject({ srtpForged: 2, srtpReplayed: 1, srtpUnreadable: 1 });
  });
}

test('a peer with IPv6 is answered with IPv6, and sound goes both ways', async () => {
  const engine = await engineOfThisTest({ otherRtpAddress: '::1' });
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const { socket, heard } = await socketAt('::1');
  const sdp = ['v=0', 'o=- 1 1 IN IP6 ::1', 's=-', 'c=IN IP6 0:0::1', 't=0 0'];
  const media = [`m=audio ${socket.address().port} RTP/AVP 0`, ''];

  const jsep = await session.toHandset({ type: 'offer', sdp: [...sdp, ...media].join('\r\n') });
  const answer = await session.toPeer(await browser.answers(jsep));
  await browser.isConnected();

  expect(answer.sdp).toContain('c=IN IP6 ::1');
  await browser.hearsFrom(1, (sequence) => socket.send(rtp({ sequence }), portIn(answer.sdp), '::1'));
  browser.send(rtp({ sequence: 9 }));
  await expect
    .poll(() => heard.map((packet) => readRtp(packet).sequence), { timeout: waitLimitMs })
    .toEqual([9]);
});

test('the handset calls a peer with IPv6: the first offer has the address of that family, sound goes both ways, and a later wish changes nothing', async () => {
  const engine = await engineOfThisTest({ otherRtpAddress: '::1' });
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const { socket, heard } = await socketAt('::1');
  const sdp = ['v=0', 'o=- 1 1 IN IP6 ::1', 's=-', 'c=IN IP6 ::1', 't=0 0'];
  const media = [`m=audio ${socket.address().port} RTP/AVP 0`, ''];

  const offer = await session.toPeer(await browser.offers(), { family: 6 });
  browser.hearsAnswer(await session.toHandset({ type: 'answer', sdp: [...sdp, ...media].join('\r\n') }));
  await browser.isConnected();
  await browser.hearsFrom(1, (sequence) => socket.send(rtp({ sequence }), portIn(offer.sdp), '::1'));
  browser.send(rtp({ sequence: 9 }));
  await expect
    .poll(() => heard.map((packet) => readRtp(packet).sequence), { timeout: waitLimitMs })
    .toEqual([9]);
  const later = await session.toPeer(await browser.offers(), { family: 4 });

  expect([offer, later].map((each) => each.sdp.match(/^c=.*$/m)?.[0])).toEqual([
    'c=IN IP6 ::1',
    'c=IN IP6 ::1',
  ]);
});

test('a wish for a family of IP that is not served is no reason to refuse the call', async () => {
  const session = await (await engineOfThisTest()).open();

  const offer = await session.toPeer(await new SyntheticBrowser().offers(), { family: 6 });

  expect(offer.sdp).toContain('c=IN IP4 127.0.0.1');
});

test('a peer that muxes gets its RTCP where its RTP goes', async () => {
  const engine = await engineOfThisTest();
  const { browser, phone, jsep } = await calledByPhone(engine, { lines: [...pcmu, 'a=rtcp-mux'] });
  const onRtpPort: Buffer[] = [];
  phone.rtpSocket.on('message', (packet) => onRtpPort.push(Buffer.from(packet)));
  phone.send(rtp({ sequence: 1, ssrc: 7 }));
  await browser.hears(1);
  const ssrc = Number(/^a=ssrc:(\d+)/m.exec(jsep.sdp)?.[1]);

  browser.send(bytes([0x81ce0002, 99, ssrc]));

  await expect.poll(() => onRtpPort.map(words), { timeout: waitLimitMs }).toEqual([words(pli)]);
});

test('a stranger is counted and told once', async () => {
  const told: unknown[] = [];
  const log = {
    info: () => undefined,
    debug: () => undefined,
    warn: (text: string, facts?: object) => told.push([text, facts]),
  };
  const engine = await engineOfThisTest({ log });
  const { phone } = await calledByPhone(engine);
  const stranger = await UdpPhone.start('127.0.0.2');
  stranger.enginePort = phone.enginePort;

  for (let sequence = 0; sequence < 20; sequence += 1) stranger.send(rtp({ sequence }));

  await expect.poll(() => engine.counters(), { timeout: waitLimitMs }).toMatchObject({ rtpFromStranger: 20 });
  expect(told).toEqual([['media refused', { what: 'rtpFromStranger', call: 1 }]]);
});
