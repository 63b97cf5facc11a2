import { describe, expect, test } from 'vitest';
import { account, gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, quiet } from '../fakes/test-handset.ts';

const register = { request: 'register', username: '1001', secret: 'page-secret' };

describe('register', () => {
  test.each(['1001', 'sip:1001@gateway.example', '1001@127.0.0.1'])('as %s', async (username) => {
    const { stack, handset: attach } = gatewayOfFakes();
    const handset = attach();

    const transaction = handset.asks({ ...register, username });

    await handset.hears('registering', { transaction });
    await handset.hears('registered', { transaction, username, register_sent: true });
    expect(stack.agent.options).toMatchObject({
      aor: 'sip:1001@pbx.example',
      outboundProxy: 'sip:10.0.0.5',
      credentials: { username: '1001', password: 'sip-password' },
    });
  });

  test('the servers that stand by are told to the stack', async () => {
    const backups = ['sip:10.0.0.6', 'sip:10.0.0.7'];
    const { stack, registered } = gatewayOfFakes({
      servers: [{ name: 'pbx', uri: 'sip:10.0.0.5', backups }],
    });

    await registered();

    expect(stack.agent.options).toMatchObject({ outboundProxy: 'sip:10.0.0.5', backupProxies: backups });
  });

  test('RFC 5626 §4.1: with outbound each account has an instance of its own, the same after a restart', async () => {
    const server = { name: 'pbx', uri: 'sip:10.0.0.5', backups: ['sip:10.0.0.6'], outbound: true };
    const instances = async (installation: string) => {
      const { stack, handset } = gatewayOfFakes({ servers: [server], installation });
      for (const name of ['1001', '1003']) await handset().registers(name);
      return stack.agents.map(({ options }) => options.instance);
    };

    const here = await instances('here');

    expect(here[0]).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
    expect(await instances('here')).toEqual(here);
    expect(new Set([...here, ...(await instances('elsewhere'))]).size).toBe(4);
  });

  test('nothing that a handset hears holds the SIP password', async () => {
    const { handset: attach, log } = gatewayOfFakes();
    const handset = attach();

    handset.asks(register);
    const heard = [await handset.hears('registering'), await handset.hears('registered')];

    expect(JSON.stringify([heard, log.lines])).not.toContain('sip-password');
    expect(JSON.stringify([heard, log.lines])).not.toContain('page-secret');
  });

  test.each([
    ['a wrong secret', { secret: 'wrong' }],
    ['no secret', { secret: undefined }],
    ['an empty secret', { secret: '' }],
    ['an unknown account', { username: '4711' }],
  ])('%s is 1001', async (_, more) => {
    const { stack, handset: attach } = gatewayOfFakes();
    const handset = attach();

    const transaction = handset.asks({ ...register, ...more });

    await handset.hears('registering', { transaction });
    await handset.hears('registration_failed', { transaction, code: 1001 });
    expect(stack.agents).toEqual([]);
  });

  test('an account without a secret that is not open lets nobody in', async () => {
    const { sip } = account('1001');
    const silent = { name: '1001', open: false, openOnLoopback: false, mayInvite: false, sip };
    const { handset: attach } = gatewayOfFakes({ accounts: [silent] });
    const handset = attach('127.0.0.1');

    handset.asks({ request: 'register', username: '1001', secret: '' });

    await handset.hears('registering');
    await handset.hears('registration_failed', { code: 1001 });
  });

  test('an open account asks for no secret', async () => {
    const { handset: attach } = gatewayOfFakes({ accounts: [account('1001', { open: true })] });

    await attach().registers('1001', { secret: undefined });
  });

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.0.2.10', false],
    ['::ffff:192.0.2.10', false],
    ['127.0.0.1.evil.example', false],
    ['', false],
  ])('open on loopback, seen from %s: %s', async (address, isOpen) => {
    const { handset: attach } = gatewayOfFakes({ accounts: [account('1001', { openOnLoopback: true })] });
    const handset = attach(address);

    handset.asks({ request: 'register', username: '1001' });

    await handset.hears('registering');
    await handset.hears(isOpen ? 'registered' : 'registration_failed');
  });

  test('guessing gets slow, for this account and address only', async () => {
    const { clock, handset: attach } = gatewayOfFakes();
    const handset = attach('192.0.2.66');
    const fails = async (more: object): Promise<string> => {
      handset.asks({ ...register, ...more });
      await handset.hears('registering');
      return String((await handset.hears('registration_failed', { code: 1001 }))['reason']);
    };

    for (let attempt = 0; attempt < 5; attempt++)
      expect(await fails({ secret: `guess ${attempt}` })).toBe('Wrong account or password');
    expect(await fails({})).toMatch(/wait 1 s/);

    await attach('192.0.2.10').registers();
    await handset.registers('1003');
    clock.advance(1000);
    await attach('192.0.2.66').registers();
  });

  test.each([
    ['the list says so', 'sip:10.0.0.5', true],
    ['default port', 'sip:10.0.0.5:5060', true],
    ['user part', 'sip:1001@10.0.0.5:5060', true],
    ['default transport', 'sip:10.0.0.5;transport=UDP', true],
    ['another transport', 'sip:10.0.0.5;transport=tcp', false],
    ['another port', 'sip:10.0.0.5:5080', false],
    ['another host', 'sip:evil.example', false],
    ['a host that looks alike', 'sip:10.0.0.5.evil.example', false],
    ['a user that looks like the host', 'sip:10.0.0.5@evil.example', false],
    ['secure', 'sips:10.0.0.5', false],
  ])('proxy: %s', async (_, proxy, isAllowed) => {
    for (const field of ['proxy', 'outbound_proxy']) {
      const { handset: attach } = gatewayOfFakes();
      const handset = attach();

      handset.asks({ ...register, [field]: proxy });

      await handset.hears('registering');
      if (isAllowed) await handset.hears('registered');
      else await handset.hears('registration_failed', { code: 1004 });
    }
  });

  test.each([
    ['proxy', { proxy: 'http://10.0.0.5' }, 446],
    ['proxy', { proxy: 'sip:' }, 446],
    ['username', { username: 'sip:' }, 446],
    ['username', { username: 'sip:@host' }, 446],
    ['username', { username: 'sip:host' }, 446],
    ['headers', { headers: { Route: '<sip:evil.example;lr>' } }, 444],
    ['headers', { headers: { v: 'SIP/2.0/UDP evil.example' } }, 444],
    ['headers', { headers: { 'X-A': 'a\r\nRoute: <sip:evil.example>' } }, 444],
    ['contact_params', { contact_params: { q: '1>, <sip:evil.example' } }, 444],
    ['contact_params', { contact_params: { expires: '1' } }, 444],
  ])('a broken %s: %o is %i', async (_, more, code) => {
    const { handset: attach, stack } = gatewayOfFakes();
    const handset = attach();

    const transaction = handset.asks({ ...register, ...more });

    await handset.isRefused(code, transaction);
    expect(stack.agents).toEqual([]);
  });

  test('what it wants of the REGISTER reaches the stack', async () => {
    const { stack, handset: attach } = gatewayOfFakes();

    await attach().registers('1001', {
      register_ttl: 120,
      headers: { 'X-Branch': 'north' },
      contact_params: { '+sip.instance': '"<urn:uuid:1>"' },
    });

    expect(stack.agent.registration.options).toEqual({
      expires: 120,
      headers: [['X-Branch', 'north']],
      contactParams: [['+sip.instance', '"<urn:uuid:1>"']],
    });
  });

  test('an account without a registration is reached under its own number, another where nobody can guess', async () => {
    const trunk = account('1003', { sip: { ...account('1003').sip, register: false } });
    const { stack, handset } = gatewayOfFakes({ accounts: [account('1001'), trunk] });

    await handset().registers('1001');
    await handset().registers('1003');

    expect(stack.agents.map(({ options }) => options.contactUser)).toEqual([undefined, '1003']);
  });

  test.each([
    ['the account', [account('1001', { sip: { ...account('1001').sip, register: false } })], {}],
    ['the handset', [account('1001')], { send_register: false }],
  ])('%s wants no REGISTER: registered at once', async (_, accounts, more) => {
    const { stack, handset: attach } = gatewayOfFakes({ accounts });
    const handset = attach();

    handset.asks({ ...register, ...more });

    await handset.hears('registering');
    await handset.hears('registered', { register_sent: false });
    expect(stack.agent.registrations).toEqual([]);
  });
});

