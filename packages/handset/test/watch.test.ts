// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import { messagesIn, stateIn } from '../src/notify-bodies.ts';
// Loaded before the clock is a fake one: it does not wait for files.
import '../src/watch.ts';
import { settle } from './fakes/fake-server.ts';
import { manyCalls, useHandsets } from './fakes/many-calls.ts';

/* Who is on the phone, and what waits in the mail box. */

useHandsets();

const dialogInfo = (...dialogs: string[]): string =>
  `<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:1002@pbx">${dialogs.join('')}</dialog-info>`;
const dialog = (state: string, direction = 'recipient'): string =>
  `<dialog id="a" direction="${direction}"><state>${state}</state></dialog>`;
const pidf = (inner: string): string =>
  `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid">${inner}</presence>`;
const open = '<tuple id="t"><status><basic>open</basic></status></tuple>';

describe('what a body says somebody does', () => {
  test.each<[what: string, type: string, body: string, state: string | undefined]>([
    ['no dialog', 'application/dialog-info+xml', dialogInfo(), 'free'],
    ['a dialog that is over', 'application/dialog-info+xml', dialogInfo(dialog('terminated')), 'free'],
    ['is called', 'application/dialog-info+xml', dialogInfo(dialog('early')), 'ringing'],
    ['calls', 'application/dialog-info+xml', dialogInfo(dialog('early', 'initiator')), 'busy'],
    ['talks', 'application/dialog-info+xml; charset=utf-8', dialogInfo(dialog('confirmed')), 'busy'],
    [
      'talks while another calls',
      'application/dialog-info+xml',
      dialogInfo(dialog('early'), dialog('confirmed')),
      'busy',
    ],
    ['is there', 'application/pidf+xml', pidf(open), 'free'],
    ['is gone', 'application/pidf+xml', pidf(open.replace('open', 'closed')), 'offline'],
    ['is on the phone', 'application/pidf+xml', pidf(`${open}<r:on-the-phone/>`), 'busy'],
    ['is on the phone, in a note', 'application/pidf+xml', pidf(`${open}<note>On the Phone</note>`), 'busy'],
    ['rings, in a note', 'application/pidf+xml', pidf(`${open}<note>Ringing</note>`), 'ringing'],
    ['is away', 'application/pidf+xml', pidf(`${open}<r:away/>`), 'away'],
    ['no XML', 'application/dialog-info+xml', '<dialog-info', undefined],
    ['something else', 'text/plain', 'busy', undefined],
  ])('%s', (_, type, body, state) => {
    expect(stateIn(type, body)).toBe(state);
  });
});

describe('what waits (RFC 3842)', () => {
  test.each<[what: string, body: string, messages: object | undefined]>([
    [
      'two new ones',
      'Messages-Waiting: yes\r\nMessage-Account: sip:1001@pbx\r\nVoice-Message: 2/8 (0/2)\r\n',
      { isWaiting: true, fresh: 2, old: 8, account: 'sip:1001@pbx' },
    ],
    ['none', 'messages-waiting: no\r\n', { isWaiting: false, fresh: 0, old: 0 }],
    ['something else', 'Voice-Message: 2/8\r\n', undefined],
  ])('%s', (_, body, messages) => {
    expect(messagesIn(body)).toEqual(messages);
  });
});

test('extensions are followed each by itself, and only changes are told', async () => {
  const { handset, server, events } = await manyCalls();

  const watched = handset.watch(['1002', '1003']);
  const [first, second] = [await server.hears('subscribe'), await server.hears('subscribe')];
  expect([first.body, second.body]).toEqual([
    expect.objectContaining({ event: 'dialog', to: '1002' }),
    expect.objectContaining({ event: 'dialog', to: '1003' }),
  ]);
  for (const asked of [first, second])
    await server.says('subscribe_succeeded', { code: 200, reason: 'OK' }, { to: asked });
  await watched;
  const says = (callId: unknown, content: string) =>
    server.says(
      'notify',
      { notify: 'dialog', substate: 'active', 'content-type': 'application/dialog-info+xml', content },
      { callId: String(callId) },
    );
  await says(first.body['call_id'], dialogInfo());
  await says(second.body['call_id'], dialogInfo(dialog('early')));
  await says(second.body['call_id'], dialogInfo(dialog('early')));

  expect(events.extension).toEqual([
    { number: '1002', state: 'free' },
    { number: '1003', state: 'ringing' },
  ]);

  const changed = handset.watch(['1003']);
  const given = await server.hears('unsubscribe');
  expect(given.body).toEqual({ request: 'unsubscribe', event: 'dialog', to: '1002' });
  await server.says('unsubscribing', {}, { to: given });
  await changed;
  await says(first.body['call_id'], dialogInfo(dialog('confirmed')));
  expect(events.extension).toHaveLength(2);
});

test('one that may not be followed rejects, and the others are followed all the same', async () => {
  const { handset, server, events } = await manyCalls();

  const watched = expect(handset.watch(['1002', '1003'])).rejects.toMatchObject({ code: 403 });
  const [first, second] = [await server.hears('subscribe'), await server.hears('subscribe')];
  await server.says('subscribe_failed', { code: 403, reason: 'Forbidden' }, { to: first });
  await server.says('subscribe_succeeded', { code: 200, reason: 'OK' }, { to: second });
  await watched;
  await server.says(
    'notify',
    {
      notify: 'dialog',
      substate: 'active',
      'content-type': 'application/dialog-info+xml',
      content: dialogInfo(dialog('confirmed')),
    },
    { callId: String(second.body['call_id']) },
  );

  expect(events.extension).toEqual([{ number: '1003', state: 'busy' }]);
});

test('a fresh session of the server: what was followed is followed again', async () => {
  const { handset, server } = await manyCalls();
  const watched = handset.watch(['1002']);
  const asked = await server.hears('subscribe');
  await server.says('subscribe_succeeded', { code: 200, reason: 'OK' }, { to: asked });
  await watched;

  server.hasForgotten = true;
  server.socket.drops();
  await vi.advanceTimersByTimeAsync(1_000);
  await settle();

  expect((await server.hears('subscribe')).body).toMatchObject({ event: 'dialog', to: '1002' });
});

test('the mail box tells what waits, whether it was asked or not', async () => {
  const { handset, server, events } = await manyCalls();
  const followed = handset.watchMessages();
  const asked = await server.hears('subscribe');
  expect(asked.body).toEqual({ request: 'subscribe', event: 'message-summary' });
  await server.says('subscribe_succeeded', { code: 200, reason: 'OK' }, { to: asked });
  await followed;

  await server.says('notify', {
    notify: 'message-summary',
    substate: 'active',
    'content-type': 'application/simple-message-summary',
    content: 'Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n',
  });

  expect(events.messagesWaiting).toEqual([{ isWaiting: true, fresh: 1, old: 0 }]);
});
