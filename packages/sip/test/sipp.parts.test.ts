import { randomInt } from 'node:crypto';
import { startSipp } from '@soft-handset/parts';
import { describeWithParts, partsOfThisTest } from '@soft-handset/parts/vitest';
import { expect, test } from 'vitest';
import type { InviteSession, SipStack } from '../src/contract.ts';
import { openSipStack } from '../src/stack.ts';
import { recorder } from './ladder.ts';
import { startLossyRelay } from './lossy-relay.ts';
import { answers, callsOfferless, callsWithOffer, ownPort, refusesFirst } from './sipp-scenarios.ts';

const sdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';
/** Shorter than RFC 3261's, so that transactions are gone in 2 s, and with loss in 7 s. */
const timersFor = (loss: number) => (loss > 0 ? { t1: 100, timerD: 6_400 } : { t1: 30, timerD: 1_920 });

interface Run {
  readonly calls: number;
  readonly loss: number;
  readonly transport?: 'udp' | 'tcp';
}

/** Everything that a call's owner heard, call by call. */
type Calls = string[][];

async function openStack(parts: ReturnType<typeof partsOfThisTest>, transport: 'udp' | 'tcp', loss: number) {
  const errors: object[] = [];
  const ignore = () => undefined;
  const log = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (facts: object) => void errors.push(facts),
  };
  const stack = await parts.use(openSipStack({ [transport]: {}, timers: timersFor(loss), log }));
  return { stack, errors, port: stack.localAddress(transport)!.port! };
}

/** We call sipp, with an offer or without, and hang up. */
async function weCall(isOfferless: boolean, { calls, loss, transport = 'udp' }: Run): Promise<Calls> {
  const parts = partsOfThisTest();
  const { stack, errors, port } = await openStack(parts, transport, loss);
  let sippPort = 0;
  const relay = await parts.use(
    startLossyRelay(
      loss,
      () => sippPort,
      () => port,
    ),
  );
  const scenario = answers(loss > 0 ? `${relay.port}` : ownPort);
  const sipp = await parts.use(startSipp({ scenario, transport, trace: false }));
  sippPort = sipp.port;
  const userAgent = stack.createUserAgent({ aor: 'sip:us@127.0.0.1', protocol: transport });

  const recorded = Array.from({ length: calls }, () => {
    const { events, handler } = recorder();
    const session: InviteSession = userAgent.invite(
      `sip:sipp@127.0.0.1:${loss > 0 ? relay.port : sipp.port}`,
      {
        ...handler,
        accepted: (facts) => {
          handler.accepted(facts);
          if (isOfferless) session.ack(sdp);
          setTimeout(() => session.end(), randomInt(50, 300));
        },
      },
      isOfferless ? {} : { sdp },
    );
    return events;
  });
  await nothingLeft(stack);

  expect(errors).toEqual([]);
  return recorded;
}

/** sipp calls us, and hangs up. */
async function sippCalls(
  scenario: (port: string) => string,
  { calls, loss, transport = 'udp' }: Run,
): Promise<Calls> {
  const parts = partsOfThisTest();
  const { stack, errors, port } = await openStack(parts, transport, loss);
  let sippPort = 0;
  const relay = await parts.use(
    startLossyRelay(
      loss,
      () => sippPort,
      () => port,
    ),
  );
  const recorded: Calls = [];
  stack.createUserAgent({ aor: 'sip:us@127.0.0.1', contactUser: 'us' }).onInvite = (session) => {
    const { events, handler } = recorder();
    recorded.push(events);
    session.attach(handler);
    session.ring();
    session.accept(sdp);
  };
  const sipp = await parts.use(
    startSipp({
      scenario: scenario(loss > 0 ? `${relay.port}` : ownPort),
      transport,
      trace: false,
      service: 'us',
      calls,
      callsPerSecond: 25,
      remotePort: loss > 0 ? relay.port : port,
    }),
  );
  sippPort = sipp.port;
  await sipp.finished(60_000);
  await nothingLeft(stack);

  expect(errors).toEqual([]);
  return recorded;
}

