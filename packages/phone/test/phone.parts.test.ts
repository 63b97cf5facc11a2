import { describeWithParts } from '@soft-handset/parts/vitest';
import { expect, test } from 'vitest';
import '../dev/gallery-window.ts';
import { asked, pageWorld } from './page-world.ts';

const sizes = [
  [320, 568],
  [390, 844],
  [700, 900],
  [1280, 800],
] as const;

describeWithParts(['chromium'], 'the phone in a real Chromium', () => {
  const world = pageWorld();

  test('every view fits every width from 320 pixels on, and none throws', async () => {
    for (const name of await world.sceneNames()) {
      const page = await world.openScene(name);
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        const outside = await page.evaluate(
          () =>
            [
              ...(window.gallery?.element.renderRoot.querySelectorAll('.big, .tile, .key, .bar, .field') ??
                []),
            ]
              .map((part) => part.getBoundingClientRect())
              .filter((box) => box.width > 0 && (box.left < 0 || box.right > innerWidth + 0.5)).length,
        );
        const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

        expect({ name, width, tooWide, outside }).toEqual({ name, width, tooWide: 0, outside: 0 });
      }
      await page.close();
    }
    expect(world.errors()).toEqual([]);
  });

  test('the end button stays in reach on a small phone, also with the keypad open', async () => {
    for (const name of ['incall', 'incall-keypad', 'incall-device', 'video-keypad', 'incall-lost']) {
      const page = await world.openScene(name, { width: 320, height: 568 });
      const end = page.getByRole('button', { name: 'End call' });
      await end.click({ timeout: 20_000 });
      const calls = await asked(page);
      await page.close();

      expect({ name, last: calls.at(-1) }).toEqual({ name, last: 'hangup' });
    }
  });

  test('somebody logs in with number and password', async () => {
    const page = await world.openScene('login');
    await page.getByLabel('Number').fill('1003');
    await page.getByRole('textbox', { name: 'Password' }).fill('s3cret');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Ready for calls').waitFor();

    expect(await asked(page)).toEqual(['register 1003 s3cret']);
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain('s3cret');
  });

  test('a wrong password is said in place, and the form stays', async () => {
    const page = await world.openScene('login-wrong');

    expect(await page.getByRole('alert').textContent()).toContain('Wrong number or password');
    expect(await page.getByLabel('Number').inputValue()).toBe('1001');
  });

  test('a link signs in and is taken out of the address bar', async () => {
    const page = await world.openPage('#account=1002&secret=hush');
    await page.waitForFunction(() => location.hash === '');

    expect(await page.evaluate(() => document.querySelector('soft-handset')?.state.account)).toBe('1002');
    expect(page.url()).not.toContain('hush');
  });

  test('a one-time link is taken out of the address bar too', async () => {
    const page = await world.openPage('#account=1002&token=once_x');
    await page.waitForFunction(() => location.hash === '');

    expect(await page.evaluate(() => document.querySelector('soft-handset')?.state.account)).toBe('1002');
    expect(page.url()).not.toContain('once_x');
  });

  test('a link that was used is said to be so, and the password still helps', async () => {
    const page = await world.openScene('login-link-used');

    expect(await page.getByRole('alert').first().textContent()).toContain('This link has been used.');
    expect(await page.getByRole('textbox', { name: 'Password' }).getAttribute('aria-invalid')).toBeNull();
  });

  test('what one tries first: the echo, and a second handset in a tab of its own; after a call it makes room', async () => {
    const page = await world.openScene('first-steps');
    const [tab] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Open a second handset' }).click(),
    ]);
    await tab.waitForURL(/#account=1002&token=once_fake$/);
    await tab.close();

    await page.getByRole('button', { name: 'Call the echo' }).click();
    await page.getByRole('button', { name: 'Cancel call' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByLabel('Number').waitFor();

    expect(await asked(page)).toEqual(
      expect.arrayContaining(['secondHandset', 'newcall 600 audio', 'hangup']),
    );
    expect(await page.getByRole('button', { name: 'Call the echo' }).count()).toBe(0);
  });

  test('where all numbers are in use the tab is closed again, and that is said', async () => {
    const page = await world.openScene('first-steps-all-in-use');
    const popup = page.waitForEvent('popup');
    await page.getByRole('button', { name: 'Open a second handset' }).click();
    const tab = await popup;

    await page.getByText('All numbers are in use.').waitFor();
    if (!tab.isClosed()) await tab.waitForEvent('close');
  });

  test('an incoming call takes the focus, F2 answers it, F9 mutes it, F4 ends it', async () => {
    const page = await world.openScene('incoming-dispatch');
    const focused = await page.evaluate(() => window.gallery?.element.shadowRoot?.activeElement?.textContent);
    const dialog = page.getByRole('alertdialog', { name: 'Dispatch call, North Fire Station, 6001' });
    await dialog.waitFor();
    await page.keyboard.press('F2');
    await page.getByRole('timer').waitFor();
    await page.keyboard.press('F9');
    await page.getByRole('button', { name: 'Muted' }).waitFor();
    await page.keyboard.press('F4');
    await page.getByText('The call has ended.', { exact: true }).waitFor();

    expect(focused).toContain('Answer');
    expect((await asked(page)).slice(-2)).toEqual(['answer audio', 'hangup']);
  });

  test('a call that comes while somebody types leaves the focus in the field', async () => {
    const page = await world.openScene('idle');
    await page.getByLabel('Number').fill('61');
    await page.evaluate(() => window.gallery?.handler().incoming());
    await page.getByRole('alertdialog').waitFor();

    expect(
      await page.evaluate(() => window.gallery?.element.shadowRoot?.activeElement?.textContent ?? ''),
    ).not.toContain('Answer');
  });

  test('digits are typed, pasted and erased, and Enter calls', async () => {
    const page = await world.openScene('idle');
    await page.keyboard.type('613');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('20');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Cancel call' }).waitFor();
    await page.getByRole('button', { name: 'Cancel call' }).click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByLabel('Number').fill('１３９ ００００-２２８８');
    const cleaned = await page.getByLabel('Number').inputValue();
    await page.getByRole('button', { name: 'Video call' }).click();

    expect(cleaned).toBe('13900002288');
    expect((await asked(page)).filter((what) => what.startsWith('newcall')).slice(-2)).toEqual([
      'newcall 6120 audio',
      'newcall 13900002288 video',
    ]);
  });

  test('the calls are searched, deleted one by one and all together', async () => {
    const page = await world.openScene('recents');
    const rows = page.locator('.recents .row');

    await page.getByLabel('Search calls').fill('62 10');
    const found = await rows.allTextContents();
    await page.getByLabel('Search calls').fill('');
    await page.getByRole('button', { name: 'Delete this call with Peter Novak' }).click();
    await page.getByText('Peter Novak').waitFor({ state: 'detached' });
    const left = await rows.count();
    await page.getByRole('button', { name: 'Delete all' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('No calls yet').waitFor();

    expect(found).toHaveLength(1);
    expect(found[0]).toContain('Peter Novak');
    expect(left).toBe(4);
  });

  test('a long press on 0 is a plus', async () => {
    const page = await world.openScene('idle');
    await page.getByRole('button', { name: '0 +', exact: true }).click({ delay: 650 });
    await page.getByRole('button', { name: '8 TUV', exact: true }).click();

    expect(await page.getByLabel('Number').inputValue()).toBe('+8');
  });

  test('keys of the keypad in a call send tones and are shown', async () => {
    const page = await world.openScene('incall');
    await page.getByRole('button', { name: 'Keypad' }).click();
    for (const key of ['2 ABC', '*']) await page.getByRole('button', { name: key, exact: true }).click();
    await page.keyboard.press('7');

    expect((await asked(page)).slice(-3)).toEqual(['dtmf 2', 'dtmf *', 'dtmf 7']);
    expect(await page.getByLabel('Keys sent').textContent()).toBe('2 * 7');
  });

  test('an offer of video can be answered with or without it', async () => {
    const page = await world.openScene('incoming-video');
    await page.getByRole('button', { name: 'Audio only' }).click();
    await page.getByRole('timer').waitFor();

    expect((await asked(page)).at(-1)).toBe('answer audio');
  });

  test('over a picture the bars leave after three seconds and come back at a touch', async () => {
    const page = await world.openScene('video');
    const stage = page.locator('.stage.video');
    await page.locator('.stage.video.quiet').waitFor({ timeout: 20_000 });
    await page.mouse.move(100, 400);
    await page.mouse.move(120, 420);
    await page.waitForFunction(() => !window.gallery?.element.shadowRoot?.querySelector('.stage.quiet'));

    expect(await stage.locator('video').count()).toBe(2);
  });

  test('a picture plays on and is not begun anew while levels and timer change', async () => {
    const page = await world.openScene('video');
    const begun = await page.evaluate(async () => {
      let count = 0;
      window.gallery?.element.shadowRoot?.addEventListener('emptied', () => count++, true);
      await new Promise((done) => setTimeout(done, 800));
      return count;
    });
    const playing = await page.evaluate(() =>
      [...(window.gallery?.element.shadowRoot?.querySelectorAll('video') ?? [])].map(
        (video) => !video.paused && video.muted,
      ),
    );

    expect({ begun, playing }).toEqual({ begun: 0, playing: [true, true] });
  });

  test('after our own hang-up the plate closes by itself', async () => {
    const page = await world.openScene('incall');
    await page.clock.install();
    await page.getByRole('button', { name: 'End call' }).click();
    await page.getByText('The call has ended.', { exact: true }).waitFor();
    await page.clock.runFor(6500);

    await page.getByLabel('Number').waitFor();
  });

  const endings: [scene: string, words: string, action: string][] = [
    ['ended-busy', 'They are busy.', 'Call again'],
    ['ended-404', 'There is no such number.', 'Edit number'],
    ['ended-480', 'Nobody answered.', 'Call again'],
    ['ended-488', 'Their device cannot take this call.', 'Audio only'],
    ['ended-503', 'The line does not get through now.', 'Call again'],
    ['missed', 'You missed this call.', 'Call back'],
    ['mic-refused', 'Please allow the microphone', 'Try again'],
    ['mic-missing', 'No microphone found', 'Devices'],
    ['not-https', 'Please open the secure address', 'Open the secure address'],
    ['elsewhere', '1001 is signed in on another device', 'Take the number back'],
    ['not-allowed', 'This number may not make calls', 'Copy for your admin'],
    ['incall-lost', 'Do not hang up.', 'End call'],
  ];
  for (const [scene, words, action] of endings)
    test(`${scene}: "${words}" and "${action}"`, async () => {
      const page = await world.openScene(scene);

      await page.getByText(words).first().waitFor();
      await page.getByRole('button', { name: action }).first().waitFor();
    });

  test('on a PC list, stage and readiness stand side by side, and nothing is removed when the width changes', async () => {
    const page = await world.openScene('idle', { width: 1280, height: 800 });
    await page.getByText('Calls can reach you').waitFor();
    await page.getByText('Today', { exact: true }).first().waitFor();
    await page.getByLabel('Search calls').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Dial', exact: true }).waitFor();

    expect(await page.getByText('Calls can reach you').count()).toBe(0);
  });

  test('taking the element out of the page gives everything back', async () => {
    const page = await world.openScene('incall');
    const list = await page.evaluate(async () => {
      const handler = window.gallery?.handler();
      window.gallery?.element.remove();
      await new Promise((done) => setTimeout(done, 0));
      return handler?.asked;
    });

    expect(list?.at(-1)).toBe('destroy');
  });
});
