import { afterEach, describe, expect, test } from 'vitest';
import type { Flow, ServerTransaction, SipRequest, SipStack, SipStackOptions, Target } from '../src/index.ts';
import { Headers } from '../src/headers.ts';
import { SipError } from '../src/sip-error.ts';
import { openSipStack, stackOn } from '../src/stack.ts';
import { FakeClock } from './fake-clock.ts';
import { LadderWire, Peer } from './ladder.ts';

const open: SipStack[] = [];
afterEach(async () => {
  for (const stack of open.splice(0)) await stack.close();
});

async function stackWith(options: SipStackOptions): Promise<SipStack> {
  const stack = await openSipStack(options);
  open.push(stack);
  return stack;
}

/** One port for UDP and TCP, as servers have it. */
async function serverOnOnePort(): Promise<{ stack: SipStack; port: number }> {
  for (;;) {
    const stack = await stackWith({ udp: {} });
    const { port } = stack.localAddress('udp')!;
    await stack.close();
    const both = await openSipStack({ udp: { port: port! }, tcp: { port: port! } }).catch(() => undefined);
    if (!both) continue;
    open.push(both);
    return { stack: both, port: port! };
  }
}

function message(uri: string, bodyLength: number, method = 'MESSAGE'): SipRequest {
  const headers = new Headers([
    ['Max-Forwards', '70'],
    ['From', '<sip:me@example.com>;tag=me'],
    ['To', '<sip:you@example.com>'],
    ['Call-ID', `${bodyLength}@test`],
    ['CSeq', `1 ${method}`],
    ['Content-Type', 'text/plain'],
  ]);
  return { kind: 'request', method, uri, headers, body: 'x'.repeat(bodyLength) };
}

/** Sends, and tells over what it came and what its Via says. */
async function carried(client: SipStack, server: SipStack, request: SipRequest) {
  const came = new Promise<ServerTransaction>((resolve) => {
    server.onRequest = (transaction) => {
      transaction.respond(200);
      resolve(transaction);
    };
  });
  const status = new Promise<number>((resolve) => {
    client.request(request, { final: (response) => resolve(response.status) });
  });
  const { flow, request: heard } = await came;
  return {
    protocol: flow.protocol,
    via: heard.headers.getAll('Via').map((via) => via.split(' ')[0]),
    status: await status,
  };
}

describe('RFC 3261 §18.1.1: a request that is too long for a datagram', () => {
  test('takes TCP where the server has it, and its Via says so; a short one takes UDP', async () => {
    const { stack: server, port } = await serverOnOnePort();
    const client = await stackWith({ udp: {}, tcp: {} });

    for (const [bytes, protocol] of [
      [500, 'udp'],
      [1_300, 'tcp'],
      [30_000, 'tcp'],
    ] as const) {
      expect(await carried(client, server, message(`sip:you@127.0.0.1:${port}`, bytes))).toEqual({
        protocol,
        via: [`SIP/2.0/${protocol.toUpperCase()}`],
        status: 200,
      });
    }
  });

  test('takes UDP after all where TCP is refused', async () => {
    const server = await stackWith({ udp: {} });
    const client = await stackWith({ udp: {}, tcp: {} });
    const uri = `sip:you@127.0.0.1:${server.localAddress('udp')!.port}`;

    const outcome = await carried(client, server, message(uri, 2_000));

    expect(outcome).toEqual({ protocol: 'udp', via: ['SIP/2.0/UDP'], status: 200 });
    expect(client.stats['tcpInsteadRefused']).toBe(1);
    await carried(client, server, message(uri, 3_000));
    expect(client.stats['tcpInsteadRefused']).toBe(1);
  });

  test('takes UDP where we have no TCP', async () => {
    const { stack: server, port } = await serverOnOnePort();
    const client = await stackWith({ udp: {} });

    expect((await carried(client, server, message(`sip:you@127.0.0.1:${port}`, 2_000))).protocol).toBe('udp');
  });

  test('may be allowed to be longer, where the path is known', async () => {
    const { stack: server, port } = await serverOnOnePort();
    const client = await stackWith({ udp: {}, tcp: {}, longestDatagram: 8_000 });

    expect((await carried(client, server, message(`sip:you@127.0.0.1:${port}`, 2_000))).protocol).toBe('udp');
  });

  test('an ACK with a long answer too', async () => {
    const { stack: server, port } = await serverOnOnePort();
    const client = await stackWith({ udp: {}, tcp: {} });
    const acks: Promise<Flow> = new Promise((resolve) => {
      server.onAck = (_, flow) => resolve(flow);
    });

    client.send(message(`sip:you@127.0.0.1:${port}`, 2_000, 'ACK'));

    expect((await acks).protocol).toBe('tcp');
  });
});

test('RFC 3261 §18.1.1: a firewall that swallows TCP holds a long request up for two seconds, once', async () => {
  const clock = new FakeClock();
  const udp = new LadderWire();
  const tcp = new SilentTcp(clock);
  const peer = new Peer(udp, clock);
  const stack = stackOn([udp, tcp], { clock });
  const ask = (bytes: number) =>
    stack.request(message('sip:you@192.0.2.9', bytes), { final: () => undefined });

  ask(2_000);
  await peer.waits(1_999);
  await peer.hearsNothing();
  await peer.waits(1);
  await peer.answers(await peer.hears('MESSAGE'), '200 OK');
  ask(3_000);

  await peer.answers(await peer.hears('MESSAGE'), '200 OK');
  expect(tcp.asked).toBe(1);
});

/** Nobody answers what it asks. */
class SilentTcp extends LadderWire {
  asked = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    super('tcp');
    this.#clock = clock;
  }

  connect(_: Target, withinMs: number): Promise<Flow> {
    this.asked += 1;
    return new Promise((__, reject) => {
      this.#clock.setTimeout(() => reject(SipError.timeout('connecting')), withinMs);
    });
  }
}
