import { expect, test } from 'vitest';
import type { Oddity } from '../src/embedded-oddities.ts';
import {
  type Call,
  calledByPhone,
  engineOfThisTest,
  pcmu,
  SyntheticBrowser,
  UdpPhone,
  waitLimitMs,
} from './embedded-world.ts';
import { phoneSdp } from './peer.ts';
import { bytes, rtp } from './rtp-packets.ts';

/*
 * What nobody may send, many times over: it is counted each time, told once, and neither that call nor another takes harm.
 * What comes on the way of a browser is in `embedded-hostile.test.ts`, SRTP of a peer in `embedded-peer.test.ts`.
 */

const times = 20;
const junk = Buffer.alloc(200, 0x5a);
const report = bytes([0x80c90001, 99]);

interface BadInput {
  readonly what: string;
  readonly oddity: Oddity;
  readonly send: (call: Call, stranger: UdpPhone) => void;
}

const badInput: readonly BadInput[] = [
  { what: 'what is no RTP', oddity: 'rtpUnreadable', send: ({ phone }) => phone.send(junk) },
  { what: 'what is no RTCP', oddity: 'rtcpUnreadable', send: ({ phone }) => phone.sendRtcp(junk) },
  {
    what: 'RTP of a payload type that was not agreed',
    oddity: 'rtpOfUnknownPayload',
    send: ({ phone }) => phone.send(rtp({ payload: 77 })),
  },
  {
    what: "RTP from a stranger's address",
    oddity: 'rtpFromStranger',
    send: (_call, stranger) => stranger.send(rtp()),
  },
  {
    what: "RTCP from a stranger's address",
    oddity: 'rtcpFromStranger',
    send: (_call, stranger) => stranger.sendRtcp(report),
  },
  {
    what: 'a check of ICE without the password',
    oddity: 'iceForged',
    send: (call, stranger) => stranger.rtpSocket.send(forgedCheck(call), browserPort(call), '127.0.0.1'),
  },
];

for (const { what, oddity, send } of badInput) {
  test(`${what} is counted each time, told once, and harms neither call`, async () => {
    const told: unknown[] = [];
    const silent = (): void => undefined;
    const warn = (text: string, facts: object = {}): void => void told.push({ text, ...facts });
    const engine = await engineOfThisTest({ log: { info: silent, debug: silent, warn } });
    const [call, other] = [await calledByPhone(engine), await calledByPhone(engine)];
    const { pid } = engine;
    const stranger = await UdpPhone.start('127.0.0.2');
    stranger.enginePort = call.phone.enginePort;

    for (let time = 0; time < times; time += 1) send(call, stranger);

    await expect.poll(() => engine.counters(), { timeout: waitLimitMs }).toMatchObject({ [oddity]: times });
    for (const { browser, phone } of [call, other]) {
      await browser.hearsFrom(100, (sequence) => phone.send(rtp({ sequence })));
      await phone.hearsFrom(100, (sequence) => browser.send(rtp({ sequence, ssrc: 5 })));
    }
    expect(told).toEqual([expect.objectContaining({ text: 'media refused', what: oddity })]);
    expect([engine.pid, engine.sessionCount]).toEqual([pid, 2]);
  });
}

test('RTP that is earlier than the answer is counted and not told: phones do that', async () => {
  const told: string[] = [];
  const silent = (): void => undefined;
  const engine = await engineOfThisTest({
    log: { info: silent, debug: silent, warn: (text) => void told.push(text) },
  });
  const session = await engine.open();
  const [browser, phone] = [new SyntheticBrowser(), await UdpPhone.start()];
  phone.hearsSdp((await session.toPeer(await browser.offers())).sdp);

  for (let sequence = 1; sequence <= times; sequence += 1) phone.send(rtp({ sequence }));
  await expect
    .poll(() => engine.counters(), { timeout: waitLimitMs })
    .toMatchObject({ rtpBeforeAnswer: times });
  browser.hearsAnswer(await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) }));
  await browser.isConnected();

  await browser.hearsFrom(100, (sequence) => phone.send(rtp({ sequence })));
  expect(told).toEqual([]);
});

test('an SDP of the peer with hundreds of m-lines is refused as that and counted, and the other call goes on', async () => {
  const engine = await engineOfThisTest();
  const good = await calledByPhone(engine);
  const { pid } = engine;
  const lines = Array.from({ length: 500 }, (_, index) => `m=audio ${20_000 + 2 * index} RTP/AVP 0`);

  const session = await engine.open();
  await expect(session.toHandset({ type: 'offer', sdp: phoneSdp(...lines) })).rejects.toMatchObject({
    code: 'sdp-refused',
  });
  session.close();

  expect(engine.counters()).toMatchObject({ sdpRefused: 1 });
  await good.browser.hearsFrom(1, (sequence) => good.phone.send(rtp({ sequence })));
  expect([engine.pid, engine.sessionCount]).toEqual([pid, 1]);
});

function browserPort({ jsep }: Call): number {
  return Number(/^a=candidate:\S+ 1 UDP \d+ \S+ (\d+)/m.exec(jsep.sdp)?.[1]);
}

/** A Binding request to the call's own name, its MESSAGE-INTEGRITY made up (RFC 8489 §14.5). */
function forgedCheck({ jsep }: Call): Buffer {
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(jsep.sdp)?.[1] ?? '';
  const name = Buffer.from(`${ufrag}:stranger`);
  const padding = Buffer.alloc((4 - (name.length % 4)) % 4);
  const username = Buffer.concat([Buffer.from([0, 6, 0, name.length]), name, padding]);
  const integrity = Buffer.concat([Buffer.from([0, 8, 0, 20]), Buffer.alloc(20, 7)]);
  const head = Buffer.from(`000100002112a442${'07'.repeat(12)}`, 'hex');
  head.writeUInt16BE(username.length + integrity.length, 2);
  return Buffer.concat([head, username, integrity]);
}
