import { describe, expect, test } from 'vitest';
import { account, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { TestHandset } from '../fakes/test-handset.ts';

const minuteMs = 60_000;
const afar = '192.0.2.10';

function ask(handset: TestHandset, username: string, token: string, more: object = {}): string {
  return handset.asks({ request: 'register', username, token, ...more });
}

async function refusal(handset: TestHandset): Promise<unknown> {
  await handset.hears('registering');
  const { code, reason } = await handset.hears('registration_failed');
  return [code, reason];
}

describe('a one-time link', () => {
  test('logs in without a secret, once; the login goes on with a token of its own', async () => {
    const { handset: attach, oneTimeLink } = gatewayOfFakes();
    const token = oneTimeLink('1001');
    const [first, second, later] = [attach(afar), attach(afar), attach(afar)];

    ask(first, '1001', token);
    const { token: login } = await first.hears('registering', { token: expect.stringMatching(/^login_/) });
    await first.hears('registered');
    ask(second, '1001', token);
    expect(await refusal(second)).toEqual([1011, 'This link has been used']);
    ask(later, '1001', String(login));
    expect(await later.hears('registering')).not.toHaveProperty('token');
    await later.hears('registered');
  });

  test('that comes too late is said to be so', async () => {
    const { clock, handset: attach, oneTimeLink } = gatewayOfFakes();
    const token = oneTimeLink('1001');
    const handset = attach(afar);

    clock.advance(10 * minuteMs + 1);
    ask(handset, '1001', token);

    expect(await refusal(handset)).toEqual([1012, 'This link has expired']);
  });

  test('is good for its own account only, and stays good for that', async () => {
    const { handset: attach, oneTimeLink } = gatewayOfFakes();
    const token = oneTimeLink('1001');
    const [thief, owner] = [attach(afar), attach(afar)];

    ask(thief, '1003', token);
    expect(await refusal(thief)).toEqual([1012, 'This link has expired']);

    ask(owner, '1001', token);
    await owner.hears('registering');
    await owner.hears('registered');
  });

  test('is not needed where the account is open, and then still good only once', async () => {
    const { handset: attach, oneTimeLink } = gatewayOfFakes({
      accounts: [account('1001', { openOnLoopback: true })],
    });
    const token = oneTimeLink('1001');
    const [first, second] = [attach('127.0.0.1'), attach('127.0.0.1')];

    ask(first, '1001', token);
    await first.hears('registering');
    await first.hears('registered');
    ask(second, '1001', token);

    expect(await refusal(second)).toEqual([1011, 'This link has been used']);
  });

  test('guessing one gets slow for the address, whatever the account, and for no other address', async () => {
    const { clock, handset: attach, oneTimeLink } = gatewayOfFakes();
    const token = oneTimeLink('1001');
    const guesser = attach(afar);
    for (let guess = 0; guess < 5; guess++) {
      ask(guesser, guess % 2 === 0 ? '1001' : '1003', `once_guess${guess}`);
      expect(await refusal(guesser)).toEqual([1012, 'This link has expired']);
    }

    ask(guesser, '1001', token);
    expect(await refusal(guesser)).toEqual([1001, 'Too many attempts, wait 1 s']);
    await attach(afar).registers('1003');
    clock.advance(1000);
    ask(guesser, '1001', token);

    await guesser.hears('registering');
    await guesser.hears('registered');
  });

  test('a login that is over is said to be so; a secret beside it still counts', async () => {
    const { handset: attach } = gatewayOfFakes();
    const [without, beside] = [attach(afar), attach(afar)];

    ask(without, '1001', 'login_of-yesterday');
    expect(await refusal(without)).toEqual([1012, 'This link has expired']);
    ask(beside, '1001', 'login_of-yesterday', { secret: 'page-secret' });

    await beside.hears('registering');
    await beside.hears('registered');
  });

  test("a token that is Janus's own says nothing about the account", async () => {
    const { handset: attach } = gatewayOfFakes();
    const [right, wrong] = [attach(afar), attach(afar)];

    ask(right, '1001', 'api-token', { secret: 'page-secret' });
    await right.hears('registering');
    await right.hears('registered');
    ask(wrong, '1001', 'api-token');

    expect(await refusal(wrong)).toEqual([1001, 'Wrong account or password']);
  });

  test('nothing that is logged holds a token', async () => {
    const { handset: attach, oneTimeLink, log } = gatewayOfFakes();
    const token = oneTimeLink('1001');
    const handset = attach(afar);

    ask(handset, '1001', token);
    const { token: login } = await handset.hears('registering');
    await handset.hears('registered');

    for (const secret of [token, String(login)]) expect(JSON.stringify(log.lines)).not.toContain(secret);
  });
});

const exchange = { echo: '600', address: '127.0.0.1:5060' };
const free = { secret: 'page-secret', openOnLoopback: true };
const numbers = [account('1001', free), account('1002', free), account('1003'), account('1004', free)];

describe('a second handset', () => {
  const open = async (address: string, more: object = {}) => {
    const gateway = gatewayOfFakes({ accounts: numbers, exchange, ...more });
    const handset = gateway.handset(address);
    handset.asks({ request: 'register', username: '1001', secret: 'page-secret' });
    await handset.hears('registering');
    return { ...gateway, handset, registered: await handset.hears('registered') };
  };
  const next = async (handset: TestHandset): Promise<unknown> => {
    const transaction = handset.asks({ request: 'second_handset' });
    const { username } = await handset.hears('second_handset', { transaction, expires_in: 600 });
    return username;
  };

  test('is logged in as the next number that asks this machine for no secret and that nobody uses', async () => {
    const { handset, registered, plugin } = await open('127.0.0.1');
    expect(registered).toMatchObject({ exchange: { ...exchange, second_handset: true } });

    const transaction = handset.asks({ request: 'second_handset' });
    const { username, token } = await handset.hears('second_handset', { transaction });

    expect(username).toBe('1002');
    const second = new TestHandset(plugin, '127.0.0.1');
    ask(second, '1002', String(token));
    await second.hears('registering');
    await second.hears('registered');
    expect(await next(handset)).toBe('1004');
  });

  test('a number to which a link is on its way comes last', async () => {
    const { handset, clock } = await open('127.0.0.1');

    expect([await next(handset), await next(handset), await next(handset)]).toEqual(['1002', '1004', '1002']);
    clock.advance(10 * minuteMs + 1);
    expect(await next(handset)).toBe('1002');
  });

  test('there is none when all numbers are in use', async () => {
    const { handset, plugin } = await open('127.0.0.1');
    for (const name of ['1002', '1004']) await new TestHandset(plugin).registers(name);

    await handset.isRefused(447, handset.asks({ request: 'second_handset' }));
  });

  test('is not offered to another machine', async () => {
    const { handset, registered } = await open(afar);
    expect(registered).toMatchObject({ exchange: { ...exchange, second_handset: false } });

    await handset.isRefused(442, handset.asks({ request: 'second_handset' }));
  });

  test('is offered to another machine where the account may invite', async () => {
    const [first, ...others] = numbers;
    const { handset, registered } = await open(afar, {
      accounts: [{ ...first!, mayInvite: true }, ...others],
    });
    expect(registered).toMatchObject({ exchange: { second_handset: true } });

    expect(await next(handset)).toBe('1002');
  });

  test('is not offered without an exchange, nor where there is no other number to give away', async () => {
    const alone = await open('127.0.0.1', { exchange: undefined });
    expect(alone.registered).not.toHaveProperty('exchange');
    await alone.handset.isRefused(442, alone.handset.asks({ request: 'second_handset' }));

    const guarded = await open('127.0.0.1', { accounts: [numbers[0]!, account('1003')] });
    expect(guarded.registered).toMatchObject({ exchange: { second_handset: false } });
  });

  test('is not for a handle that is not registered', async () => {
    const { handset: attach } = gatewayOfFakes({ accounts: numbers, exchange });
    const handset = attach('127.0.0.1');

    await handset.isRefused(447, handset.asks({ request: 'second_handset' }));
  });
});
