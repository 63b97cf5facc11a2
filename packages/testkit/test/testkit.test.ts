// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import {
  createSoftHandler,
  type SoftHandler,
  type SoftHandlerEventName,
  type SoftHandlerEvents,
} from '@soft-handset/handset';
import { createTestkit, type FarCall, type Testkit, type TestkitOptions } from '../src/index.ts';

let open: (Testkit | SoftHandler)[] = [];
afterEach(async () => {
  for (const one of open.reverse()) await ('close' in one ? one.close() : one.destroy());
  open = [];
});

function kitOf(options?: TestkitOptions): Testkit {
  const kit = createTestkit(options);
  open.push(kit);
  return kit;
}

async function handsetAt(kit: Testkit, username = '1001'): Promise<SoftHandler> {
  const handset = await createSoftHandler({
    configs: { janusUrl: kit.url, autoRegister: false, language: 'en' },
    registerInfo: { username },
  });
  open.push(handset);
  await handset.register(username);
  return handset;
}

test('a phone calls: answered, held, resumed, transferred', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const rings = heard(handset, 'incomingcall');

  const call = kit.phone('6001', 'Six').calls('1001');
  expect(await rings).toMatchObject({ telNumber: '6001', displayName: 'Six' });
  await handset.answer();
  await call.isAnswered();
  expect(call.hearsHandset).toBe(true);
  await handset.services.hold();
  await call.isHeld();
  await handset.services.resume();
  await call.isResumed();
  const other = kit.phone('6002');
  const transferred = handset.services.transfer('6002');
  const second = await other.isCalled();
  await second.answers();
  await transferred;

  expect(second.with).toBe('6001');
  expect((await call.isTransferred()).state).toBe('talking');
});

test('a return call: the phone picks up, hears the keys, and hangs up', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const [accepted, hangup] = [heard(handset, 'accepted'), heard(handset, 'hangup')];
  const phone = kit.phone('6001');

  await handset.newcall('6001');
  const call = await phone.isCalled();
  await call.answers();
  await accepted;
  await handset.dtmf('12#');
  await call.hears('12#');
  call.hangsUp();

  expect(await hangup).toMatchObject({ code: 200 });
  expect(call.state).toBe('ended');
});

test('a classic call that is busy, and one that the handset gives up', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const hangup = heard(handset, 'hangup');
  const phone = kit.phone('6001');

  await handset.call('6001');
  (await phone.isCalled()).refuses(486);
  expect(await hangup).toMatchObject({ code: 486 });
  await handset.call('6001');
  const second = await phone.isCalled();
  await handset.hangup();

  expect(await second.hasEnded()).toMatchObject({ status: 487, by: 'handset' });
});

test('two pages call each other', async () => {
  const kit = kitOf();
  const [one, two] = [await handsetAt(kit, '1001'), await handsetAt(kit, '1002')];
  const [rings, accepted] = [heard(two, 'incomingcall'), heard(one, 'accepted')];

  await one.newcall('1002');
  expect(await rings).toMatchObject({ telNumber: '1001' });
  await two.answer();

  expect(await accepted).toMatchObject({ telNumber: '1002' });
});

test('the phone puts on hold and takes back: it hears nothing meanwhile', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const call = await inCall(kit, handset);

  await call.holds();
  const whileHeld = call.hearsHandset;
  await call.resumes();

  expect([whileHeld, call.hearsHandset]).toEqual([false, true]);
});

test('muted, the phone hears nothing', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const call = await inCall(kit, handset);

  handset.audioInputMuted = true;
  const whileMuted = call.hearsHandset;
  handset.audioInputMuted = false;

  expect([whileMuted, call.hearsHandset]).toEqual([false, true]);
});

test('a microphone that is refused: the call rings on, and can be answered when it is allowed', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const rings = heard(handset, 'incomingcall');
  const call = kit.phone('6001').calls('1001');
  await rings;

  kit.devices.refuse();
  await expect(handset.answer()).rejects.toMatchObject({ code: 'microphone-refused' });
  expect(call.state).toBe('ringing');
  kit.devices.allow();
  await handset.answer();
  await call.isAnswered();

  expect(kit.devices.open.map(({ label }) => label)).toEqual(['Built-in microphone']);
});

test('pictures both ways, where the phone has them', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const phone = kit.phone('6001');

  await handset.call('6001', { video: true });
  const call = await phone.isCalled();
  await call.answers({ video: true });

  await expect.poll(() => call.seesHandset).toBe(true);
});

test('the server is away for a while: the call goes on', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const call = await inCall(kit, handset);

  kit.loseServer();
  await expect.poll(() => handset.connection).toBe('lost');
  kit.findServer();
  await expect.poll(() => handset.connection).toBe('up');
  await handset.hangup();

  expect(await call.hasEnded()).toMatchObject({ status: 200, by: 'handset' });
});

test('messages both ways', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const message = heard(handset, 'message');

  const status = await kit.phone('6001').writes('1001', 'Hello');
  await handset.services.sendMessage('6001', 'Hello yourself');

  expect(status).toBe(200);
  expect(await message).toMatchObject({ content: 'Hello' });
  expect(await kit.phone('6001').isWritten()).toEqual({ from: '1001', text: 'Hello yourself' });
});

test('a number that nobody has', async () => {
  const handset = await handsetAt(kitOf());
  const hangup = heard(handset, 'hangup');

  await handset.call('6009');

  expect(await hangup).toMatchObject({ code: 404 });
});

test('why a call comes is told by its header', async () => {
  const kit = kitOf();
  const handset = await handsetAt(kit);
  const rings = heard(handset, 'incomingcall');

  kit.phone('6001').calls('1001', { headers: [['X-Call-Type', 'call_dispatch']] });

  expect(await rings).toMatchObject({ notifyType: 'call_dispatch' });
});

test('what is waited for in vain is told with what there was instead', async () => {
  const kit = kitOf({ patienceMs: 20 });
  const handset = await handsetAt(kit);
  const call = await inCall(kit, handset);

  await expect(call.hears('7')).rejects.toThrow(/keys 7 are heard.*call is talking.*audio sendrecv/);
});

test('nothing is left when the page has gone, and the globals are what they were', async () => {
  const before = globalThis.WebSocket;
  const kit = kitOf();
  const handset = await handsetAt(kit);
  await inCall(kit, handset);

  await handset.destroy();
  await expect.poll(() => kit.counts).toEqual({ sessions: 0, handles: 0, lines: 0, calls: 0, timers: 0 });
  await kit.close();

  expect(kit.devices.open).toEqual([]);
  expect([globalThis.WebSocket === before, 'RTCPeerConnection' in globalThis]).toEqual([true, false]);
});

function heard<N extends SoftHandlerEventName>(
  handset: SoftHandler,
  event: N,
): Promise<SoftHandlerEvents[N]> {
  return new Promise((resolve) => handset.on(event, resolve));
}

/** A call that 6001 has made and the handset has answered. */
async function inCall(kit: Testkit, handset: SoftHandler): Promise<FarCall> {
  const rings = heard(handset, 'incomingcall');
  const call = kit.phone('6001').calls('1001');
  await rings;
  await handset.answer();
  await call.isAnswered();
  return call;
}