describe('the SIP server refuses', () => {
  test.each([
    [401, 1004],
    [403, 1004],
    [404, 404],
    [503, 503],
  ])('the password that the server keeps: %i is %i', async (status, code) => {
    const { stack, handset: attach } = gatewayOfFakes();
    stack.registrar = 'later';
    const handset = attach();
    const transaction = handset.asks(register);
    await handset.hears('registering');

    stack.agent.registration.fails(status, 'No', status === 503 ? 5000 : undefined);

    await handset.hears('registration_failed', { transaction, code, reason: 'No' });
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.isRefused(447);
  });

  test('and takes the account later: registered', async () => {
    const { stack, handset: attach } = gatewayOfFakes();
    stack.registrar = 'later';
    const handset = attach();
    handset.asks(register);
    await handset.hears('registering');
    stack.agent.registration.fails(503, 'Service Unavailable', 5000);
    await handset.hears('registration_failed', { code: 503 });
    stack.agent.registration.fails(503, 'Service Unavailable', 10_000);
    await handset.hearsNothing();

    stack.agent.registration.succeeds();

    const news = await handset.hears('registered');
    expect(news.transaction).toBeUndefined();
  });

  test('a lost registration is said to every handset, and so is its return; calls may be tried meanwhile', async () => {
    const { stack, registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];

    stack.agent.registration.fails(408, 'Request Timeout', 30_000);
    await one.hears('registration_failed', { code: 408 });
    await two.hears('registration_failed', { code: 408 });
    one.asks({ request: 'new_call', uri: '1002' });
    await one.hears('calling');
    stack.agent.registration.succeeds(false);

    await one.hears('registered');
    await two.hears('registered');
  });

  test('a refresh that works is silent', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    stack.agent.registration.succeeds(false);

    await handset.hearsNothing();
  });

  test('after a refusal the handset may try another account, or the same again', async () => {
    const { stack, handset: attach } = gatewayOfFakes();
    stack.registrar = 'later';
    const handset = attach();
    handset.asks(register);
    await handset.hears('registering');
    stack.agent.registration.fails(403, 'Forbidden');
    await handset.hears('registration_failed');

    handset.asks(register);
    await handset.hears('registering');
    expect(stack.agent.registrations).toHaveLength(2);
    stack.agent.registration.fails(403, 'Forbidden');
    await handset.hears('registration_failed');
    stack.registrar = 'accepts';

    await handset.registers('1003');
    expect(stack.agents.map(({ aor }) => aor)).toEqual(['sip:1001@pbx.example', 'sip:1003@pbx.example']);
  });
});

