import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbeddedEngine } from '../src/embedded-engine.ts';
import { type Call, calledByPhone, pcmu, startEngine, waitLimitMs } from './embedded-world.ts';
import { rtp } from './rtp-packets.ts';

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await startEngine();
});

afterAll(() => engine.close());

/** The browser's offer to begin ICE anew, and what it is answered. */
async function restarts({ session, browser, phone }: Call) {
  const offer = await browser.offers('audio', { restart: true });
  await session.toPeer(offer);
  return session.toHandset({ type: 'answer', sdp: phone.sdp(...pcmu) });
}

async function flows({ browser, phone }: Call, from: number): Promise<void> {
  await phone.hearsFrom(from, (sequence) => browser.send(rtp({ sequence })));
  await browser.hearsFrom(from, (sequence) => phone.send(rtp({ sequence })));
}

const ufrag = (sdp: string): string | undefined => /^a=ice-ufrag:.*$/m.exec(sdp)?.[0];

test('ICE restarted twice in a row: each time another transport, and media flows', async () => {
  const call = await calledByPhone(engine);
  await flows(call, 1);
  const ufrags = [ufrag(call.jsep.sdp)];

  for (const round of [1, 2]) {
    const answer = await restarts(call);
    call.browser.hearsAnswer(answer);
    await call.browser.isConnected();
    ufrags.push(ufrag(answer.sdp));
    await flows(call, 1000 * round);
  }

  expect(new Set(ufrags).size).toBe(3);
  expect(engine.sessionCount).toBeGreaterThan(0);
});

test('ICE restarted again before the first restart has come up: the last one counts', async () => {
  const call = await calledByPhone(engine);
  await flows(call, 1);

  // The browser never acts on the first answer.
  const left = await restarts(call);
  const answer = await restarts(call);
  call.browser.hearsAnswer(answer);
  await call.browser.isConnected();

  expect(ufrag(answer.sdp)).not.toBe(ufrag(left.sdp));
  await flows(call, 1000);
});

test('ICE restarted again before the peer has answered the first offer', async () => {
  const call = await calledByPhone(engine);
  await flows(call, 1);

  await call.session.toPeer(await call.browser.offers('audio', { restart: true }));
  const answer = await restarts(call);
  call.browser.hearsAnswer(answer);
  await call.browser.isConnected();

  await flows(call, 1000);
});

test('a restart that the peer refuses leaves the way that there is', async () => {
  const call = await calledByPhone(engine);
  await flows(call, 1);
  const offer = await call.browser.offers('audio', { restart: true });
  await call.session.toPeer(offer);

  await call.session.rollback();
  call.phone.send(rtp({ sequence: 500 }));
  const again = await restarts(call);
  call.browser.hearsAnswer(again);
  await call.browser.isConnected();

  await flows(call, 1000);
});

test('a restart whose way never comes up leaves the one that there is, and the next restart is taken (RFC 8445 §9)', async () => {
  const call = await calledByPhone(engine);
  await flows(call, 1);
  let ended: string | undefined;
  void call.session.ended.then((end) => (ended = end));

  const { type, sdp } = await call.browser.offers('audio', { restart: true });
  const forged = sdp.replace(/(?<=^a=fingerprint:sha-256 )../m, (byte) => (byte === 'FF' ? '00' : 'FF'));
  await call.session.toPeer({ type, sdp: forged });
  call.browser.hearsAnswer(await call.session.toHandset({ type: 'answer', sdp: call.phone.sdp(...pcmu) }));
  await expect
    .poll(() => engine.counters(), { timeout: waitLimitMs })
    .toMatchObject({ iceRestartsFailed: 1 });
  call.browser.staysOnTheOldWay();
  await flows(call, 1000);
  call.browser.hearsAnswer(await restarts(call));
  await call.browser.isConnected();

  await flows(call, 2000);
  expect(ended).toBeUndefined();
});
