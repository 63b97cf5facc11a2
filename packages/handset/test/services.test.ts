// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import type { Services } from '../src/service-types.ts';
import { handsetOf, inReturnCall, useFakes } from './fakes/handset.ts';

/* What the server does besides calling: each request as it goes out, and what the page hears. */

useFakes();

interface Asking {
  name: string;
  ask: (services: Services) => Promise<unknown>;
  request: string;
  body: object;
  done: string;
}

const ofTheCall: readonly Asking[] = [
  {
    name: 'hold',
    ask: (services) => services.hold(),
    request: 'hold',
    body: { direction: 'sendonly' },
    done: 'holding',
  },
  {
    name: 'hold both ways',
    ask: (services) => services.hold('inactive'),
    request: 'hold',
    body: { direction: 'inactive' },
    done: 'holding',
  },
  { name: 'resume', ask: (services) => services.resume(), request: 'unhold', body: {}, done: 'resuming' },
  {
    name: 'transfer',
    ask: (services) => services.transfer('1003'),
    request: 'transfer',
    body: { uri: '1003' },
    done: 'transferring',
  },
  {
    name: 'transfer to the peer of another call',
    ask: (services) => services.transfer({ replace: 'c2' }),
    request: 'transfer',
    body: { replace: 'c2' },
    done: 'transferring',
  },
  {
    name: 'recording of the sound of both sides',
    ask: (services) => services.startRecording(),
    request: 'recording',
    body: { action: 'start', audio: true, peer_audio: true, video: false, peer_video: false },
    done: 'recordingupdated',
  },
  {
    name: 'recording of one side, into a file',
    ask: (services) => services.startRecording({ audio: false, filename: 'a.wav' }),
    request: 'recording',
    body: {
      action: 'start',
      audio: false,
      peer_audio: true,
      video: false,
      peer_video: false,
      filename: 'a.wav',
    },
    done: 'recordingupdated',
  },
  {
    name: 'the end of every recording',
    ask: (services) => services.stopRecording(),
    request: 'recording',
    body: { action: 'stop', audio: true, peer_audio: true, video: true, peer_video: true },
    done: 'recordingupdated',
  },
  {
    name: 'a whole picture of the peer',
    ask: (services) => services.requestKeyframe('peer'),
    request: 'keyframe',
    body: { peer: true },
    done: 'keyframesent',
  },
  {
    name: 'a whole picture of the handset',
    ask: (services) => services.requestKeyframe('handset'),
    request: 'keyframe',
    body: { user: true },
    done: 'keyframesent',
  },
  {
    name: 'a digit as INFO',
    ask: (services) => services.dtmfInfo('#', 200),
    request: 'dtmf_info',
    body: { digit: '#', duration: 200 },
    done: 'dtmfsent',
  },
  {
    name: 'an INFO',
    ask: (services) => services.sendInfo('text/plain', 'lift'),
    request: 'info',
    body: { type: 'text/plain', content: 'lift' },
    done: 'infosent',
  },
  {
    name: 'a message to the peer',
    ask: (services) => services.sendCallMessage('你好'),
    request: 'message',
    body: { content: '你好', content_type: 'text/plain' },
    done: 'messagesent',
  },
];

for (const { name, ask, request, body, done } of ofTheCall)
  describe(name, () => {
    test('names the call, and settles when the server has confirmed it', async () => {
      const bench = await handsetOf();
      await inReturnCall(bench);
      let isSettled = false;

      const work = ask(bench.handset.services).then(() => (isSettled = true));
      const asked = await bench.server.hears(request);
      expect(isSettled).toBe(false);
      await bench.server.says(done, {}, { callId: 'c1', to: asked });
      await work;

      expect(asked.body).toEqual({ request, ...body, call_id: 'c1' });
    });

    test('refused, it rejects with the code and the call goes on', async () => {
      const bench = await handsetOf();
      await inReturnCall(bench);

      const work = ask(bench.handset.services).catch((error: unknown) => error);
      await bench.server.refuses(await bench.server.hears(request), 451, 'no folder');

      expect(await work).toMatchObject({ code: 451 });
      expect(bench.handset.talking).toBe(true);
      expect(bench.heard()).toEqual([]);
    });

    test('without a running call, nothing is asked', async () => {
      const { handset, server } = await handsetOf();

      await expect(ask(handset.services)).rejects.toMatchObject({ code: 'wrong-state' });

      await server.hearsNothing();
    });

    test('after the end of the handset it is closed', async () => {
      const bench = await handsetOf();
      const { services } = bench.handset;
      void bench.handset.destroy();

      await expect(ask(services)).rejects.toMatchObject({ code: 'closed' });
    });
  });

test('a hold and its end are told when the server has confirmed them', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  const held = bench.handset.services.hold();
  const hold = await bench.server.hears('hold');
  expect(bench.heard()).toEqual([]);
  await bench.server.says('holding', {}, { callId: 'c1', to: hold });
  await held;
  expect(bench.heard()).toEqual([['held', { callId: 'c1', isHeld: true }]]);

  const resumed = bench.handset.services.resume();
  await bench.server.says('resuming', {}, { callId: 'c1', to: await bench.server.hears('unhold') });
  await resumed;
  expect(bench.heard()).toEqual([['held', { callId: 'c1', isHeld: false }]]);
});

