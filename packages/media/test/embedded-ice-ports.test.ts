import { expect, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import {
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
