import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../src/clock.ts';
import { createEmbeddedEngine } from '../src/embedded-engine.ts';
import { ensureChildIsBuilt } from './embedded-build.ts';
import {
  calledByPhone,
  engineOfThisTest,
  freePorts,
  isUp,
  pcmu,
  startEngine,
  SyntheticBrowser,
} from './embedded-world.ts';
import { mediaEngineContract } from './engine-contract.ts';
import { settled, udpSockets } from './janus-counts.ts';
import { audio, linesOf, phoneSdp, video } from './peer.ts';
import { rtp } from './rtp-packets.ts';
import { tempFolder } from './temp-folder.ts';

mediaEngineContract(
  'the embedded engine',
  async () => {
    const recordings = tempFolder();
    const engine = await startEngine({ recordingDir: recordings.path });
    const { pid = 0 } = engine;
    const resources = async () => ({ ports: await udpSockets(pid) });
    // The port for browsers stays open from the first call on.
    const first = await engine.open();
    await first.toHandset(offer);
    first.close();
    await settled(resources);
    return {
      engine,
      recordingDir: recordings.path,
      kill: () => void process.kill(pid, 'SIGKILL'),
      stop: async () => recordings.remove(),
      resources,
    };
  },
  { records: true },
);

const offer = { type: 'offer', sdp: phoneSdp(...audio) } as const;
const browserPorts = (sdp: string): readonly number[] =>
  [...sdp.matchAll(/^a=candidate:\S+ 1 UDP \d+ \S+ (\d+) typ host/gm)].map(([, port]) => Number(port));
const audioPort = (sdp: string): number => Number(/^m=audio (\d+)/m.exec(sdp)?.[1]);

test('a child killed in the middle of a call: the call hears of it once, another child is started at once for the next call', async () => {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    setTimeout(run, delayMs) {
      waits.push(delayMs);
      return systemClock.setTimeout(run, delayMs);
    },
  };
  const engine = await engineOfThisTest({ clock });
  const changes: boolean[] = [];
  const { session, browser } = await calledByPhone(engine);
  engine.onUpChange = (up) => void changes.push(up);
  const killed = engine.pid!;

  waits.length = 0;
  process.kill(killed, 'SIGKILL');
  expect(await session.ended).toBe('engine-lost');
  browser.close();
  const lostAt = performance.now();
  await isUp(engine);
  const again = await calledByPhone(engine);
  again.browser.send(rtp({ sequence: 3 }));

  expect(await again.phone.hears(1)).toHaveLength(1);
  console.log(`engine lost to sound in the next call: ${(performance.now() - lostAt).toFixed(0)} ms`);
  expect(waits[0]).toBe(0);
  expect(changes).toEqual([false, true]);
  expect(engine.counters()).toMatchObject({ processesLost: 1 });
  expect(engine.pid).not.toBe(killed);
});

test('an engine that is closed leaves no process', async () => {
  const engine = await startEngine();
  const { pid = 0 } = engine;
  await engine.open();

  await engine.close();

  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  expect(engine.isUp).toBe(false);
});

test('an engine that is closed before it is up leaves no process either', async () => {
  ensureChildIsBuilt();
  const engine = createEmbeddedEngine();
  const { pid = 0 } = engine;

  await engine.close();

  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});

test('an engine whose first child dies at its start says so, and is up with the next one', async () => {
  ensureChildIsBuilt();
  const engine = createEmbeddedEngine();
  onTestFinished(() => engine.close());

  process.kill(engine.pid ?? 0, 'SIGKILL');

  await expect(engine.started).rejects.toMatchObject({ code: 'engine-down' });
  await isUp(engine);
});

test('junk and forged packets on every port harm nobody', async () => {
  const engine = await engineOfThisTest();
  const { browser, phone, jsep } = await calledByPhone(engine);
  const { pid } = engine;
  await browser.hearsFrom(1, (sequence) => phone.send(rtp({ sequence })));
  const icePort = Number(/^a=candidate:\S+ 1 UDP \d+ \S+ (\d+)/m.exec(jsep.sdp)?.[1]);
  const attacker = createSocket('udp4').bind(0, '127.0.0.1');
  await once(attacker, 'listening');
  const stun = Buffer.from('0001000c2112a442000000000000000000000000000600080000000000000000', 'hex');

  try {
    for (let round = 0; round < 300; round += 1) {
      const length = round % 60;
      const junk = Buffer.from(Array.from({ length }, (_, index) => (round * 31 + index * 17) & 0xff));
      const forged = rtp({ sequence: round, ssrc: 0xbad });
      const rtcp = Buffer.concat([Buffer.from([0x9f, 200 + (round % 8), 0, round & 0xff]), junk]);
      for (const packet of [junk, stun, forged, rtcp]) {
        for (const port of [icePort, phone.enginePort, phone.enginePort + 1]) {
          attacker.send(packet, port, '127.0.0.1');
        }
      }
      // From the right place, and still junk.
      phone.send(junk);
      phone.sendRtcp(rtcp);
    }
    await browser.hearsFrom(2, (sequence) => phone.send(rtp({ sequence })));
    await phone.hearsFrom(8, (sequence) => browser.send(rtp({ sequence })));
  } finally {
    attacker.close();
  }

  expect(engine.pid).toBe(pid);
  expect(engine.sessionCount).toBe(1);
});