describe('register again', () => {
  test('for another account is 445', async () => {
    const { registered } = gatewayOfFakes();
    const handset = await registered();

    const transaction = handset.asks({ ...register, username: '1003' });

    await handset.isRefused(445, transaction);
  });

  test('for the same account is answered, without another REGISTER', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    await handset.registers();

    expect(stack.agent.registrations).toHaveLength(1);
    expect(stack.agent.registration.refreshes).toBe(0);
  });

  test('with refresh sends one', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();

    const transaction = handset.asks({ ...register, refresh: true });
    await handset.hears('registering', { transaction });
    expect(stack.agent.registration.refreshes).toBe(1);
    stack.agent.registration.succeeds(false);

    await handset.hears('registered', { transaction });
  });
});

describe('unregister', () => {
  test('the last handset takes the registration with it', async () => {
    const { stack, counts, registered } = gatewayOfFakes();
    const handset = await registered();

    const transaction = handset.asks({ request: 'unregister' });
    await handset.hears('unregistering', { transaction });
    expect(stack.agent.registration.state).toBe('unregistering');
    await handset.hearsNothing();
    stack.agent.registration.isGone();

    await handset.hears('unregistered', { transaction, username: '1001' });
    expect(stack.agent.isClosed).toBe(true);
    expect(counts()).toMatchObject({ lines: 0 });
  });

  test('another tab keeps it', async () => {
    const { stack, registered } = gatewayOfFakes();
    const [one, two] = [await registered(), await registered()];

    one.asks({ request: 'unregister' });

    await one.hears('unregistering');
    await one.hears('unregistered');
    await two.hearsNothing();
    expect(stack.agent.registration.state).toBe('registered');
  });

  test('ends the call of the handset', async () => {
    const { stack, registered } = gatewayOfFakes();
    const handset = await registered();
    handset.asks({ request: 'new_call', uri: '1002' });
    await handset.hears('calling');

    handset.asks({ request: 'unregister' });

    await handset.hears('unregistering');
    await handset.hears('hangingup');
    expect(stack.agent.call.did).toEqual(['CANCEL']);
  });

  test('without a registration is 447', async () => {
    const { handset: attach } = gatewayOfFakes();
    const handset = attach();

    const transaction = handset.asks({ request: 'unregister' });

    await handset.isRefused(447, transaction);
  });
});

