import { expect, test } from 'vitest';
import { linkLifeMs, OneTimeLinks } from '../../src/sipserver/one-time-links.ts';
import { FakeClock } from '../fake-clock.ts';

function links() {
  const clock = new FakeClock();
  return { clock, links: new OneTimeLinks(clock) };
}

const dayMs = 24 * 60 * 60_000;

test('a link is good once, for its account', () => {
  const { links: all } = links();
  const token = all.issue('1002');

  expect(all.redeem(token, '1001')).toEqual({ ok: false, fault: 'unknown' });
  expect(all.redeem(token, '1002')).toMatchObject({ ok: true });
  expect(all.redeem(token, '1002')).toEqual({ ok: false, fault: 'used' });
});

test('a link is good for ten minutes and not longer', () => {
  const { clock, links: all } = links();
  const [inTime, late] = [all.issue('1002'), all.issue('1002')];

  clock.advance(linkLifeMs);
  expect(all.redeem(inTime, '1002')).toMatchObject({ ok: true });
  clock.advance(1);

  expect(all.redeem(late, '1002')).toEqual({ ok: false, fault: 'expired' });
});

test('for an hour it is known that a link was used or came too late, then it is one like any other word', () => {
  const { clock, links: all } = links();
  const [used, late] = [all.issue('1002'), all.issue('1002')];
  all.redeem(used, '1002');

  clock.advance(linkLifeMs + 60 * 60_000);
  all.issue('1003');
  expect(all.redeem(used, '1002')).toMatchObject({ fault: 'used' });
  expect(all.redeem(late, '1002')).toMatchObject({ fault: 'expired' });
  clock.advance(1);
  all.issue('1003');

  expect(all.redeem(used, '1002')).toMatchObject({ fault: 'unknown' });
  expect(all.redeem(late, '1002')).toMatchObject({ fault: 'unknown' });
});

test('tokens are long, differ, and tell their kind', () => {
  const { links: all } = links();
  const tokens = Array.from({ length: 100 }, () => all.issue('1002'));

  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) expect(token).toMatch(/^once_[\w-]{22}$/);
  expect([all.isLink(tokens[0]!), all.isLogin(tokens[0]!)]).toEqual([true, false]);
  expect([all.isLink('a Janus token'), all.isLogin('a Janus token')]).toEqual([false, false]);
});

test('a login goes on for its account while it is used once a day', () => {
  const { clock, links: all } = links();
  const redeemed = all.redeem(all.issue('1002'), '1002');
  const token = redeemed.ok ? redeemed.loginToken : '';

  for (let day = 0; day < 3; day++) {
    clock.advance(dayMs);
    expect(all.continues(token, '1002')).toBe(true);
  }
  expect(all.continues(token, '1001')).toBe(false);
  expect(all.continues('login_guessed', '1002')).toBe(false);
  expect(all.redeem(token, '1002')).toMatchObject({ fault: 'unknown' });
  clock.advance(dayMs + 1);

  expect(all.continues(token, '1002')).toBe(false);
});

test('an account is spoken for while a link to it may be used', () => {
  const { clock, links: all } = links();
  const token = all.issue('1002');
  all.issue('1003');

  expect([all.isOut('1001'), all.isOut('1002'), all.isOut('1003')]).toEqual([false, true, true]);
  all.redeem(token, '1002');
  expect([all.isOut('1002'), all.isOut('1003')]).toEqual([false, true]);
  clock.advance(linkLifeMs + 1);
  expect(all.isOut('1003')).toBe(false);
});

test('a thousand links that nobody uses push the oldest out', () => {
  const { links: all } = links();
  const first = all.issue('1002');
  for (let count = 0; count < 1000; count++) all.issue('1003');

  expect(all.redeem(first, '1002')).toMatchObject({ fault: 'unknown' });
});
