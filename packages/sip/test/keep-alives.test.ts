import { describe, expect, test } from 'vitest';
import type { Flow, SipStackOptions } from '../src/contract.ts';
import { openTcp } from '../src/tcp.ts';
import { openUdp } from '../src/udp.ts';
import { stackOn } from '../src/stack.ts';
import { FakeClock } from './fake-clock.ts';
import { addressesOnly, LadderWire, Peer } from './ladder.ts';
import { Inbox, optionsBytes } from './transport-contract.ts';

/** Writes down each keep-alive. */
class ProbedWire extends LadderWire {
  readonly probes: string[] = [];
  readonly dropped: string[] = [];
  onAlive?: (flow: Flow, mapped?: string) => void;

  async probe(flow: Flow, how: 'crlf' | 'stun'): Promise<void> {
    this.probes.push(`${how} ${flow.remoteHost}`);
  }

  drop(flow: Flow): void {
    this.dropped.push(flow.id);
    this.dead.add(flow.id);
    this.onBroken?.(flow);
  }
}

function world(protocol: 'udp' | 'tcp', options: SipStackOptions = {}) {
  const clock = new FakeClock();
  const transport = new ProbedWire(protocol);
  let count = 0;
  const stack = stackOn([transport], {
    clock,
    dns: addressesOnly(async () => ['192.0.2.9']),
    // A counter: chance chooses the shortest time of each range.
    random: (bytes) => (count++).toString(16).padStart(2 * bytes, '0'),
    ...options,
  });
  const peer = new Peer(transport, clock);
  const failures: number[] = [];
  const register = async (user: string, headers: readonly string[] = []) => {
    const userAgent = stack.createUserAgent({
      aor: `sip:${user}@192.0.2.9`,
      ...(protocol === 'tcp' && { protocol }),
    });
    const registration = userAgent.register({
      registered: () => undefined,
      failed: ({ status }) => void failures.push(status),
    });
    await peer.answers(await peer.hears('REGISTER'), '200 OK', { headers });
    return registration;
  };
  const answerWithin = async (ms: number) => {
    await clock.advance(ms);
    transport.onAlive?.(peer.flow);
  };
  return { clock, transport, stack, peer, register, failures, answerWithin };
}

