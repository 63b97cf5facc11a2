import { expect, test } from 'vitest';
import { ManyCalls } from './world/many-calls.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

const thirdTone = 2_100;
const [agent, bob, carol] = ['1101', '1102', '1103'];

describeOnEachEngine('a handset with many calls', {}, (world) => {
  /** The agent, and two others with microphones of their own. */
  async function three(): Promise<{ phone: ManyCalls; bobs: ManyCalls; carols: ManyCalls }> {
    const bobs = await ManyCalls.logsIn(world, bob, { browser: await world.browser(tones.otherHandset) });
    const carols = await ManyCalls.logsIn(world, carol, { browser: await world.browser(thirdTone) });
    return { phone: await ManyCalls.logsIn(world, agent), bobs, carols };
  }

  /** The agent has called both: Carol's call runs, Bob's is held. */
  async function inTwoCalls() {
    const all = await three();
    const { phone, bobs, carols } = all;
    await phone.calls(bob);
    await bobs.isIn('ringing-in', agent);
    await bobs.asks(agent, 'answer');
    await phone.isIn('active', bob);
    await phone.calls(carol);
    await carols.isIn('ringing-in', agent);
    await carols.asks(agent, 'answer');
    await phone.isIn('active', carol);
    await phone.isIn('held-locally', bob);
    return all;
  }

  test('a second caller waits, is answered while the first is held, and they are swapped', async () => {
    const { phone, bobs, carols } = await three();
    await bobs.calls(agent);
    await phone.isIn('ringing-in', bob);
    await phone.asks(bob, 'answer');
    await phone.hearsIn(bob, [tones.otherHandset]);
    await bobs.hearsIn(agent, [tones.handset]);

    await carols.calls(agent);
    await phone.isIn('ringing-in', carol);
    expect(await phone.states()).toEqual({ [bob]: 'active', [carol]: 'ringing-in' });
    await phone.asks(carol, 'answer');
    await phone.hearsIn(carol, [thirdTone], [tones.otherHandset]);
    await carols.hearsIn(agent, [tones.handset]);
    await phone.isIn('held-locally', bob);
    await bobs.isIn('held-remotely', agent);
    await bobs.hearsIn(agent, [], [tones.handset, thirdTone]);

    await phone.page.evaluate(() => {
      const [first, second] = window.phone.calls;
      return first && second && window.phone.swap(first, second);
    });
    expect(await phone.states()).toEqual({ [bob]: 'active', [carol]: 'held-locally' });
    await bobs.hearsIn(agent, [tones.handset]);
    await phone.hearsIn(bob, [tones.otherHandset]);
    await carols.hearsIn(agent, [], [tones.handset]);

    await carols.asks(agent, 'hangup');
    await bobs.asks(agent, 'hangup');
    expect(await phone.isTold('ended', bob)).toMatchObject({ by: 'peer', code: 200 });
  });

  test('two callers in the same second ring both, and one is refused without harm to the other', async () => {
    const { phone, bobs, carols } = await three();

    await Promise.all([bobs.calls(agent), carols.calls(agent)]);
    await phone.isIn('ringing-in', bob);
    await phone.isIn('ringing-in', carol);
    await phone.asks(bob, 'decline', 486);
    expect(await bobs.isTold('ended', agent)).toMatchObject({ by: 'peer', code: 486 });
    await phone.asks(carol, 'answer');
    await phone.hearsIn(carol, [thirdTone]);
    await carols.hearsIn(agent, [tones.handset]);
    await phone.asks(carol, 'hangup');
  });

  test('an attended transfer: the two hear each other, and the agent is out of it', async () => {
    const { phone, bobs, carols } = await inTwoCalls();

    await phone.asks(bob, 'transfer', carol);

    await bobs.isTold('ended', agent);
    // What the agent has asked Bob to call is Carol's telephone, not her number.
    const [peer] = Object.keys(await bobs.states());
    await bobs.hearsIn(peer!, [thirdTone]);
    expect(await phone.isTold('ended', bob)).toMatchObject({ code: 200 });
    await phone.isTold('ended', carol);
    expect(await phone.states()).toEqual({});
    // The exchange puts them together: Carol's call is the same as before.
    await carols.hearsIn(agent, [tones.otherHandset], [tones.handset]);
    await bobs.asks(peer!, 'hangup');
  });

  test('a conference of three: everybody hears the two others, and it ends in two calls', async () => {
    const { phone, bobs, carols } = await inTwoCalls();

    await phone.page.evaluate(async () => {
      window.talk = await window.phone.conference(window.phone.calls);
    });
    await phone.hearsIn(bob, [tones.otherHandset]);
    await phone.hearsIn(carol, [thirdTone]);
    await bobs.hearsIn(agent, [tones.handset, thirdTone], [tones.otherHandset]);
    await carols.hearsIn(agent, [tones.handset, tones.otherHandset], [thirdTone]);

    await phone.page.evaluate(() => window.talk?.mute());
    await bobs.hearsIn(agent, [thirdTone], [tones.handset]);
    await phone.page.evaluate(() => window.talk?.unmute());
    await bobs.hearsIn(agent, [tones.handset, thirdTone]);

    await phone.page.evaluate(() => window.talk?.split());
    expect(await phone.states()).toEqual({ [bob]: 'active', [carol]: 'held-locally' });
    expect(await phone.page.evaluate(() => window.phone.conferenceNow === undefined)).toBe(true);
    await bobs.hearsIn(agent, [tones.handset], [thirdTone]);
    await carols.hearsIn(agent, [], [tones.otherHandset, tones.handset]);
    await bobs.asks(agent, 'hangup');
    await carols.asks(agent, 'hangup');
  });

  test('a conference that is left by all but one is a call again', async () => {
    const { phone, bobs, carols } = await inTwoCalls();
    await phone.page.evaluate(async () => {
      await window.phone.conference(window.phone.calls);
    });
    await bobs.hearsIn(agent, [tones.handset, thirdTone]);

    await carols.asks(agent, 'hangup');

    await bobs.hearsIn(agent, [tones.handset], [thirdTone]);
    expect(await phone.states()).toEqual({ [bob]: 'active' });
    expect(await phone.page.evaluate(() => window.phone.conferenceNow === undefined)).toBe(true);
    await phone.hearsIn(bob, [tones.otherHandset]);
    await bobs.asks(agent, 'hangup');
  });

  test('another microphone under way: the peer hears us go on, and the call says so', async () => {
    const phone = await ManyCalls.logsIn(world, agent);
    await phone.calls('600');
    await phone.isIn('active', '600');
    await phone.hearsIn('600', [tones.handset]);

    const chosen = await phone.page.evaluate(async () => {
      const devices = await window.phone.devices.list();
      const used = window.phone.calls[0]?.localStream?.getAudioTracks()[0]?.getSettings().deviceId;
      const other = devices.find(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== used);
      await window.phone.calls[0]?.switchDevice('microphone', other?.deviceId ?? '');
      const now = window.phone.calls[0]?.localStream?.getAudioTracks()[0]?.getSettings().deviceId;
      return { wasOther: other !== undefined && other.deviceId === now, label: other?.label };
    });

    expect(chosen.wasOther).toBe(true);
    expect(await phone.isTold('device', '600')).toEqual({
      kind: 'microphone',
      label: chosen.label,
      because: 'chosen',
    });
    await phone.hearsIn('600', [tones.handset]);
    await phone.asks('600', 'hangup');
  });

  test('the screen is shown to the peer, and no more', async () => {
    const { phone, bobs } = await three();
    await phone.calls(bob);
    await bobs.isIn('ringing-in', agent);
    await bobs.asks(agent, 'answer');
    await phone.isIn('active', bob);

    await phone.asks(bob, 'shareScreen');
    expect(await phone.isTold('screen', bob)).toEqual({ isShared: true });
    await bobs.seesPictures(5);
    await phone.asks(bob, 'stopSharing');
    expect(await phone.isTold('screen', bob)).toEqual({ isShared: false });
    await phone.hearsIn(bob, [tones.otherHandset]);
    await phone.asks(bob, 'hangup');
  });

  test('the camera is shown and taken away again, without an end of the sound', async () => {
    const { phone, bobs } = await three();
    await phone.calls(bob);
    await bobs.isIn('ringing-in', agent);
    await bobs.asks(agent, 'answer');
    await phone.isIn('active', bob);

    await phone.asks(bob, 'addVideo');
    await bobs.seesPictures(5);
    await phone.asks(bob, 'removeVideo');
    const tracks = () =>
      phone.page.evaluate(() => window.phone.calls[0]?.localStream?.getTracks().map(({ kind }) => kind));
    expect(await tracks()).toEqual(['audio']);
    await phone.hearsIn(bob, [tones.otherHandset]);
    await bobs.hearsIn(agent, [tones.handset]);
    await phone.asks(bob, 'hangup');
  });

  test('the level of the microphone is told before a call and in one, and its processing is switched', async () => {
    const phone = await ManyCalls.logsIn(world, agent);
    const loudest = () =>
      phone.page.evaluate(async () => {
        const levels: number[] = [];
        let enough: () => void = () => undefined;
        const measured = new Promise<void>((resolve) => (enough = resolve));
        const stop = await window.phone.devices.meter((level) => {
          if (levels.push(level) === 10) enough();
        });
        await measured;
        stop();
        return Math.max(...levels);
      });

    expect(await loudest()).toBeGreaterThan(0.3);
    await phone.calls('600');
    await phone.isIn('active', '600');
    expect(await loudest()).toBeGreaterThan(0.3);
    await phone.page.evaluate(() => window.phone.devices.setProcessing({ noiseSuppression: false }));
    const settings = await phone.page.evaluate(() =>
      window.phone.calls[0]?.localStream?.getAudioTracks()[0]?.getSettings(),
    );
    expect(settings).toMatchObject({
      noiseSuppression: false,
      echoCancellation: true,
    });
    await phone.hearsIn('600', [tones.handset]);
    await phone.asks('600', 'hangup');
  });

  test('the statistics of a call on a good line: no loss, a MOS above 4', async () => {
    const phone = await ManyCalls.logsIn(world, agent);
    await phone.calls('600');
    await phone.isIn('active', '600');
    await phone.hearsIn('600', [tones.handset]);

    await expect
      .poll(() => phone.isTold('stats', '600'), { timeout: 10_000 })
      .toMatchObject({
        codec: expect.stringMatching(/opus|PCM/i) as string,
        lossPercent: 0,
        path: 'host',
        // From the second look on, rates are known.
        receivedKbps: expect.any(Number) as number,
      });
    const { mos, receivedKbps, roundTripMs } = await phone.stats('600');
    expect(mos).toBeGreaterThan(4);
    expect(receivedKbps).toBeGreaterThan(5);
    expect(roundTripMs).toBeLessThan(200);
    await phone.asks('600', 'hangup');
  });
});
