import { until } from '@soft-handset/parts';
import { PageOfCalls } from './page-of-calls.ts';

interface MediaWish {
  readonly video?: boolean;
}

/** What the plugin has said, with the fields that tests look at. */
export interface PluginEvent {
  readonly event: string;
  readonly code?: number;
  readonly call_id?: string;
  readonly refer_id?: number;
  readonly refer_to?: string;
}

declare global {
  interface Window {
    /** `pages/janus-page.js` */
    janusPage: {
      readonly heard: readonly PluginEvent[];
      open(server: string): Promise<void>;
      register(username: string, secret?: string): void;
      newCall(uri: string, media?: MediaWish): void;
      call(uri: string, media?: MediaWish, more?: object): void;
      accept(media?: MediaWish): void;
      hangup(): void;
      send(message: object, jsep?: object): void;
    };
  }
}

/** A tab with Meetecho's janus.js and nothing of ours. */
export class JanusJsHandset extends PageOfCalls {
  async logsIn(account: string, over: 'wss' | 'https' = 'wss'): Promise<void> {
    await this.inPage(
      this.page.evaluate(async (scheme) => window.janusPage.open(`${scheme}://${location.host}/janus`), over),
    );
    await this.page.evaluate((name) => window.janusPage.register(name), account);
    await this.isTold('registered');
    await this.wire.mark();
  }

  calls(number: string, media: MediaWish = {}): Promise<void> {
    return this.page.evaluate(([uri, wish]) => window.janusPage.newCall(uri, wish), [number, media] as const);
  }

  /** `more`: further fields of the request. */
  callsClassic(number: string, media: MediaWish = {}, more: object = {}): Promise<void> {
    return this.page.evaluate(([uri, wish, fields]) => window.janusPage.call(uri, wish, fields), [
      number,
      media,
      more,
    ] as const);
  }

  answers(media: MediaWish = {}): Promise<void> {
    return this.page.evaluate((wish) => window.janusPage.accept(wish), media);
  }

  hangsUp(): Promise<void> {
    return this.page.evaluate(() => window.janusPage.hangup());
  }

  says(message: object, jsep?: object): Promise<void> {
    return this.page.evaluate(([body, sdp]) => window.janusPage.send(body, sdp), [message, jsep] as const);
  }

  /** Waits for that event of the plugin. */
  async isTold(event: string, timeoutMs = 10_000): Promise<PluginEvent> {
    return until(
      `the page is told ${event}`,
      async () =>
        (await this.page.evaluate(() => window.janusPage.heard)).findLast((one) => one.event === event),
      { timeoutMs, everyMs: 25 },
    );
  }

  async close(): Promise<void> {
    if (!this.page.isClosed()) await this.page.close();
  }
}
