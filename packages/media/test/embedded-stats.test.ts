import { expect, test } from 'vitest';
import { calledByPhone, engineOfThisTest } from './embedded-world.ts';
import { bytes, rtp } from './rtp-packets.ts';

test('a call counts what passes, what is missing, and what the far ends report', async () => {
  const engine = await engineOfThisTest();
  const { session, browser, phone } = await calledByPhone(engine);
  const peerSsrc = 4711;
  const at = (sequence: number) => ({ sequence, timestamp: 160 * sequence });

  for (const sequence of [1, 2, 5]) browser.send(rtp({ ...at(sequence), ssrc: 21 }));
  await phone.hears(3);
  for (const sequence of [7, 8, 9, 11]) phone.send(rtp({ ...at(sequence), ssrc: peerSsrc }));
  const heard = await browser.hears(4);
  const announced = heard[0]!.ssrc;
  // Sender reports pass in both directions; the receivers answer to them.
  phone.sendRtcp(bytes([0x80c80006, peerSsrc, 0x11112222, 0x33334444, 0, 0, 0]));
  await browser.hearsRtcp();
  browser.send(bytes([0x81c90007, 21, announced, 2, 0, 160, 0x22223333, 0]));
  phone.sendRtcp(bytes([0x81c90007, peerSsrc, 21, 3, 0, 80, 0, 0]));

  await expect
    .poll(async () => (await session.stats())[0], { timeout: 15_000 })
    .toMatchObject({
      mid: '0',
      type: 'audio',
      codec: 'pcmu',
      fromHandset: {
        received: { packets: 3, bytes: 3 * 172, lost: 2 },
        sent: { packets: 3, bytes: 3 * 172, lost: 3, jitterMs: 10 },
      },
      fromPeer: {
        received: { packets: 4, bytes: 4 * 172, lost: 1 },
        sent: {
          packets: 4,
          bytes: 4 * 172,
          lost: 2,
          jitterMs: 20,
          roundTripMs: expect.any(Number) as number,
        },
      },
    });
  const before = await session.stats();
  session.close();
  expect(await session.finalStats).toEqual(before);
});
