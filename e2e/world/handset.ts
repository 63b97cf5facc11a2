import type {
  MediaConfig,
  SoftHandler,
  SoftHandlerEventName,
  SoftHandlerEvents,
} from '@soft-handset/handset';
import { until, within } from '@soft-handset/parts';
import { PageOfCalls } from './page-of-calls.ts';

/** Who logs in, as a page that integrates the SDK says it. */
export interface HandsetLogin {
  readonly account: string;
  readonly secret?: string;
  /** The account's SIP server; without it the server knows. */
  readonly sipServerPort?: number;
  readonly video?: boolean;
}

declare global {
  interface Window {
    SoftHandset: typeof import('@soft-handset/handset');
    handset: { readonly handler: SoftHandler; readonly told: Told[] };
  }
}

/** An event of the SDK, as the page heard it. */
export interface Told {
  readonly event: SoftHandlerEventName;
  readonly payload: unknown;
}

type Payloads = SoftHandlerEvents;

/** Those of them that belong to calls: streams, devices and meters come and go beside. */
const besideCalls: readonly string[] = [
  'localstream',
  'remotestream',
  'mediaState',
  'devices',
  'connection',
  'register/autoRegister',
  'registerResult',
  'message',
  'messageDelivery',
  'info',
  'notify',
  'transferRequest',
  'peerChanged',
  'subscriptionFailed',
  'missedCall',
];

/** A tab with our SDK in it. */
export class Handset extends PageOfCalls {
  /** Settles with what the server said about the login. */
  async logsIn(login: HandsetLogin): Promise<Payloads['registerResult']> {
    await this.inPage(
      this.page.evaluate(async ({ account, secret, sipServerPort, video }) => {
        const { createSoftHandler, SoftHandlerEvent } = window.SoftHandset;
        const told: Told[] = [];
        const handler = await createSoftHandler({
          configs: {
            janusUrl: `wss://${location.host}/janus`,
            videoEnable: video ?? false,
            ringFile: false,
            language: 'en',
            localVideo: document.querySelector<HTMLElement>('#local'),
            remoteVideo: document.querySelector<HTMLElement>('#remote'),
          },
          registerInfo: {
            username: account,
            displayName: `Seat ${account}`,
            ...(sipServerPort === undefined ? { sipServerIp: '' } : { sipServerPort }),
            ...(secret !== undefined && { secret }),
          },
        });
        for (const event of Object.values(SoftHandlerEvent)) {
          handler.on(event, (payload) => {
            const plain = event === 'localstream' || event === 'remotestream' ? {} : payload;
            told.push({ event, payload: JSON.parse(JSON.stringify(plain)) });
          });
        }
        window.handset = { handler, told };
      }, login),
    );
    const result = (await this.isTold('registerResult')) as Payloads['registerResult'];
    await this.wire.mark();
    return result;
  }

  /** Return call. */
  async calls(number: string, media: MediaConfig = {}): Promise<void> {
    await this.#asks(([one, config]) => window.handset.handler.newcall(one, config), [
      number,
      media,
    ] as const);
  }

  /** Classic call: the offer is ours. */
  async callsClassic(number: string, media: MediaConfig = {}): Promise<void> {
    await this.#asks(([one, config]) => window.handset.handler.call(one, config), [number, media] as const);
  }

  async answers(media: MediaConfig = {}): Promise<void> {
    await this.#asks((config) => window.handset.handler.answer(config), media);
  }

  async hangsUp(): Promise<void> {
    await this.#asks(() => window.handset.handler.hangup(), undefined);
  }

  /** RFC 4733; settles when the tones have been played. */
  async presses(keys: string): Promise<void> {
    await this.#asks((digits) => window.handset.handler.dtmf(digits), keys);
  }

  /** What the facade has no word for. */
  async asksPlugin(message: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#asks((body) => {
      window.handset.handler.sipcall?.send({ message: body });
      return Promise.resolve();
    }, message);
  }

  /** Waits until the SDK has said so. */
  async isTold(event: SoftHandlerEventName, timeoutMs = 10_000): Promise<unknown> {
    const found = await until(
      `the page is told ${event}`,
      async () => (await this.told()).findLast((one) => one.event === event),
      { timeoutMs, everyMs: 25 },
    );
    return found.payload;
  }

  /** The SDK's events about calls, in their order. */
  async toldOfCalls(): Promise<readonly string[]> {
    return (await this.told())
      .map(({ event }) => event as string)
      .filter((event) => !besideCalls.includes(event));
  }

  told(): Promise<readonly Told[]> {
    return this.page.evaluate(() => window.handset.told);
  }

  /** Leaves as a user does who logs out. May be called twice, also when the page is gone. */
  async close(): Promise<void> {
    if (this.page.isClosed()) return;
    await within(5_000, 'the handset has logged out', this.#destroy()).catch(() => undefined);
    await this.page.close();
  }

  async #destroy(): Promise<void> {
    await this.page.evaluate(() => (window as Partial<Window>).handset?.handler.destroy());
  }

  #asks<A>(work: (argument: A) => unknown, argument: A): Promise<unknown> {
    // Playwright serialises the function; the page has no name for anything outside of it.
    return this.inPage(this.page.evaluate(work as (argument: unknown) => unknown, argument));
  }
}