describe('a line without handsets', () => {
  test('waits a moment for a page that reloads', async () => {
    const { stack, clock, handset: attach, registered } = gatewayOfFakes({ lineGraceMs: 5000 });
    const handset = await registered();

    handset.leaves();
    clock.advance(4999);
    await attach().registers();
    clock.advance(60_000);

    expect(stack.agents).toHaveLength(1);
    expect(stack.agent.registration.state).toBe('registered');
  });

  test('lets a call ring on that rang at the page as it was reloaded', async () => {
    const { stack, clock, handset: attach, registered } = gatewayOfFakes({ lineGraceMs: 5000 });
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall', { callId: 'in-1' });

    handset.leaves();
    clock.advance(4999);
    const again = await attach().registers();
    await again.hears('incomingcall', { callId: 'in-1' });
    again.asks({ request: 'accept' }, anAnswer);
    await quiet();

    expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
  });

  test('lets a call ring that comes while the page is being reloaded; a second one hears 480', async () => {
    const { stack, handset: attach, registered } = gatewayOfFakes({ lineGraceMs: 5000 });
    const handset = await registered();
    handset.leaves();

    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    const second = stack.agent.isCalled({ offer: 'peer-offer', callId: 'in-2' });
    const again = await attach().registers();
    await again.hears('incomingcall', { callId: 'in-1' });

    expect(call.did).toEqual(['180']);
    expect(second.did).toEqual(['480']);
  });

  test('ends what rings with 480 when nobody comes back', async () => {
    const { stack, clock, counts, registered } = gatewayOfFakes({ lineGraceMs: 5000 });
    const handset = await registered();
    const call = stack.agent.isCalled({ offer: 'peer-offer' });
    await handset.hears('incomingcall');

    handset.leaves();
    clock.advance(5000);

    expect(call.did).toEqual(['180', '480']);
    expect(counts()).toEqual({ handles: 0, lines: 0, calls: 0, timers: 0 });
  });

  test('unregisters when nobody comes back', async () => {
    const { stack, clock, counts, registered } = gatewayOfFakes({ lineGraceMs: 5000 });
    const handset = await registered();

    handset.leaves();
    clock.advance(5000);

    expect(stack.agent.registration.state).toBe('unregistering');
    expect(counts()).toEqual({ handles: 0, lines: 0, calls: 0, timers: 0 });
    stack.agent.registration.isGone();
    await quiet();
    expect(stack.agent.isClosed).toBe(true);
  });
});

describe('own SIP credentials', () => {
  const own = { request: 'register', username: 'sip:bob@home.example', proxy: 'sip:10.0.0.5', secret: 'his' };

  test('are refused where they are switched off', async () => {
    const { handset: attach } = gatewayOfFakes({ ownCredentials: false });
    const handset = attach();

    handset.asks(own);

    await handset.hears('registering');
    await handset.hears('registration_failed', { code: 1001 });
  });

  test('go to the server of the list', async () => {
    const { stack, handset: attach } = gatewayOfFakes({ ownCredentials: true });
    const handset = attach();

    handset.asks({ ...own, authuser: 'bob-auth' });

    await handset.hears('registering');
    await handset.hears('registered');
    expect(stack.agent.options).toMatchObject({
      aor: 'sip:bob@home.example',
      outboundProxy: 'sip:10.0.0.5',
      credentials: { username: 'bob-auth', password: 'his' },
    });
  });

  test('may be a hash', async () => {
    const { stack, handset: attach } = gatewayOfFakes({ ownCredentials: true });

    await attach().registers('bob', { secret: undefined, ha1_secret: 'a'.repeat(32), proxy: 'sip:10.0.0.5' });

    expect(stack.agent.options).toMatchObject({
      aor: 'sip:bob@10.0.0.5',
      credentials: { username: 'bob', ha1: 'a'.repeat(32) },
    });
  });

  test('that the server refuses are 1001, and count as wrong attempts', async () => {
    const { stack, handset: attach } = gatewayOfFakes({ ownCredentials: true });
    stack.registrar = 'later';
    const handset = attach();

    for (let attempt = 0; attempt < 5; attempt++) {
      handset.asks({ ...own, secret: `guess ${attempt}` });
      await handset.hears('registering');
      stack.agent.registration.fails(403, 'Forbidden');
      await handset.hears('registration_failed', { code: 1001, reason: 'Forbidden' });
    }
    handset.asks(own);

    await handset.hears('registering');
    expect((await handset.hears('registration_failed', { code: 1001 }))['reason']).toMatch(/wait/);
    expect(stack.agents).toHaveLength(5);
  });

  test('two handsets share the line only if they know the same secret', async () => {
    const { stack, handset: attach } = gatewayOfFakes({ ownCredentials: true });
    const more = { proxy: 'sip:10.0.0.5' };

    await attach().registers('bob', { ...more, secret: 'his' });
    await attach().registers('bob', { ...more, secret: 'his' });
    await attach().registers('bob', { ...more, secret: 'another' });

    expect(stack.agents).toHaveLength(2);
  });

  test('never replace the secret of an account that the server has', async () => {
    const { handset: attach, stack } = gatewayOfFakes({ ownCredentials: true });
    const handset = attach();

    handset.asks({ ...own, username: 'sip:1001@home.example' });

    await handset.hears('registering');
    await handset.hears('registration_failed', { code: 1001 });
    expect(stack.agents).toEqual([]);
  });
});

test('an account that names no configured server is found out at the start', () => {
  const lost = account('1001', { sip: { ...account('1001').sip, server: 'elsewhere' } });

  expect(() => gatewayOfFakes({ accounts: [lost] })).toThrow(/1001.*elsewhere/);
});
