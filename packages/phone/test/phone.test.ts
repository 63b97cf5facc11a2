import { expect, test } from 'vitest';
import { FakeHandler } from '../dev/fake-handler.ts';
import type { FakeScript } from '../dev/fake-handler.ts';
import { Phone } from '../src/phone.ts';
import type { SignIn } from '../src/phone.ts';

const account = {
  account: '1001',
  secret: 's3cret',
  server: 'wss://phone.example.org/janus',
  language: 'en' as const,
};

/** A phone over a scripted handler, with a clock and timers that only the test moves. */
async function aPhone(script: FakeScript = {}, signIn: SignIn = account) {
  const handlers: FakeHandler[] = [];
  const timers = new Map<object, { at: number; action: () => void }>();
  let now = 1000;
  const phone = new Phone(
    {
      createHandler: async (options) => {
        const handler = new FakeHandler(script, options);
        handlers.push(handler);
        return handler;
      },
      askMicrophone: async () => 'granted',
      now: () => now,
      after: (ms, action) => {
        const timer = {};
        timers.set(timer, { at: now + ms, action });
        return () => void timers.delete(timer);
      },
      changed: () => undefined,
    },
    true,
  );
  const pass = (ms: number): void => {
    now += ms;
    for (const [timer, { at, action }] of timers)
      if (at <= now) {
        timers.delete(timer);
        action();
      }
  };
  await phone.signIn(signIn);
  const handler = handlers[0]!;
  return { phone, handler, handlers, pass };
}

test('signing in registers with the page secret and asks for the microphone', async () => {
  const { phone, handler } = await aPhone();

  expect(handler.asked).toEqual(['register 1001 s3cret']);
  expect(phone.state).toMatchObject({ line: { name: 'up' }, microphone: 'granted' });
});

test('a one-time link signs in once; what it leaves signs in again', async () => {
  const link = { ...account, secret: undefined, token: 'once_x' };
  const { phone, handlers } = await aPhone({}, link);
  expect(phone.loginToken).toBe('login_fake');

  await phone.retry();

  expect(handlers.map((handler) => handler.asked[0])).toEqual([
    'register 1001 once_x',
    'register 1001 login_fake',
  ]);
});

test('what one can try is known from the sign-in to the sign-out', async () => {
  const exchange = { echo: '600', address: '192.0.2.10:5060', secondHandset: true };
  const { phone, handler } = await aPhone({ exchange });
  expect(phone.state.exchange).toEqual(exchange);

  handler.emit('registerResult', { event: 'succ', telNumber: '1001' });
  expect(phone.state.exchange).toEqual(exchange);
  await phone.signOut();

  expect(phone.state.exchange).toBeUndefined();
});

test('a refused log-in gives the handler back', async () => {
  const { phone, handler } = await aPhone({ registerCode: 1001 });

  expect(phone.state.line).toEqual({ name: 'out', refused: 1001 });
  expect(handler.asked.at(-1)).toBe('destroy');
});

test('a number that is taken back is registered anew', async () => {
  const { phone, handlers } = await aPhone({ registerCode: 9001 });

  await phone.retry();

  expect(handlers).toHaveLength(2);
  expect(handlers[0]!.asked).toContain('destroy');
});

test('the return call is the way to call, the classic one a setting', async () => {
  const { phone, handler } = await aPhone();
  await phone.call(' 139 0000-2288 ', false);
  await phone.hangup();
  phone.classicCall = true;
  await phone.call('6120', true);

  expect(handler.asked.filter((what) => what.includes('call'))).toEqual([
    'newcall 13900002288 audio',
    'call 6120 video',
  ]);
});

test('our call rings, is answered and ends', async () => {
  const { phone, handler, pass } = await aPhone();

  await phone.call('6120', false);
  expect(phone.state.call).toMatchObject({ name: 'calling', peerRings: false });
  handler.ring();
  expect(phone.state.call).toMatchObject({ peerRings: true });
  pass(3000);
  handler.pickUp();
  expect(phone.state.call).toMatchObject({ name: 'talking', answeredAt: 4000 });
  handler.hangUpByPeer();
  expect(phone.state.call.name).toBe('ended');
});

test('the plate of a normal end closes after six seconds, unless it is touched', async () => {
  const { phone, handler, pass } = await aPhone();
  await phone.call('6120', false);
  handler.pickUp();
  handler.hangUpByPeer();
  pass(5999);
  expect(phone.state.call.name).toBe('ended');
  pass(1);
  expect(phone.state.call.name).toBe('none');

  await phone.call('6120', false);
  handler.pickUp();
  handler.hangUpByPeer();
  phone.tell({ type: 'plateTouched' });
  pass(60_000);
  expect(phone.state.call.name).toBe('ended');
});

test('the plate of a failed call stays', async () => {
  const { phone, handler, pass } = await aPhone();
  await phone.call('6120', false);
  handler.hangUpByPeer(486);
  pass(60_000);

  expect(phone.state.call.name).toBe('ended');
});

test('a call that cannot be placed says why', async () => {
  const { phone } = await aPhone({ callCode: 'microphone-refused' });

  await phone.call('6120', false);

  expect(phone.state.call).toMatchObject({ name: 'ended', record: { code: 'microphone-refused' } });
});

test('a late refusal of a cancelled call does not end the next one', async () => {
  const { phone, handler } = await aPhone();
  let refuse = (_code: number): void => undefined;
  handler.newcall = () =>
    new Promise((_, reject) => (refuse = (code) => reject(Object.assign(new Error(), { code }))));
  const first = phone.call('6120', false);
  await phone.hangup();
  handler.newcall = () => Promise.resolve({ callId: 'second' });
  await phone.call('6121', false);
  refuse(487);
  await first;

  expect(phone.state.call).toMatchObject({ name: 'calling', peer: { number: '6121' } });
});

