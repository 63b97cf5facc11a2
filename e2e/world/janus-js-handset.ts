import { until } from '@soft-handset/parts';
import { PageOfCalls } from './page-of-calls.ts';

interface MediaWish {
  readonly video?: boolean;
}

declare global {
  interface Window {
    /** `pages/janus-page.js` */
    janusPage: {
      readonly heard: readonly { readonly event: string; readonly code?: number }[];
      open(server: string): Promise<void>;
      register(username: string, secret?: string): void;
      newCall(uri: string, media?: MediaWish): void;
      call(uri: string, media?: MediaWish): void;
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

  callsClassic(number: string, media: MediaWish = {}): Promise<void> {
    return this.page.evaluate(([uri, wish]) => window.janusPage.call(uri, wish), [number, media] as const);
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
  async isTold(event: string, timeoutMs = 10_000): Promise<{ readonly code?: number }> {
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
