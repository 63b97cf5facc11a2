import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Jsep } from '@soft-handset/protocol';
import { MediaBrowser } from './media-browser.ts';
import type { FromLoad, LoadFacts, ToLoad } from './media-messages.ts';

/*
 * The load generator, a process of its own on a core of its own: the browsers of all calls, and one UDP socket for all
 * phones, which sends back what it hears. Each packet carries the time at which it was sent, so its way through the engine is
 * measured in either direction, on one clock.
 */

const packetMs = 20;
const headBytes = 12;
const payloadBytes = 80;
const sentAt = headBytes;
const answeredAt = headBytes + 8;
const tickMs = 1;
/** For packets that are on their way when a run ends. */
const lateMs = 500;

interface Call {
  readonly browser: MediaBrowser;
  readonly packet: Buffer;
  sequence: number;
  dueAt: number;
}

/** What is counted while a run lasts; memory for it is taken before. */
class Run {
  readonly #ways: Float64Array;
  readonly #own: Float64Array;
  #wayCount = 0;
  sent = 0;
  reachedPhone = 0;
  cameBack = 0;

  constructor(packets: number) {
    this.#ways = new Float64Array(2 * packets);
    this.#own = new Float64Array(packets);
  }

  sending(lateMs: number): void {
    this.#own[this.sent] = lateMs;
    this.sent += 1;
  }

  heardByPhone(wayMs: number): void {
    this.#ways[this.#wayCount] = wayMs;
    this.#wayCount += 1;
    this.reachedPhone += 1;
  }

  heardByBrowser(wayMs: number): void {
    this.#ways[this.#wayCount] = wayMs;
    this.#wayCount += 1;
    this.cameBack += 1;
  }

  facts(ownProcessorPercent: number): LoadFacts {
    const ways = this.#ways.subarray(0, this.#wayCount).sort();
    const own = this.#own.subarray(0, this.sent).sort();
    return {
      sent: this.sent,
      reachedPhone: this.reachedPhone,
      cameBack: this.cameBack,
      p50Ms: percentile(ways, 0.5),
      p99Ms: percentile(ways, 0.99),
      ownP99Ms: percentile(own, 0.99),
      ownProcessorPercent,
    };
  }
}

const calls: Call[] = [];
let run: Run | undefined;

const phone = createSocket('udp4');
phone.on('message', (packet, from) => {
  if (packet.length !== headBytes + payloadBytes) return;
  const now = performance.now();
  run?.heardByPhone(now - packet.readDoubleLE(sentAt));
  packet.writeDoubleLE(now, answeredAt);
  phone.send(packet, from.port, from.address);
});
phone.on('error', () => undefined);
phone.bind(0, '127.0.0.1', () => say({ says: 'up', phone: phone.address() }));

process.on('message', (message) => void hear(message as ToLoad));
process.on('disconnect', () => process.exit());

async function hear(message: ToLoad): Promise<void> {
  const { question } = message;
  try {
    switch (message.do) {
      case 'answer':
        return say({ says: 'answered', question, answer: await answerOf(message.offer) });
      case 'connect':
        await Promise.all(calls.map(({ browser }) => browser.isUp));
        return say({ says: 'ready', question });
      case 'run':
        return say({ says: 'ran', question, facts: await talk(message.ms) });
    }
  } catch (error) {
    say({ says: 'failed', question, why: String(error) });
  }
}

function say(message: FromLoad): void {
  process.send?.(message);
}

async function answerOf(offer: Jsep): Promise<Jsep> {
  const ssrc = 1 + calls.length;
  const browser = new MediaBrowser(offer, ssrc);
  const packet = Buffer.alloc(headBytes + payloadBytes, 0xd5);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt32BE(ssrc, 8);
  calls.push({ browser, packet, sequence: 0, dueAt: 0 });
  browser.onRtp((rtp) => {
    if (rtp.length === headBytes + payloadBytes)
      run?.heardByBrowser(performance.now() - rtp.readDoubleLE(answeredAt));
  });
  return browser.answers();
}

/** Fifty packets a second of each call, the calls spread evenly over the 20 ms. */
async function talk(ms: number): Promise<LoadFacts> {
  const current = new Run(Math.ceil((calls.length * (ms + 1000)) / packetMs));
  run = current;
  const startsAt = performance.now();
  const endsAt = startsAt + ms;
  const before = process.cpuUsage();
  calls.forEach((call, index) => (call.dueAt = startsAt + (index * packetMs) / calls.length));
  await new Promise<void>((over) => {
    const timer = setInterval(() => {
      const now = performance.now();
      for (const call of calls) {
        for (; call.dueAt <= now && call.dueAt < endsAt; call.dueAt += packetMs) send(call, current);
      }
      if (now < endsAt) return;
      clearInterval(timer);
      over();
    }, tickMs);
  });
  const { user, system } = process.cpuUsage(before);
  const tookMs = performance.now() - startsAt;
  await sleep(lateMs);
  run = undefined;
  return current.facts((user + system) / 10 / tookMs);
}

function send(call: Call, current: Run): void {
  const { packet, browser, dueAt } = call;
  call.sequence = (call.sequence + 1) & 0xffff;
  packet.writeUInt16BE(call.sequence, 2);
  packet.writeUInt32BE((call.sequence * 160) >>> 0, 4);
  const now = performance.now();
  packet.writeDoubleLE(now, sentAt);
  current.sending(now - dueAt);
  browser.send(packet);
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
