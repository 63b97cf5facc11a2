import { until } from '@soft-handset/parts';
import type { Browser } from './browser.ts';
import { PageOfCalls } from './page-of-calls.ts';
import type { SipJsInPage } from './sipjs-in-page.ts';
import type { SipJsServer } from './sipjs-server.ts';

declare global {
  interface Window {
    sipJs: SipJsInPage;
  }
}

/** Somebody with a browser phone of another make, registered at the PBX over a WebSocket. */
export class SipJsPhone extends PageOfCalls {
  static async open(
    browser: Browser,
    server: SipJsServer,
    account: Parameters<SipJsInPage['register']>[0],
  ): Promise<SipJsPhone> {
    const phone = new SipJsPhone(await browser.open(server.url));
    await phone.inPage(phone.page.evaluate((one) => window.sipJs.register(one), account));
    await phone.isTold('registered');
    return phone;
  }

  does(what: 'answer' | 'hold' | 'unhold' | 'hangup'): Promise<void> {
    return this.inPage(this.page.evaluate((name) => window.sipJs[name](), what));
  }

  calls(uri: string): Promise<void> {
    return this.inPage(this.page.evaluate((to) => window.sipJs.call(to), uri));
  }

  presses(key: string): Promise<void> {
    return this.inPage(this.page.evaluate((one) => window.sipJs.press(one), key));
  }

  /** The next thing of that name; what came before is passed over. */
  async isTold(what: string): Promise<void> {
    await until(`SIP.js says ${what}`, () =>
      this.page.evaluate((name) => {
        const at = window.sipJs.heard.indexOf(name);
        if (at >= 0) window.sipJs.heard.splice(0, at + 1);
        return at >= 0;
      }, what),
    );
  }

  async close(): Promise<void> {
    if (this.page.isClosed()) return;
    await this.page.evaluate(() => window.sipJs.leave());
    await this.isTold('unregistered');
    await this.page.close();
  }
}
