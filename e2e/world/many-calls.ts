import { until } from '@soft-handset/parts';
import type {
  CallEvents,
  CallState,
  CallStats,
  Conference,
  Handset as Phone,
  HandsetOptions,
} from '@soft-handset/handset';
import { onTestFailed, onTestFinished } from 'vitest';
import type { Browser } from './browser.ts';
import { PageOfCalls } from './page-of-calls.ts';
import type { World } from './world.ts';

declare global {
  interface Window {
    phone: Phone;
    talk: Conference | undefined;
    /** What calls have told, by their number among the handset's calls. */
    toldByCalls: { readonly call: string; readonly event: string; readonly payload: unknown }[];
  }
}

const listened = [
  'transferProgress',
  'transferRequest',
  'ended',
  'device',
  'screen',
  'stats',
  'error',
  'info',
  'message',
] as const satisfies readonly (keyof CallEvents)[];

/** A tab with the modern surface of our SDK. Its calls are named by the numbers at their other ends. */
export class ManyCalls extends PageOfCalls {
  static async logsIn(
    world: World,
    account: string,
    { browser, ...more }: Partial<HandsetOptions> & { readonly browser?: Browser } = {},
  ): Promise<ManyCalls> {
    const tab = await (browser ?? (await world.browser())).open(`${world.origin}/`);
    const phone = new ManyCalls(tab);
    onTestFinished(() => phone.close());
    onTestFailed(() => console.error(`the wire of ${account}:\n${phone.wire.toString()}`));
    await phone.#start(account, more);
    return phone;
  }

  /** Settles at `calling`. */
  async calls(number: string, kind: 'return' | 'classic' = 'return'): Promise<void> {
    await this.inPage(
      this.page.evaluate(
        async ([to, how]) => {
          await window.phone.call(to, { kind: how });
        },
        [number, kind] as const,
      ),
    );
  }

  /** Asks the call with that number for something. */
  async asks(number: string, work: Asking, argument?: unknown): Promise<void> {
    await this.inPage(
      this.page.evaluate(
        async ([to, method, value]) => {
          const call = window.phone.calls.findLast(({ remote }) => remote.number === to);
          if (call === undefined) throw new Error(`no call with ${to}`);
          const other = window.phone.calls.find(({ remote }) => remote.number === value);
          await (call[method] as (argument: unknown) => Promise<unknown>)(other ?? value);
        },
        [number, work, argument] as const,
      ),
    );
  }

  async isIn(state: CallState, number: string): Promise<void> {
    await until(`the call with ${number} is ${state}`, async () => (await this.states())[number] === state, {
      everyMs: 25,
    });
  }

  states(): Promise<Readonly<Record<string, CallState>>> {
    return this.page.evaluate(() =>
      Object.fromEntries(window.phone.calls.map(({ remote, state }) => [remote.number, state])),
    );
  }

  async isTold(event: (typeof listened)[number], number: string): Promise<unknown> {
    const found = await until(
      `the call with ${number} tells ${event}`,
      () =>
        this.page.evaluate(
          ([name, call]) => window.toldByCalls.findLast((one) => one.event === name && one.call === call),
          [event, number] as const,
        ),
      { everyMs: 25 },
    );
    return found.payload;
  }

  /** All these tones arrive in that call, and none of the others. */
  async hearsIn(number: string, tones: readonly number[], others: readonly number[] = []): Promise<void> {
    let heard: readonly number[] = [];
    await until(`the call with ${number} brings ${tones.join(' and ')} Hz`, async () => {
      heard = await this.#levels(number, [...tones, ...others]);
      return (
        heard.length > 0 && heard.every((level, index) => (index < tones.length ? level > -55 : level < -70))
      );
    }).catch((cause: unknown) => {
      throw new Error(`${String(cause)}; heard ${heard.join(', ')} dB`, { cause });
    });
  }

  stats(number: string): Promise<CallStats> {
    return this.page.evaluate(async (to) => {
      const call = window.phone.calls.find(({ remote }) => remote.number === to);
      if (call === undefined) throw new Error(`no call with ${to}`);
      return call.stats();
    }, number);
  }

  async close(): Promise<void> {
    if (this.page.isClosed()) return;
    await this.inPage(this.page.evaluate(() => (window as Partial<Window>).phone?.destroy())).catch(
      () => undefined,
    );
    await this.page.close();
  }

  #levels(number: string, frequencies: readonly number[]): Promise<readonly number[]> {
    return this.page.evaluate(
      ([to, wanted]) => {
        const call = window.phone.calls.find(({ remote }) => remote.number === to);
        const index = window.pageEar.connections.findIndex((one) => one === call?.peerConnection);
        return index === -1 ? [] : window.pageEar.levels(wanted, index);
      },
      [number, frequencies] as const,
    );
  }

  async #start(username: string, more: Partial<HandsetOptions>): Promise<void> {
    await this.inPage(
      this.page.evaluate(
        async ([name, options, events]) => {
          const phone = await window.SoftHandset.createHandset({
            server: `wss://${location.host}/janus`,
            account: { username: name },
            ringFile: false,
            language: 'en',
            ...options,
          });
          window.phone = phone;
          window.toldByCalls = [];
          const known = new Set<unknown>();
          phone.on('calls', ({ changed }) => {
            if (known.has(changed)) return;
            known.add(changed);
            for (const event of events)
              changed.on(event, (payload) =>
                window.toldByCalls.push({
                  call: changed.remote.number,
                  event,
                  payload: JSON.parse(JSON.stringify(payload)),
                }),
              );
            // A peer that asks us to call somebody else is obliged.
            changed.on('transferRequest', (request) => void request.accept());
          });
        },
        [username, more, [...listened]] as const,
      ),
    );
    await until(`${username} is registered`, () =>
      this.page.evaluate(() => window.phone.registration === 'registered'),
    );
  }
}

/** What a test may ask of a call by its name. */
type Asking =
  | 'answer'
  | 'hangup'
  | 'decline'
  | 'hold'
  | 'resume'
  | 'transfer'
  | 'addVideo'
  | 'removeVideo'
  | 'shareScreen'
  | 'stopSharing'
  | 'dtmf'
  | 'mute'
  | 'unmute';
