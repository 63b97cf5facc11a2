import { describe, expect, onTestFailed, onTestFinished, test } from 'vitest';
import { PhoneUser, type SignInOptions } from './world/phone-user.ts';
import { describeOnEachEngine } from './world/suites.ts';
import { tones } from './world/world.ts';

const account = (name: string, secret: string) => ({
  name,
  secret,
  sip: { server: 'exchange', password: `sip-${name}` },
});
const config = { accounts: [account('1101', 'one'), account('1102', 'two')] };

describeOnEachEngine('the phone page', { page: 'phone', locale: 'en', config }, (world) => {
  const first = tones.handset;
  const second = tones.otherHandset;

  /** Somebody at the browser whose microphone hears that tone. */
  async function userOf(tone: number, size: { width: number; height: number }): Promise<PhoneUser> {
    const tab = await (await world.browser(tone)).open(`${world.origin}/`);
    onTestFinished(() => tab.page.close());
    onTestFailed(() => console.error(`the wire of a phone page:\n${tab.wire.toString()}`));
    await tab.page.setViewportSize(size);
    return new PhoneUser(tab);
  }

  for (const [what, size] of [
    ['a phone', { width: 390, height: 844 }],
    ['a PC', { width: 1280, height: 800 }],
  ] as const) {
    describe(`at the size of ${what}`, () => {
      async function bothSignedIn(options?: SignInOptions): Promise<readonly [PhoneUser, PhoneUser]> {
        const users = [await userOf(first, size), await userOf(second, size)] as const;
        await users[0].signsIn('1101', 'one', options);
        await users[1].signsIn('1102', 'two', options);
        for (const user of users) await user.sees('Ready for calls');
        return users;
      }

      test('two people call, hear each other, and hang up', async () => {
        const [caller, callee] = await bothSignedIn();

        await caller.dials('1102');
        await caller.presses('Call');
        await callee.seesCaller();
        await callee.presses('Answer');
        await Promise.all([caller.seesTimer(), callee.seesTimer()]);
        await caller.hears(tones.otherHandset);
        await callee.hears(tones.handset);
        await caller.presses('End call');

        await Promise.all([caller.sees('Call ended'), callee.sees('Call ended')]);
      });

      test('they see each other', async () => {
        const [caller, callee] = await bothSignedIn();

        await caller.dials('1102');
        await caller.presses('Video call');
        await callee.seesCaller();
        await callee.presses('Answer with video');
        await Promise.all([caller.seesPictures(15), callee.seesPictures(15)]);
        await callee.presses('End call');

        await caller.sees('Call ended');
      });

      test('somebody does not answer the phone: declined', async () => {
        const [caller, callee] = await bothSignedIn();

        await caller.dials('1102');
        await caller.presses('Call');
        await callee.seesCaller();
        await callee.presses('Decline');

        await caller.sees('Not connected');
        await caller.sees('486');
      });

      test('the page is reloaded while it rings: it rings on, and the answer is heard', async () => {
        const [caller, callee] = await bothSignedIn({ staySignedIn: true });

        await caller.dials('1102');
        await caller.presses('Call');
        await callee.seesCaller();
        await callee.page.reload();
        await callee.seesCaller();
        await callee.presses('Answer');

        await Promise.all([caller.seesTimer(), callee.seesTimer()]);
        await caller.hears(tones.otherHandset);
        await callee.hears(tones.handset);
        await caller.presses('End call');
        await callee.sees('Call ended');
      });

      test('a call that nobody took is missed, after a reload too, and called back', async () => {
        const [caller, callee] = await bothSignedIn({ staySignedIn: true });

        await caller.dials('1102');
        await caller.presses('Call');
        await callee.seesCaller();
        await caller.presses('Cancel call');
        await callee.sees('Missed call');
        await callee.page.reload();
        await callee.sees('1 missed call not looked at');
        await callee.page.getByRole('button', { name: '1 missed call not looked at' }).click();
        await callee.page.getByRole('button', { name: 'Call 1101', exact: true }).first().click();

        await caller.seesCaller();
        await callee.presses('Cancel call');
        expect(await callee.page.getByText('missed call not looked at').count()).toBe(0);
      });

      test('a wrong password is said in place', async () => {
        const user = await userOf(first, size);

        await user.signsIn('1101', 'guessed');

        await user.sees('Wrong number or password.');
        expect(await user.page.getByLabel('Number').inputValue()).toBe('1101');
      });
    });
  }

  test('nothing of all that was an error in the console', async () => {
    const browsers = [await world.browser(first), await world.browser(second)];

    expect(browsers.flatMap(({ chromium }) => chromium.errors)).toEqual([]);
  });
});