test('the call ends while it is asked for something', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  const held = bench.handset.services.hold().catch((error: unknown) => error);
  await bench.server.hears('hold');
  await bench.server.says('hangup', { code: 200, reason: 'OK' }, { callId: 'c1' });

  expect(await held).toMatchObject({ code: 487 });
  expect(bench.heard().map(([event]) => event)).toEqual(['hangup']);
});

test('the peer asks for a transfer, and is refused it; the call goes on', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  const asks = { refer_id: 7, refer_to: 'sip:1005@pbx', referred_by: '<sip:1002@pbx>' };
  await bench.server.says('transfer', asks, { callId: 'c1' });
  expect(bench.heard()).toEqual([
    ['transferRequest', { callId: 'c1', referId: 7, to: 'sip:1005@pbx', referredBy: '<sip:1002@pbx>' }],
  ]);
  const declined = bench.handset.services.declineTransfer(7);
  const asked = await bench.server.hears('decline');
  await bench.server.says('declining', { code: 603, refer_id: 7 }, { to: asked });
  await declined;

  expect(asked.body).toEqual({ request: 'decline', refer_id: 7 });
  expect(bench.handset.talking).toBe(true);
});

test('a recording settles with its files', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);

  const started = bench.handset.services.startRecording();
  const asked = await bench.server.hears('recording');
  await bench.server.says('recordingupdated', { files: ['c1.opus'] }, { callId: 'c1', to: asked });

  expect(await started).toEqual(['c1.opus']);
});

test('a message without a call has an id, and what becomes of it names that', async () => {
  const { handset, server, heard } = await handsetOf();

  const sent = handset.services.sendMessage('1002', 'hello');
  const asked = await server.hears('message');
  await server.says('messagesent', {}, { callId: 'm1', to: asked });
  expect(await sent).toEqual({ messageId: 'm1' });
  await server.says('messagedelivery', { code: 404, reason: 'Not Found' }, { callId: 'm1' });

  expect(asked.body).toEqual({
    request: 'message',
    uri: '1002',
    content: 'hello',
    content_type: 'text/plain',
  });
  expect(heard()).toEqual([['messageDelivery', { messageId: 'm1', code: 404, reason: 'Not Found' }]]);
});

test('a subscription settles when it was taken, and what it brings is told', async () => {
  const { handset, server, heard } = await handsetOf();

  const subscribed = handset.services.subscribe('dialog', '1002');
  const asked = await server.hears('subscribe');
  await server.says('subscribing', {}, { to: asked });
  await server.says('subscribe_succeeded', { code: 200, reason: 'OK' }, { to: asked });
  await subscribed;
  await server.says('notify', {
    notify: 'dialog',
    substate: 'active',
    'content-type': 'application/dialog-info+xml',
    content: '<dialog-info/>',
  });

  expect(asked.body).toEqual({ request: 'subscribe', event: 'dialog', to: '1002' });
  expect(heard()).toEqual([
    [
      'notify',
      {
        event: 'dialog',
        substate: 'active',
        contentType: 'application/dialog-info+xml',
        content: '<dialog-info/>',
      },
    ],
  ]);
});

test('a subscription that is refused rejects, and one that fails later is told', async () => {
  const { handset, server, heard } = await handsetOf();

  const refused = handset.services.subscribe('presence').catch((error: unknown) => error);
  const asked = await server.hears('subscribe');
  await server.says('subscribe_failed', { code: 489, reason: 'Bad Event' }, { to: asked });
  expect(await refused).toMatchObject({ code: 489 });
  heard();
  await server.says('subscribe_failed', { code: 408, reason: 'Request Timeout' });

  expect(heard()).toEqual([['subscriptionFailed', { code: 408, reason: 'Request Timeout' }]]);
});

test('a subscription is given up', async () => {
  const { handset, server } = await handsetOf();

  const done = handset.services.unsubscribe('message-summary');
  const asked = await server.hears('unsubscribe');
  await server.says('unsubscribing', {}, { to: asked });
  await done;

  expect(asked.body).toEqual({ request: 'unsubscribe', event: 'message-summary' });
});

test('what comes to the account and to the call is told apart', async () => {
  const bench = await handsetOf();
  await inReturnCall(bench);
  const message = { sender: 'sip:6001@pbx', content_type: 'text/plain', content: '<b>hi</b>' };

  await bench.server.says('message', { ...message, displayname: 'Six' });
  await bench.server.says('message', message, { callId: 'c1' });
  await bench.server.says(
    'info',
    { sender: 'sip:6001@pbx', type: 'text/plain', content: 'x' },
    { callId: 'c1' },
  );
  await bench.server.says('missed_call', { caller: 'sip:6002@pbx', displayname: 'Two' });

  const told = { sender: 'sip:6001@pbx', contentType: 'text/plain', content: '<b>hi</b>' };
  expect(bench.heard()).toEqual([
    ['message', { ...told, displayName: 'Six' }],
    ['message', { ...told, callId: 'c1' }],
    ['info', { callId: 'c1', sender: 'sip:6001@pbx', type: 'text/plain', content: 'x' }],
    ['missedCall', { caller: 'sip:6002@pbx', displayName: 'Two' }],
  ]);
});