async function nothingLeft(stack: SipStack): Promise<void> {
  await expect
    .poll(() => ({ ...stack.counts(), connections: 0 }), { timeout: 50_000, interval: 100 })
    .toEqual({ transactions: 0, sessions: 0, registrations: 0, connections: 0 });
}

/** Each call ended once, and said so last; how many were up. */
function upOf(calls: Calls, sign: string): number {
  for (const events of calls) {
    expect(events.filter((event) => event.startsWith('ended'))).toHaveLength(1);
    expect(events.at(-1)).toMatch(/^ended (peer|local) 200|^ended failure 408/);
  }
  return calls.filter((events) => events.some((event) => event.startsWith(sign))).length;
}

describeWithParts(['sipp'], 'sipp', () => {
  for (const [name, status, header, heard] of [
    [
      'RFC 3261 §8.1.3.4: it sends our calls on with 302',
      '302 Moved Temporarily',
      'Contact: <sip:elsewhere@[local_ip]:[local_port];transport=[transport]>',
      /^redirected 302 sip:elsewhere@.*, accepted 200 v=0/,
    ],
    [
      'RFC 4028 §7.3: it asks for a longer session interval with 422',
      '422 Session Interval Too Small',
      'Min-SE: 3600',
      /^accepted 200 v=0/,
    ],
  ] as const) {
    test(name, async () => {
      const parts = partsOfThisTest();
      const { stack, errors } = await openStack(parts, 'udp', 0);
      const sipp = await parts.use(startSipp({ scenario: refusesFirst(status, header), trace: false }));
      const userAgent = stack.createUserAgent({ aor: 'sip:us@127.0.0.1' });

      const calls = Array.from({ length: 5 }, () => {
        const { events, handler } = recorder();
        const session = userAgent.invite(
          sipp.uri('sipp'),
          {
            ...handler,
            accepted: (facts) => {
              handler.accepted(facts);
              setTimeout(() => session.end(), 50);
            },
          },
          { sdp, redirect: () => true },
        );
        return events;
      });
      await nothingLeft(stack);

      expect(errors).toEqual([]);
      for (const events of calls) {
        expect(events.join(', ')).toMatch(heard);
        expect(events.at(-1)).toBe('ended local 200');
      }
    });
  }

  for (const transport of ['udp', 'tcp'] as const) {
    test(`we call it over ${transport} with an offer`, async () => {
      const calls = await weCall(false, { calls: 20, loss: 0, transport });

      expect(upOf(calls, 'accepted 200 v=0')).toBe(20);
      expect(calls.every((events) => events.at(-1) === 'ended local 200')).toBe(true);
    });

    test(`we call it over ${transport} without an offer`, async () => {
      const calls = await weCall(true, { calls: 20, loss: 0, transport });

      expect(upOf(calls, 'accepted 200 v=0')).toBe(20);
    });

    test(`it calls us over ${transport} with an offer`, async () => {
      const calls = await sippCalls(callsWithOffer, { calls: 20, loss: 0, transport });

      expect(calls.map((events) => events.join(', '))).toEqual(Array(20).fill('confirmed, ended peer 200'));
    });

    test(`it calls us over ${transport} without an offer`, async () => {
      const calls = await sippCalls(callsOfferless, { calls: 20, loss: 0, transport });

      expect(upOf(calls, 'confirmed v=0')).toBe(20);
    });
  }

  for (const [name, run, sign] of [
    ['we call it with an offer', (facts: Run) => weCall(false, facts), 'accepted 200 v=0'],
    ['we call it without an offer', (facts: Run) => weCall(true, facts), 'accepted 200 v=0'],
    ['it calls us with an offer', (facts: Run) => sippCalls(callsWithOffer, facts), 'confirmed'],
    ['it calls us without an offer', (facts: Run) => sippCalls(callsOfferless, facts), 'confirmed v=0'],
  ] as const) {
    test(`${name}, and each way one datagram of five is lost`, { timeout: 120_000 }, async () => {
      const calls = await run({ calls: 100, loss: 0.2 });

      const up = upOf(calls, sign);
      console.log(`${name}: ${up} of 100 up`);
      expect(up).toBeGreaterThanOrEqual(97);
    });
  }
});
