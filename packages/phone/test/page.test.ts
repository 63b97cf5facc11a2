import { expect, test } from 'vitest';
import { announcement } from '../src/announcement.ts';
import { completeServer, isHandheld, serverOf } from '../src/browser/surroundings.ts';
import { nearestCorner, shownWhenFilled } from '../src/desk/picture-desk.ts';
import { eventsBetween } from '../src/element-events.ts';
import { linkTo, signInLink } from '../src/sign-in-link.ts';
import { messages } from '../src/i18n/messages.ts';
import { initialState, next } from '../src/phone-model.ts';
import { readKept, readPrefs, writeKept, writePrefs } from '../src/prefs.ts';
import { after, calling, ended, ready, ringing, signedIn, talking } from './a-phone.ts';

test('a link may carry the account and its secret', () => {
  expect(signInLink('#account=1001')).toEqual({ account: '1001', secret: undefined, token: undefined });
  expect(signInLink('#account=1001&secret=a%26b')).toMatchObject({ account: '1001', secret: 'a&b' });
  expect(signInLink('#account=1001&token=once_x')).toMatchObject({ account: '1001', token: 'once_x' });
  expect(signInLink('#secret=x')).toBeUndefined();
  expect(signInLink('')).toBeUndefined();
});

test('a link to another handset leads to the page beside the server', () => {
  const link = { account: '1002', token: 'once_a-b' };

  expect(linkTo('wss://phone.example:8443/janus', link)).toBe(
    'https://phone.example:8443/#account=1002&token=once_a-b',
  );
  expect(linkTo('https://phone.example/calls/janus', link)).toBe(
    'https://phone.example/calls/#account=1002&token=once_a-b',
  );
  expect(
    signInLink(new URL(linkTo('wss://phone.example/janus', { account: '10+1*', token: 't' })).hash),
  ).toEqual({
    account: '10+1*',
    secret: undefined,
    token: 't',
  });
});

test('the server is where the page came from, and a host is enough to name another', () => {
  const here = { protocol: 'https:', host: 'phone.example.org:8443' };

  expect(serverOf(here)).toBe('wss://phone.example.org:8443/janus');
  expect(completeServer('', here)).toBe('wss://phone.example.org:8443/janus');
  expect(completeServer('pbx.example.org', here)).toBe('wss://pbx.example.org/janus');
  expect(completeServer('https://pbx.example.org/janus', here)).toBe('https://pbx.example.org/janus');
});

test('phones and tablets are told from computers', () => {
  const agents: [string, number, boolean][] = [
    ['Mozilla/5.0 (Linux; Android 14) MicroMessenger/8', 5, true],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17)', 5, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)', 5, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)', 0, false],
    ['Mozilla/5.0 (Windows NT 10.0; Win64)', 10, false],
  ];

  for (const [userAgent, maxTouchPoints, handheld] of agents)
    expect(isHandheld({ userAgent, maxTouchPoints })).toBe(handheld);
});

function store(value?: string) {
  const values = new Map<string, string>(value === undefined ? [] : [['soft-handset', value]]);
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, text: string) => void values.set(key, text),
    removeItem: (key: string) => void values.delete(key),
  };
}

test('preferences come back, rubbish and missing storage do not hurt', () => {
  const mine = store();
  writePrefs(mine, { account: '1001', scale: 1.15 });

  expect(readPrefs(mine)).toEqual({ account: '1001', scale: 1.15 });
  expect(readPrefs(store('{not json'))).toEqual({});
  expect(readPrefs(store('7'))).toEqual({});
  expect(readPrefs(undefined)).toEqual({});
});

test('a full store only forgets', () => {
  const full = {
    ...store(),
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
  };

  expect(() => writePrefs(full, { account: '1001' })).not.toThrow();
});

test('a kept log-in is used only if it is one', () => {
  const mine = store();
  writeKept(mine, { account: '1001', secret: 's' });

  expect(readKept(mine)).toEqual({ account: '1001', secret: 's' });
  writeKept(mine, { account: '1001', token: 'login_x' });
  expect(readKept(mine)).toEqual({ account: '1001', token: 'login_x' });
  expect(readKept(store('{"account":7}'))).toBeUndefined();
  writeKept(mine, undefined);
  expect(readKept(mine)).toBeUndefined();
});

test('a picture that is let go moves into the nearest corner', () => {
  const room = { x: 100, y: 0, width: 400, height: 800 };
  const box = (x: number, y: number) => ({ x, y, width: 100, height: 140 });

  expect(nearestCorner(box(110, 20), room)).toBe('top-left');
  expect(nearestCorner(box(380, 20), room)).toBe('top-right');
  expect(nearestCorner(box(110, 600), room)).toBe('bottom-left');
  expect(nearestCorner(box(380, 600), room)).toBe('bottom-right');
});

test('a wide picture on a tall stage would lose most of itself', () => {
  expect(shownWhenFilled(16 / 9, 390 / 844)).toBeLessThan(0.6);
  expect(shownWhenFilled(16 / 9, 864 / 800)).toBeGreaterThan(0.6);
});

test('the host page hears each step once', () => {
  const names = (before: typeof ready, now: typeof ready) =>
    eventsBetween(before, now).map(({ name }) => name);

  expect(names(initialState, ready)).toEqual(['handset-registered']);
  expect(names(ready, ringing)).toEqual(['handset-incoming']);
  expect(names(ready, calling)).toEqual(['handset-calling']);
  expect(names(ringing, talking)).toEqual(['handset-answered']);
  expect(names(talking, ended)).toEqual(['handset-ended']);
  expect(names(ready, next(ready, { type: 'signedOut' }))).toEqual(['handset-unregistered']);
  expect(names(talking, next(talking, { type: 'toneSent', tone: '1' }))).toEqual([]);
});

test('a screen reader hears who calls at once, and everything else in its turn', () => {
  const t = messages['zh-CN'];
  const muted = next(talking, { type: 'muteChanged', muted: true });
  const lost = after(...signedIn, { type: 'connectionChanged', connection: 'lost' });

  expect(announcement(ready, ringing, t)).toEqual({
    words: '调度呼叫，North Fire Station，6001',
    urgent: true,
  });
  expect(announcement(ringing, talking, t)).toEqual({ words: '已接通', urgent: false });
  expect(announcement(talking, muted, t)?.words).toBe('已静音');
  expect(announcement(ready, lost, t)?.words).toContain('断');
  expect(announcement(ready, ready, t)).toBeUndefined();
});
