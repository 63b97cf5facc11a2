import type { Locator } from 'playwright-core';
import { PageOfCalls } from './page-of-calls.ts';

export interface SignInOptions {
  /** Also after a reload. */
  readonly staySignedIn?: boolean;
}

/** Somebody at the phone page: sees its words, presses its buttons. The page speaks English. */
export class PhoneUser extends PageOfCalls {
  async signsIn(
    number: string,
    password: string,
    { staySignedIn = false }: SignInOptions = {},
  ): Promise<void> {
    await this.page.getByLabel('Number').fill(number);
    await this.page.getByRole('textbox', { name: 'Password' }).fill(password);
    if (staySignedIn) await this.page.getByRole('checkbox').check();
    await this.presses('Sign in');
  }

  async dials(number: string): Promise<void> {
    await this.page.getByLabel('Number').fill(number);
  }

  async presses(button: string): Promise<void> {
    // Over a picture the buttons go out of the way after a while; a hand that moves brings them back.
    await this.page.mouse.move(180, 200, { steps: 2 });
    await this.page.getByRole('button', { name: button, exact: true }).click({ timeout: 20_000 });
  }

  sees(words: string, timeoutMs = 10_000): Promise<void> {
    return this.#appears(this.page.getByText(words).first(), timeoutMs);
  }

  seesCaller(timeoutMs = 10_000): Promise<void> {
    return this.#appears(this.page.getByRole('alertdialog'), timeoutMs);
  }

  seesTimer(timeoutMs = 10_000): Promise<void> {
    return this.#appears(this.page.getByRole('timer').first(), timeoutMs);
  }

  async #appears(what: Locator, timeout: number): Promise<void> {
    await what.waitFor({ timeout });
  }
}