describe('RFC 5626 §4.4.1: over a stream', () => {
  test('a ping goes out every 96 s at least; who has answered once and then does not is dead, and we register anew', async () => {
    const { clock, transport, peer, register, failures, answerWithin } = world('tcp');
    await register('1001');

    await clock.advance(95_000);
    expect(transport.probes).toEqual([]);
    await clock.advance(2_000);
    expect(transport.probes).toEqual(['crlf 192.0.2.9']);
    await answerWithin(1_000);
    await clock.advance(95_000);
    expect(transport.probes).toHaveLength(2);
    await clock.advance(10_000);

    expect(transport.dropped).toEqual([peer.flow.id]);
    expect(failures).toEqual([503]);
    transport.dead.clear();
    await clock.advance(2_000);
    await peer.hears('REGISTER');
  });

  test('a server that never answers pings is not blamed: many do not', async () => {
    const { clock, transport, register, failures } = world('tcp');
    await register('1001');

    await clock.advance(600_000);

    expect(transport.probes.length).toBeGreaterThanOrEqual(5);
    expect(transport.dropped).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('§6: a server that says it understands this must answer the first one', async () => {
    const { clock, transport, register } = world('tcp');
    await register('1001', ['Require: outbound']);

    await clock.advance(108_000);

    expect(transport.dropped).toHaveLength(1);
  });

  test('§10: Flow-Timer says how often', async () => {
    const { clock, transport, register } = world('tcp');
    await register('1001', ['Flow-Timer: 20']);

    await clock.advance(20_000);

    expect(transport.probes).toHaveLength(1);
  });
});

describe('RFC 5626 §4.4.2: over UDP', () => {
  test('line ends every 23 to 29 s, one for all accounts of a flow, until the last has gone', async () => {
    const { clock, transport, peer, register } = world('udp');
    const registrations = [await register('1001'), await register('1002'), await register('1003')];

    await clock.advance(29_000);
    expect(transport.probes).toEqual(['crlf 192.0.2.9']);
    await clock.advance(290_000);
    const sent = transport.probes.length;
    expect(sent).toBeGreaterThanOrEqual(11);
    expect(sent).toBeLessThanOrEqual(14);
    for (const one of registrations) {
      const gone = one.unregister();
      await peer.answers(await peer.hears('REGISTER'), '200 OK');
      await gone;
    }
    await clock.advance(290_000);

    expect(transport.probes).toHaveLength(sent);
  });

  test('STUN where the server understands RFC 5626; five without an answer are a dead flow, and we register anew', async () => {
    const { clock, transport, peer, register, failures, answerWithin } = world('udp');
    await register('1001', ['Require: outbound']);

    await clock.advance(23_500);
    await answerWithin(100);
    await clock.advance(23_000 + 15_500);

    expect(transport.probes).toEqual(Array(6).fill('stun 192.0.2.9'));
    expect(failures).toEqual([503]);
    await clock.advance(2_000);
    await peer.hears('REGISTER');
  });

  test('STUN that says we are seen from elsewhere is a new flow', async () => {
    const { clock, transport, peer, register, failures } = world('udp', { keepAlive: { datagram: 'stun' } });
    await register('1001');

    await clock.advance(29_000);
    transport.onAlive?.(peer.flow, '203.0.113.1:1024');
    await clock.advance(29_000);
    transport.onAlive?.(peer.flow, '203.0.113.1:1024');
    expect(failures).toEqual([]);
    await clock.advance(29_000);
    transport.onAlive?.(peer.flow, '203.0.113.1:2048');

    expect(failures).toEqual([503]);
    await clock.advance(2_000);
    await peer.hears('REGISTER');
  });

  test('a server that knows no STUN loses nothing by it', async () => {
    const { clock, register, failures } = world('udp', { keepAlive: { datagram: 'stun' } });
    await register('1001');

    await clock.advance(300_000);

    expect(failures).toEqual([]);
  });

  test('none where none is wanted', async () => {
    const { clock, transport, register } = world('udp', { keepAlive: { datagramMs: 0 } });
    await register('1001');

    await clock.advance(300_000);

    expect(transport.probes).toEqual([]);
  });
});

test('close leaves no timer', async () => {
  const { clock, stack, register } = world('udp');
  await register('1001');

  await stack.close();

  expect(clock.timers).toBe(0);
});

describe('on the wire', () => {
  test('over UDP STUN is answered, and only the answer to the last request counts, from whom was asked', async () => {
    const [alice, bob, mallory] = [await openUdp(), await openUdp(), await openUdp()];
    try {
      const alive: [string, string | undefined][] = [];
      const heard = new Promise<void>((resolve) => {
        alice.onAlive = (flow, mapped) => {
          alive.push([flow.id, mapped]);
          resolve();
        };
      });
      const toBob = await alice.send(Buffer.from('\r\n'), { protocol: 'udp', ...bob.local });
      const fromMallory = Buffer.from(`010100002112a442${'00'.repeat(12)}`, 'hex');
      await mallory.send(fromMallory, { protocol: 'udp', ...alice.local });

      await alice.probe?.(toBob, 'stun');
      await heard;

      expect(alive).toEqual([[toBob.id, `127.0.0.1:${alice.local.port}`]]);
    } finally {
      await Promise.all([alice, bob, mallory].map((one) => one.close()));
    }
  });

  test('over TCP the answer to a ping is no ping, and messages go on', async () => {
    const [alice, bob] = [await openTcp(), await openTcp()];
    try {
      const inbox = new Inbox(alice);
      const atBob = new Inbox(bob);
      let pongs = 0;
      const heard = () =>
        new Promise<void>(
          (resolve) =>
            (alice.onAlive = () => {
              pongs += 1;
              resolve();
            }),
        );
      const flow = await alice.send(optionsBytes(), { protocol: 'tcp', ...bob.local });
      const { flow: back } = await atBob.request();

      for (let ping = 0; ping < 3; ping++) {
        const answered = heard();
        await alice.probe?.(flow, 'crlf');
        await answered;
      }
      await bob.send(optionsBytes({ callId: 'on' }), back);

      expect((await inbox.request()).message.headers.get('Call-ID')).toBe('on');
      expect(pongs).toBe(3);
    } finally {
      await Promise.all([alice, bob].map((one) => one.close()));
    }
  });
});