test('ports are of the range, and a call that finds it full is refused, not the others', async () => {
  const from = await freePorts(6);
  const rtpPorts = { from, to: from + 5 };
  const engine = await engineOfThisTest({ rtpPorts });
  const answered = async () => {
    const session = await engine.open();
    const browser = new SyntheticBrowser();
    const answer = await session.toPeer(await browser.answers(await session.toHandset(offer)));
    return { session, port: audioPort(answer.sdp) };
  };

  const calls = [await answered(), await answered(), await answered()];
  await expect(answered()).rejects.toMatchObject({ code: 'engine-down' });
  calls[0]!.session.close();
  const again = await answered();

  expect(calls.map(({ port }) => port).sort()).toEqual([0, 2, 4].map((more) => rtpPorts.from + more));
  expect(again.port).toBe(calls[0]!.port);
});

test('one UDP port serves the ICE of all calls, one of the system unless it is named', async () => {
  const icePort = await freePorts(1);
  const [named, unnamed] = [await engineOfThisTest({ icePort }), await engineOfThisTest()];

  const ofNamed = [await calledByPhone(named), await calledByPhone(named)];
  const ofUnnamed = [await calledByPhone(unnamed), await calledByPhone(unnamed)];

  const portsOf = (calls: typeof ofNamed) => new Set(calls.flatMap(({ jsep }) => browserPorts(jsep.sdp)));
  expect(portsOf(ofNamed)).toEqual(new Set([icePort]));
  expect(portsOf(ofUnnamed).size).toBe(1);
  for (const { browser, phone } of [...ofNamed, ...ofUnnamed]) {
    await phone.hearsFrom(4, (sequence) => browser.send(rtp({ sequence })));
  }
});

test('a public address is another candidate for the browser, and the one for the peer', async () => {
  const engine = await engineOfThisTest({ publicAddress: '192.0.2.7' });
  const session = await engine.open();
  const browser = new SyntheticBrowser();

  const jsep = await session.toHandset(offer);
  const answer = await session.toPeer(await browser.answers(jsep));

  const candidates = linesOf(jsep.sdp).filter((line) => line.startsWith('a=candidate:'));
  const [own, outside] = candidates.map((line) => line.split(' ').slice(4, 6));
  expect(candidates).toHaveLength(2);
  expect([own?.[0], outside]).toEqual(['127.0.0.1', ['192.0.2.7', own?.[1]]]);
  expect(answer.sdp).toContain('c=IN IP4 192.0.2.7');
});

test('the browser is offered what the engine carries, and no feedback that nobody would answer', async () => {
  const engine = await engineOfThisTest();
  const session = await engine.open();
  const many = [
    'm=audio 36000 RTP/AVP 18 9 0 96 97 98',
    'a=rtpmap:96 opus/48000/2',
    'a=rtpmap:97 telephone-event/48000',
    'a=rtpmap:98 telephone-event/8000',
  ];

  const { sdp } = await session.toHandset({ type: 'offer', sdp: phoneSdp(...many, ...video) });

  expect(sdp).toMatch(/^m=audio 9 UDP\/TLS\/RTP\/SAVPF 9 0 96 97 98\r$/m);
  expect(
    linesOf(sdp)
      .filter((line) => line.startsWith('a=rtcp-fb:'))
      .sort(),
  ).toEqual(['a=rtcp-fb:99 ccm fir', 'a=rtcp-fb:99 goog-remb', 'a=rtcp-fb:99 nack pli']);
  expect(sdp).not.toMatch(/extmap|transport-cc|rtx/);
});

test('a handset without ICE in its answer is refused, and may answer again', async () => {
  const engine = await engineOfThisTest();
  const session = await engine.open();
  const browser = new SyntheticBrowser();
  const { type, sdp } = await browser.answers(
    await session.toHandset({
      type: 'offer',
      sdp: phoneSdp(...pcmu.map((line) => line.replace('PORT', '36000'))),
    }),
  );

  for (const broken of [/^a=ice-ufrag.*\r\n/gm, /^a=fingerprint.*\r\n/gm, /^a=setup.*\r\n/gm]) {
    const refused = session.toPeer({ type, sdp: sdp.replaceAll(broken, '') });
    await expect(refused).rejects.toMatchObject({ code: 'sdp-refused' });
  }

  expect((await session.toPeer({ type, sdp })).type).toBe('answer');
});
