import { onTestFinished } from 'vitest';
import type { MediaEngine } from '@soft-handset/media';
import { openSipStack, systemClock } from '@soft-handset/sip';
import { createSipserverPlugin } from '../../src/sipserver/plugin.ts';
import { LogBook } from '../log-book.ts';
import { account } from './gateway-of-fakes.ts';
import { SmallRegistrar } from './small-registrar.ts';
import { TestHandset } from './test-handset.ts';

/** Three accounts of one gateway on real SIP, UDP on loopback, at one registrar: alice is 1001, bob 1002, 1003 is nobody yet. */
export async function gatewayOverSip<E extends MediaEngine>(engine: E) {
  const registrar = await SmallRegistrar.open();
  const stack = await openSipStack({ udp: { port: 0 } });
  const log = new LogBook();
  const sipserver = createSipserverPlugin({
    stack,
    engine,
    log,
    clock: systemClock,
    accounts: ['1001', '1002', '1003'].map((name) => {
      const aor = registrar.uri.replace('sip:', `sip:${name}@`);
      return account(name, { sip: { aor, authUser: name, server: 'pbx', register: true } });
    }),
    servers: [{ name: 'pbx', uri: registrar.uri }],
    ownCredentials: false,
    callTypeHeader: 'X-Call-Type',
    answerTimeoutMs: 20_000,
    lineGraceMs: 10,
  });
  onTestFinished(async () => {
    await sipserver.close();
    await stack.close();
    await registrar.close();
  });
  const alice = await new TestHandset(sipserver.plugin).registers('1001');
  const bob = await new TestHandset(sipserver.plugin).registers('1002');
  return { registrar, stack, engine, log, sipserver, alice, bob };
}
