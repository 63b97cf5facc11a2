import { until } from '@soft-handset/parts';
import type { Browser } from './browser.ts';
import type { DemoServer } from './demo-server.ts';
import { PageOfCalls } from './page-of-calls.ts';

declare global {
  interface Window {
    /** Of `siptest.js`. */
    sipcall: { send(options: { message: object }): void; readonly webrtcStuff: { readonly pc: unknown } };
  }
}

/** Meetecho's demo page of the SIP plugin as Debian packages it, with nothing in it changed, used as a person uses it. */
export class SiptestPage extends PageOfCalls {
  /** `server`: the Janus that it is to talk to. */
  static async open(browser: Browser, demos: DemoServer, server: string): Promise<SiptestPage> {
    const demo = new SiptestPage(await browser.open(demos.siptestFor(server)));
    demo.page.setDefaultTimeout(10_000);
    return demo;
  }

  async registers(account: string, server: string): Promise<void> {
    const { page } = this;
    await page.click('#start');
    await page.fill('#server', `sip:${server}`);
    await page.fill('#username', `sip:${account}@${server}`);
    await page.fill('#displayname', `Demo ${account}`);
    await page.click('#registerset');
    await page.click('#secret');
    await this.#dismisses('plain secret');
    await page.fill('#password', 'whatever');
    await page.click('#register');
    await page.waitForSelector('#phone:visible');
  }

  /** `helper`: by the row of that helper. */
  async calls(uri: string, helper = ''): Promise<void> {
    await this.page.fill(`#peer${helper}`, uri);
    await this.page.click(`#call${helper}:has-text("Call")`);
  }

  async answers(from: string): Promise<void> {
    await this.page.click(`.modal.in:has-text("Incoming call from sip:${from}@") >> text=Answer`);
  }

  async declines(from: string): Promise<void> {
    await this.page.click(`.modal.in:has-text("Incoming call from sip:${from}@") >> text=Decline`);
  }

  async hangsUp(helper = ''): Promise<void> {
    await this.page.click(`#call${helper}:has-text("Hangup")`);
  }

  /** The box with that text is there; it is read and closed. */
  async isAlerted(text: string): Promise<void> {
    await this.#dismisses(text);
  }

  /** Something passes by in a corner. */
  async isTold(text: string): Promise<void> {
    await this.page.waitForSelector(`#toast-container:has-text(${JSON.stringify(text)})`);
  }

  /** By the buttons of the keypad, one after the other as its tones go out. */
  async presses(keys: string): Promise<void> {
    for (const key of keys) await this.page.click(`button.dtmf:text-is("${key}")`);
  }

  async writes(text: string): Promise<void> {
    await this.page.click('#msg');
    await this.page.fill('.modal.in input.bootbox-input', text);
    await this.page.click('.modal.in >> text=OK');
  }

  async sendsInfo(type: string, content: string): Promise<void> {
    await this.page.click('#info');
    await this.page.fill('.modal.in #type', type);
    await this.page.fill('.modal.in #content', content);
    await this.page.click('.modal.in >> text=OK');
  }

  async transfersTo(uri: string): Promise<void> {
    await this.page.click('#transfer');
    await this.page.fill('#transferto', uri);
    await this.page.click('text=Blind transfer');
  }

  /** The peer asks it to call somebody else. */
  async isAskedToCall(uri: string, answer: 'OK' | 'Cancel'): Promise<void> {
    await this.page.click(`.modal.in:has-text("Transfer the call to ${uri}?") >> text=${answer}`);
  }

  /** The number of the new helper, when it is ready to call. */
  async addsHelper(): Promise<string> {
    const known = await this.page.locator('[id^=rmhelper]').count();
    await this.page.click('#addhelper');
    const helper = String(known + 1);
    await this.helperIsReady(helper);
    return helper;
  }

  async helperIsReady(helper: string): Promise<void> {
    await this.page.waitForSelector(`#call${helper}:not([disabled])`);
  }

  /** What the page has no button for. */
  async asksPlugin(message: object): Promise<void> {
    await this.page.evaluate((body) => window.sipcall.send({ message: body }), message);
  }

  async hasEnded(): Promise<void> {
    await until('the page has no call', () => this.page.evaluate(() => !window.sipcall.webrtcStuff.pc));
  }

  async close(): Promise<void> {
    if (!this.page.isClosed()) await this.page.close();
  }

  async #dismisses(text: string): Promise<void> {
    const box = this.page.locator('.modal.in', { hasText: text });
    await box.locator('button', { hasText: 'OK' }).click();
    await box.waitFor({ state: 'detached' });
  }
}