test('a call that comes while the last one is still being hung up rings, and is not ended with it', async () => {
  const { phone, handler } = await aPhone();
  handler.incoming({ callId: 'first' });
  await phone.answer(false);
  let confirm = (): void => undefined;
  handler.hangup = () => new Promise((resolve) => (confirm = resolve));
  const hungUp = phone.hangup();
  handler.incoming({ callId: 'second', telNumber: '6002' });
  expect(phone.state.call).toMatchObject({ name: 'ringing', callId: 'second' });
  handler.emit('hangupResult', { callId: 'first' });
  confirm();
  await hungUp;

  expect(phone.state.call).toMatchObject({ name: 'ringing', callId: 'second' });
  expect(phone.state.records).toHaveLength(1);
});

test('a microphone that is unplugged in the call is told, until another one is there', async () => {
  const live = { getVideoTracks: () => [], getAudioTracks: () => [{ readyState: 'live' }] };
  const { phone, handler } = await aPhone();
  handler.incoming();
  await phone.answer(false);
  handler.emit('error', { code: 'no-microphone', message: '' });
  expect(phone.state.call).toMatchObject({ name: 'talking', problem: 'no-microphone' });
  handler.emit('localstream', { stream: live as unknown as MediaStream });

  expect(phone.state.call).toMatchObject({ name: 'talking', problem: undefined });
});

test('a change that came to nothing is told for eight seconds, a lost microphone as long as it is lost', async () => {
  const { phone, handler, pass } = await aPhone();
  handler.incoming();
  await phone.answer(false);
  handler.deviceControl.updateVoiceSpeaker = () => Promise.reject(new Error('no such device'));
  await phone.useLoudspeaker(true);
  pass(7999);
  expect(phone.state.call).toMatchObject({ problem: 'media-failed', loudspeaker: false });
  pass(1);
  expect(phone.state.call).toMatchObject({ problem: undefined });

  handler.emit('error', { code: 'no-microphone', message: '' });
  pass(60_000);
  expect(phone.state.call).toMatchObject({ problem: 'no-microphone' });
});

test('a camera that is refused while the call is set up is told in it', async () => {
  const { phone, handler } = await aPhone();
  await phone.call('6120', true);
  handler.emit('error', { code: 'camera-refused', message: '' });
  handler.pickUp();

  expect(phone.state.call).toMatchObject({ name: 'talking', camera: 'none', problem: 'camera-refused' });
});

test('nothing is dialled without a number, without a line or in a call', async () => {
  const { phone, handler } = await aPhone();
  await phone.call('--', false);
  handler.setConnection('lost');
  await phone.call('6120', false);
  handler.setConnection('up');
  handler.incoming();
  await phone.call('6120', false);

  expect(handler.asked.filter((what) => what.startsWith('newcall'))).toEqual([]);
});

test('an incoming call is answered once, however often the button is pressed', async () => {
  const { phone, handler } = await aPhone();
  handler.incoming({ telNumber: '6001', video: true });
  await Promise.all([phone.answer(true), phone.answer(true)]);

  expect(handler.asked.filter((what) => what.startsWith('answer'))).toEqual(['answer video']);
  expect(phone.state.call.name).toBe('talking');
});

test('an answer that fails leaves the call ringing', async () => {
  const { phone, handler } = await aPhone({ answerCode: 'no-microphone' });
  handler.incoming();

  await phone.answer(false);

  expect(phone.state.call).toMatchObject({ name: 'ringing', problem: 'no-microphone', answering: false });
});

test('hanging up is the end, even if the server does not confirm', async () => {
  const { phone, handler } = await aPhone();
  handler.incoming();
  handler.hangup = () => Promise.reject(new Error('not connected'));

  await phone.hangup();

  expect(phone.state.call).toMatchObject({ name: 'ended', record: { endedBy: 'us' } });
});

test('mute, camera, speaker and tones go to the handler', async () => {
  const { phone, handler } = await aPhone();
  handler.incoming();
  await phone.answer(false);
  phone.mute(true);
  await phone.sendTone('5');
  await phone.useLoudspeaker(true);
  phone.tell({ type: 'localPictureSeen', has: true });
  await phone.toggleCamera();
  await phone.toggleCamera();
  await phone.flipCamera();

  expect(handler.audioInputMuted).toBe(true);
  expect(handler.asked.slice(-5)).toEqual([
    'dtmf 5',
    'speaker true',
    'camera false',
    'camera true',
    'front false',
  ]);
  expect(phone.state.call).toMatchObject({ muted: true, tones: '5', loudspeaker: true, camera: 'on' });
});

test('video is added to an audio call by answering anew with video', async () => {
  const { phone, handler } = await aPhone();
  handler.incoming();
  await phone.answer(false);
  await phone.toggleCamera();

  expect(handler.asked.slice(-2)).toEqual(['answer audio', 'answer video']);
});

test('sound that the browser blocks is known', async () => {
  const { phone, handler } = await aPhone();
  phone.tell({ type: 'audioUnlocked' });
  handler.emit('error', { code: 'sound-blocked', message: '' });

  expect(phone.state.audioUnlocked).toBe(false);
});

test('after signing out nothing of the old handler is heard', async () => {
  const { phone, handler } = await aPhone();
  await phone.signOut();
  handler.incoming();

  expect(phone.state).toMatchObject({ line: { name: 'out' }, call: { name: 'none' } });
  expect(phone.handler).toBeUndefined();
});

test('closing twice is harmless', async () => {
  const { phone, handler } = await aPhone();
  await phone.close();
  await phone.close();

  expect(handler.asked.filter((what) => what === 'destroy')).toEqual(['destroy']);
});
