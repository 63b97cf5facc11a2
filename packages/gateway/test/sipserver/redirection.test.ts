import { openSipStack } from '@soft-handset/sip';
import type { ServerTransaction, SipStack } from '@soft-handset/sip';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeEngine } from '../fakes/fake-engine.ts';
import { gatewayOverSip } from '../fakes/gateway-over-sip.ts';
import { anAnswer, anOffer } from '../fakes/test-handset.ts';

/** The server sends calls for 300x on, to wherever `contacts` says. */
async function worldThatRedirects(contacts: (uri: string) => string) {
  const world = await gatewayOverSip(new FakeEngine());
  const seen: string[] = [];
  world.registrar.redirects = (transaction) => {
    const { uri, method } = transaction.request;
    if (method !== 'INVITE' || !uri.startsWith('sip:30')) return false;
    seen.push(uri.replace(/^sip:|@.*/g, ''));
    transaction.respond(302, { headers: [['Contact', contacts(uri)]] });
    return true;
  };
  return { ...world, seen };
}

async function elsewhere(): Promise<{ stack: SipStack; heard: ServerTransaction[]; uri: string }> {
  const stack = await openSipStack({ udp: { port: 0 } });
  onTestFinished(() => stack.close());
  const heard: ServerTransaction[] = [];
  stack.onRequest = (transaction) => heard.push(transaction);
  return { stack, heard, uri: `127.0.0.1:${stack.localAddress('udp')!.port}` };
}

describe('RFC 3261 §8.1.3.4: a callee that sends the call elsewhere', () => {
  test('is followed at our server, in a classic call', async () => {
    const { alice, bob, registrar } = await worldThatRedirects(
      () => registrar.uri.replace('sip:', '<sip:1002@') + '>',
    );

    alice.asks({ request: 'call', uri: '3000' }, anOffer);
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');
    bob.asks({ request: 'accept' }, anAnswer);

    await alice.hears('accepted');
    await alice.hears('accept_reply');
    await bob.hears('accept_reply');
  });

  test('and in a return call', async () => {
    const { alice, bob, registrar } = await worldThatRedirects(
      () => registrar.uri.replace('sip:', '<sip:1002@') + '>',
    );

    alice.asks({ request: 'new_call', uri: '3000' });
    await alice.hears('calling');
    await bob.hears('incomingcall');
    await alice.hears('ringing');
    bob.asks({ request: 'accept' }, anOffer);

    await alice.hears('new_accepted');
  });

  for (const [name, contact] of [
    ['a host that is no server of ours', (uri: string) => `<sip:1002@${uri}>`],
    [
      'maddr',
      (uri: string, server: string) => `<${server.replace('sip:', 'sip:1002@')};maddr=${uri.split(':')[0]!}>`,
    ],
  ] as const) {
    test(`is not followed to a foreign address (${name}), and the handset hears why`, async () => {
      const other = await elsewhere();
      const foreign = other.uri.replace('127.0.0.1', 'localhost');
      const world = await worldThatRedirects(() => contact(foreign, world.registrar.uri));

      world.alice.asks({ request: 'call', uri: '3000' }, anOffer);
      await world.alice.hears('calling');

      await world.alice.hears('hangup', { code: 302, reason: 'Redirected to a foreign address' });
      expect(other.heard).toEqual([]);
      expect(world.seen).toEqual(['3000']);
    });
  }

  test('a ring of redirections ends, and the handset hears why', async () => {
    const next: Record<string, string> = { '3000': '3001', '3001': '3002', '3002': '3000' };
    const world = await worldThatRedirects((uri) => {
      const [, user = '', host = ''] = /^sip:(\d+)@([^;>]*)/.exec(uri) ?? [];
      return `<sip:${next[user]}@${host}>`;
    });

    world.alice.asks({ request: 'call', uri: '3000' }, anOffer);
    await world.alice.hears('calling');

    await world.alice.hears('hangup', { code: 302, reason: 'Redirected in a circle or too often' });
    expect(world.seen).toEqual(['3000', '3001', '3002']);
  });

  test('ten addresses are enough', async () => {
    let number = 3000;
    const world = await worldThatRedirects((uri) => `<${uri.replace(/\d+@/, `${++number}@`)}>`);

    world.alice.asks({ request: 'call', uri: '3000' }, anOffer);
    await world.alice.hears('calling');

    await world.alice.hears('hangup', { code: 302, reason: 'Redirected in a circle or too often' });
    expect(world.seen).toHaveLength(11);
  });

  test('a 302 without an address ends the call as it is', async () => {
    const world = await worldThatRedirects(() => '*');

    world.alice.asks({ request: 'call', uri: '3000' }, anOffer);
    await world.alice.hears('calling');

    await world.alice.hears('hangup', { code: 302, reason: 'Moved Temporarily' });
  });
});
