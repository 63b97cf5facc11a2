import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import {
  calledByPhone,
  engineOfThisTest,
  freePorts,
  pcmu,
  SyntheticBrowser,
  UdpPhone,
  waitLimitMs,
} from './embedded-world.ts';
import { rtp } from './rtp-packets.ts';

/** A call with its port for the browser. */
async function called(engine: EmbeddedEngine, offeredBy: 'peer' | 'handset') {
  const session = await engine.open();
  const [browser, phone] = [new SyntheticBrowser(), await UdpPhone.start()];
  if (offeredBy === 'peer') {
    const jsep = await session.toHandset({ type: 'offer', sdp: phone.sdp(...pcmu) });
    phone.hearsSdp((await session.toPeer(await browser.answers(jsep))).sdp);
    return { session, browser, phone, ports: portsIn(jsep.sdp) };
  }
  phone.hearsSdp((await session.toPeer(await browser.offers())).sdp);
  const answer = await session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) });
  browser.hearsAnswer(answer);
  return { session, browser, phone, ports: portsIn(answer.sdp) };
}

function portsIn(sdp: string): readonly number[] {
  return [...sdp.matchAll(/^a=candidate:\S+ 1 UDP \d+ \S+ (\d+)/gm)].map((match) => Number(match[1]));
}

for (const offeredBy of ['peer', 'handset'] as const) {
  test(`ports for browsers are of the range, a call of the ${offeredBy}'s that finds it full is refused as that, and ports come back`, async () => {
    const from = await freePorts(2);
    const engine = await engineOfThisTest({ icePorts: { from, to: from + 1 } });

    const calls = [await called(engine, offeredBy), await called(engine, offeredBy)];
    await expect(called(engine, offeredBy)).rejects.toMatchObject({ code: 'engine-down' });

    expect(calls.flatMap(({ ports }) => ports).sort()).toEqual([from, from + 1]);
    for (const { browser, phone } of calls) {
      await browser.isConnected();
      await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence })));
    }
    await expect
      .poll(() => engine.counters(), { timeout: waitLimitMs })
      .toMatchObject({ portsExhausted: 1, engineDown: 1 });

    calls[0]?.session.close();
    // The library closes on another thread, a moment later.
    await expect
      .poll(async () => (await called(engine, offeredBy).catch(() => undefined))?.ports, {
        timeout: waitLimitMs,
      })
      .toEqual(calls[0]?.ports);
  });
}

for (const offeredBy of ['peer', 'handset'] as const) {
  test(`the one port of all calls is held by another program: a call of the ${offeredBy}'s is refused as that, the process lives, and the port is taken when it is free`, async () => {
    const icePort = await freePorts(1);
    const engine = await engineOfThisTest({ icePort });
    const { pid } = engine;
    const other = createSocket('udp4').bind({ port: icePort, address: '127.0.0.1', exclusive: true });
    await once(other, 'listening');

    await expect(called(engine, offeredBy)).rejects.toMatchObject({
      code: 'engine-down',
      message: expect.stringContaining(`UDP port ${icePort} is held by another program`) as string,
    });
    await new Promise<void>((closed) => void other.close(closed));
    const { browser, phone, ports } = await called(engine, offeredBy);
    await browser.isConnected();

    await phone.hearsFrom(1, (sequence) => browser.send(rtp({ sequence })));
    expect([ports, engine.pid]).toEqual([[icePort], pid]);
    await expect.poll(() => engine.counters(), { timeout: waitLimitMs }).toMatchObject({ portsExhausted: 1 });
  });
}

test('the one port of all calls stays ours between two calls', async () => {
  const icePort = await freePorts(1);
  const engine = await engineOfThisTest({ icePort });
  (await called(engine, 'peer')).session.close();
  await expect.poll(() => engine.sessionCount, { timeout: waitLimitMs }).toBe(0);

  const other = createSocket('udp4').bind({ port: icePort, address: '127.0.0.1', exclusive: true });
  await expect(once(other, 'listening')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();

  expect((await called(engine, 'handset')).ports).toEqual([icePort]);
});

test('a browser whose call was hung up is called again at the very port it had', async () => {
  const engine = await engineOfThisTest();
  const port = await freePorts(1);

  for (let call = 0; call < 3; call += 1) {
    const { session, browser, phone } = await calledByPhone(engine, {
      browser: new SyntheticBrowser({ port }),
    });
    await browser.hearsFrom(1, (sequence) => phone.send(rtp({ sequence })));
    browser.close();
    session.close();
    await expect.poll(() => isFree(port), { timeout: waitLimitMs }).toBe(true);
  }

  expect(engine.sessionCount).toBe(0);
});

test('a browser that is gone without a word is called again at the very port it had, where each call has a port of its own', async () => {
  const from = await freePorts(4);
  const engine = await engineOfThisTest({ icePorts: { from, to: from + 3 } });
  const port = await freePorts(1);

  for (let call = 0; call < 3; call += 1) {
    const { browser, phone } = await calledByPhone(engine, { browser: new SyntheticBrowser({ port }) });
    // libdatachannel says no goodbye after that.
    await browser.hearsFrom(1, (sequence) => phone.send(rtp({ sequence })));
    browser.close();
    await expect.poll(() => isFree(port), { timeout: waitLimitMs }).toBe(true);
  }

  expect(engine.isUp).toBe(true);
});

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
  const isBound = await once(socket, 'listening').then(
    () => true,
    () => false,
  );
  socket.close();
  return isBound;
}
