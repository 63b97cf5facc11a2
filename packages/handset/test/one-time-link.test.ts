// @vitest-environment happy-dom
import { expect, test, vi } from 'vitest';
import { handsetOf, useFakes } from './fakes/handset.ts';

useFakes();

const link = { username: '1002', sipServerIp: '', token: 'once_abc' };
const answer = { username: '1002', register_sent: true };

test('a one-time link logs in; on a new connection the login that it made goes on', async () => {
  const { handset, server, heard } = await handsetOf({ autoRegister: false });
  const registered = handset.register(link);
  const asked = await server.hears('register');
  expect(asked.body).toEqual({
    request: 'register',
    username: '1002',
    display_name: '1002',
    token: 'once_abc',
  });
  await server.says('registering', { token: 'login_xyz' }, { to: asked });
  await server.says('registered', answer, { to: asked });
  await registered;
  expect(heard()).toEqual([['registerResult', { event: 'succ', telNumber: '1002', token: 'login_xyz' }]]);

  server.hasForgotten = true;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(1_000);

  expect((await server.hears('register')).body).toMatchObject({ username: '1002', token: 'login_xyz' });
});

test('a link that was used is said to be so', async () => {
  const { handset, server } = await handsetOf({ autoRegister: false });
  const registered = handset.register(link).catch((error: unknown) => error);
  const asked = await server.hears('register');

  await server.says('registration_failed', { code: 1011, reason: 'This link has been used' }, { to: asked });

  expect(await registered).toMatchObject({
    code: 1011,
    message: 'This link has been used. Please get a new one.',
  });
});

test('the page hears what the exchange offers, and gets a second handset from it', async () => {
  const { handset, server, heard } = await handsetOf({ autoRegister: false });
  const registered = handset.register('1001');
  const asked = await server.hears('register');
  const exchange = { echo: '600', address: '127.0.0.1:5060', second_handset: true };
  await server.says('registered', { ...answer, exchange }, { to: asked });
  await registered;
  expect(heard().at(-1)).toMatchObject([
    'registerResult',
    { exchange: { echo: '600', address: '127.0.0.1:5060', secondHandset: true } },
  ]);

  const second = handset.secondHandset();
  const request = await server.hears('second_handset');
  await server.says(
    'second_handset',
    { username: '1003', token: 'once_def', expires_in: 600 },
    { to: request },
  );

  expect(await second).toEqual({ account: '1003', token: 'once_def' });
});

test('the numbers at the exchange are asked for', async () => {
  const { handset, server } = await handsetOf();

  const asked = handset.extensions();
  const request = await server.hears('extensions');
  await server.says(
    'extensions',
    {
      extensions: [
        { number: '1001', display_name: 'Alice', state: 'online' },
        { number: '1002', state: 'busy' },
      ],
    },
    { to: request },
  );

  expect(await asked).toEqual([
    { number: '1001', displayName: 'Alice', state: 'online' },
    { number: '1002', state: 'busy' },
  ]);
});
