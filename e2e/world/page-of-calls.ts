import {
  connectionFacts,
  hearsTone,
  seesPictures,
  until,
  within,
  type ConnectionFacts,
} from '@soft-handset/parts';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Tab } from './browser.ts';
import type { Wire } from './wire.ts';

/** What all handsets in a browser have, whichever library they stand on: a page, its wire, ears and eyes. */
export class PageOfCalls {
  readonly page: Page;
  readonly wire: Wire;

  constructor({ page, wire }: Tab) {
    this.page = page;
    this.wire = wire;
  }

  /** Waits until requests and events since the login are exactly these, in this order, and of one call. */
  async ladderIs(...lines: readonly string[]): Promise<void> {
    await expect
      .poll(() => this.wire.ladder, { interval: 25, message: 'the ladder on the wire' })
      .toEqual(lines);
    expect(this.wire.unacknowledged, 'acks on the wire').toEqual([]);
    expect(this.wire.callIds.length, 'calls on the wire').toBeLessThanOrEqual(1);
  }

  async mediaLadderIs(...lines: readonly string[]): Promise<void> {
    await expect
      .poll(() => this.wire.mediaLadder, { interval: 25, message: 'the media on the wire' })
      .toEqual(lines);
  }

  /** The last event of the plugin of that name has these fields. */
  async isToldByPlugin(event: string, fields: object): Promise<void> {
    await expect
      .poll(
        () =>
          this.wire.entries
            .filter(({ direction }) => direction === '<')
            .map(({ message }) => message.plugindata?.data.result)
            .findLast((result) => result?.event === event),
        { interval: 25, timeout: 5_000, message: event },
      )
      .toMatchObject(fields);
  }

  /** The tone arrives here as sound that is played, and ours leaves: packets and energy say so too. */
  async hears(frequency: number): Promise<ConnectionFacts> {
    await this.#hasConnection();
    await hearsTone(this.page, frequency).catch(this.#withFacts);
    await until('sound flows both ways', async () => flows(await connectionFacts(this.page)), {
      everyMs: 50,
    }).catch(this.#withFacts);
    return connectionFacts(this.page);
  }

  async seesPictures(frames = 10): Promise<ConnectionFacts> {
    await this.#hasConnection();
    return seesPictures(this.page, frames).catch(this.#withFacts);
  }

  async #hasConnection(): Promise<void> {
    await until('the page has a peer connection', () =>
      this.page.evaluate(() => window.pageEar.connections.length > 0),
    );
  }

  protected inPage<T>(work: Promise<T>): Promise<T> {
    return within(15_000, 'the page has done what it was asked', work);
  }

  readonly #withFacts = async (cause: unknown): Promise<never> => {
    const facts = await connectionFacts(this.page).catch((error: unknown) => String(error));
    throw new Error(`${String(cause)}; ${JSON.stringify(facts)}`, { cause });
  };
}

function flows({ received, sent }: ConnectionFacts): boolean {
  return [received.audio, sent.audio].every((one) => one && one.packets > 20 && one.totalAudioEnergy > 0);
}
