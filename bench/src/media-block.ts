import type { MediaSession } from '@soft-handset/media';
import { processorMs, residentBytes, within, type Parts } from '@soft-handset/parts';
import { MediaGenerator } from './media-generator.ts';
import type { LoadFacts } from './media-messages.ts';
import { phoneOffer } from './media-phone.ts';
import type { MediaSide, StartMediaSide } from './media-side.ts';

export interface LoadOfCalls extends LoadFacts {
  readonly calls: number;
  /** Of one core, the engine's process with all its threads. */
  readonly processorPercent: number;
}

/** One engine, started afresh, under more and more calls. */
export interface MediaBlock {
  /** One for each number of calls, in that order. */
  readonly loads: readonly LoadOfCalls[];
  /** Growth of resident memory for each call. */
  readonly bytesPerCall: number;
}

const runMs = 5_000;
/** What is loaded, compiled and grown once is so before the first figure. */
const warmUpCalls = 20;
const warmUpMs = 6_000;
const atOnce = 5;
const connectTimeoutMs = 30_000;

/** `counts`: of calls, from few to many. */
export async function measureMedia(
  parts: Parts,
  start: StartMediaSide,
  counts: readonly number[],
): Promise<MediaBlock> {
  const calls = new Calls(await start(parts), await parts.use(new MediaGenerator()));
  await calls.upTo(warmUpCalls);
  await calls.talk(warmUpMs);
  const before = await calls.memory();
  const loads: LoadOfCalls[] = [];
  for (const count of counts) {
    await calls.upTo(count);
    loads.push(await calls.talk(runMs));
  }
  const grown = (await calls.memory()) - before;
  return { loads, bytesPerCall: grown / (Math.max(...counts) - warmUpCalls) };
}

/** The calls between the generator's browsers and phones, which all go through one engine. */
class Calls {
  readonly #side: MediaSide;
  readonly #generator: MediaGenerator;
  readonly #sessions: MediaSession[] = [];

  constructor(side: MediaSide, generator: MediaGenerator) {
    this.#side = side;
    this.#generator = generator;
  }

  async upTo(count: number): Promise<void> {
    const phone = await this.#generator.phone;
    while (this.#sessions.length < count) {
      const missing = Math.min(atOnce, count - this.#sessions.length);
      await Promise.all(Array.from({ length: missing }, () => this.#call(phone.address, phone.port)));
      await within(connectTimeoutMs, 'the browsers are connected', this.#generator.connect());
    }
  }

  async talk(ms: number): Promise<LoadOfCalls> {
    const before = await processorMs(this.#side.pid);
    const facts = await this.#generator.run(ms);
    const used = (await processorMs(this.#side.pid)) - before;
    return { ...facts, calls: this.#sessions.length, processorPercent: (100 * used) / ms };
  }

  memory(): Promise<number> {
    return residentBytes(this.#side.pid);
  }

  async #call(address: string, port: number): Promise<void> {
    const session = await this.#side.engine.open();
    this.#sessions.push(session);
    const jsep = await session.toHandset({ type: 'offer', sdp: phoneOffer(address, port) });
    await session.toPeer(await this.#generator.answer(jsep));
  }
}
