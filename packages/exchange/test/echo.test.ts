import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock, type Clock } from '@soft-handset/sip';
import { parse } from 'sdp-transform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { feedbackOnly } from '../src/echo-media.ts';
import { World } from './world.ts';

const offer = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0 8 101',
  'a=rtpmap:101 telephone-event/8000',
  'a=sendonly',
  'm=application 4004 UDP/BFCP *',
  'm=video 4002 RTP/AVP 97',
  'a=rtpmap:97 H264/90000',
  '',
].join('\r\n');

describe('the echo', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  test('answers with the codecs of the offer, the directions turned round, and refuses what is no sound or picture', async () => {
    const phone = await world.registeredPhone('1001');

    const answer = parse(await phone.call('sip:600@127.0.0.1', offer).answered.next());

    expect(answer.media.map(({ type, direction }) => [type, direction])).toEqual([
      ['audio', 'recvonly'],
      ['application', undefined],
      ['video', 'sendrecv'],
    ]);
    expect(answer.media[0]?.payloads).toBe('0 8 101');
    expect(answer.media.map(({ port }) => port > 0)).toEqual([true, false, true]);
  });

  test('sends each packet back to where it came from', async () => {
    const phone = await world.registeredPhone('1001');
    const answer = parse(await phone.call('sip:600@127.0.0.1', offer).answered.next());
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    try {
      await once(socket, 'listening');
      const back = once(socket, 'message', { signal: AbortSignal.timeout(4000) }) as Promise<[Buffer]>;

      socket.send('like RTP', answer.media[0]!.port, '127.0.0.1');

      expect((await back)[0].toString()).toBe('like RTP');
    } finally {
      socket.close();
    }
  });

  test('makes the offer where the INVITE has none: audio first, then video', async () => {
    const phone = await world.registeredPhone('1001');

    const call = phone.call('sip:600@127.0.0.1');
    const sdp = parse(await call.answered.next());
    call.session.ack(offer);

    expect(sdp.media.map(({ type, port }) => [type, port > 0])).toEqual([
      ['audio', true],
      ['video', true],
    ]);
  });

  test('refuses what is no SDP with 488', async () => {
    const phone = await world.registeredPhone('1001');

    expect(await phone.call('sip:600@127.0.0.1', 'garbage').ended.next()).toMatchObject({ status: 488 });
    expect(world.exchange.counts().echoCalls).toBe(0);
  });

  test('forgets a call that hung up', async () => {
    const phone = await world.registeredPhone('1001');
    const call = phone.call('sip:600@127.0.0.1', offer);
    await call.answered.next();
    expect(world.exchange.counts().echoCalls).toBe(1);

    call.session.end();

    await expect.poll(() => world.exchange.counts().echoCalls).toBe(0);
  });
});

describe('the echo and a caller that vanished without BYE', () => {
  test('ends the call when nothing came for ten minutes, not before', async () => {
    const longTimers = new LongTimers();
    const world = await World.open(longTimers);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    try {
      const phone = await world.registeredPhone('1001');
      const call = phone.call('sip:600@127.0.0.1', offer);
      const answer = parse(await call.answered.next());
      const back = once(socket, 'message', { signal: AbortSignal.timeout(4000) });
      socket.send('like RTP', answer.media[0]!.port, '127.0.0.1');
      await back;

      longTimers.fire();
      expect(world.exchange.counts().echoCalls).toBe(1);
      longTimers.fire();

      expect(await call.ended.next()).toMatchObject({ by: 'peer' });
      expect(world.exchange.counts().echoCalls).toBe(0);
      expect(longTimers.count).toBe(0);
    } finally {
      socket.close();
      await world.close();
    }
  });
});

/** Real time, but what is to happen in ten minutes happens when the test says so; the call's session timer (RFC 4028) is longer. */
class LongTimers implements Clock {
  #due: (() => void)[] = [];

  get count(): number {
    return this.#due.length;
  }

  now(): number {
    return systemClock.now();
  }

  setTimeout(run: () => void, delayMs: number): () => void {
    if (delayMs !== 600_000) return systemClock.setTimeout(run, delayMs);
    this.#due.push(run);
    return () => {
      this.#due = this.#due.filter((other) => other !== run);
    };
  }

  fire(): void {
    for (const run of this.#due.splice(0)) run();
  }
}

describe('RTCP at the echo', () => {
  const senderReport = Buffer.from('80c80006000000010000000000000000000000000000000000000000', 'hex');
  const pictureLoss = Buffer.from('81ce00020000000100000002', 'hex');

  test('goes back as feedback only, behind an empty report', () => {
    expect(feedbackOnly(Buffer.concat([senderReport, pictureLoss]))?.toString('hex')).toBe(
      `80c9000100000001${pictureLoss.toString('hex')}`,
    );
  });

  test('does not go back without feedback', () => {
    expect(feedbackOnly(senderReport)).toBeUndefined();
  });

  for (const [what, packet] of [
    ['empty', Buffer.alloc(0)],
    ['cut off', pictureLoss.subarray(0, 9)],
    ['longer than it is', Buffer.from('81ceffff00000001', 'hex')],
  ] as const) {
    test(`that is ${what} is dropped`, () => {
      expect(feedbackOnly(packet)).toBeUndefined();
    });
  }
});
