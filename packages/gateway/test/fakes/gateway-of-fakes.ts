import { onTestFinished } from 'vitest';
import type { Account, SipServer } from '../../src/account.ts';
import { createSipserverPlugin } from '../../src/sipserver/plugin.ts';
import type { SipserverOptions } from '../../src/sipserver/plugin.ts';
import { FakeClock } from '../fake-clock.ts';
import { LogBook } from '../log-book.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeStack } from './fake-stack.ts';
import { anAnswer, quiet, TestHandset } from './test-handset.ts';

export const servers: readonly SipServer[] = [{ name: 'pbx', uri: 'sip:10.0.0.5' }];

export function account(name: string, more: Partial<Account> = {}): Account {
  return {
    name,
    secret: 'page-secret',
    open: false,
    openOnLoopback: false,
    mayInvite: false,
    sip: {
      aor: `sip:${name}@pbx.example`,
      authUser: name,
      password: 'sip-password',
      server: 'pbx',
      register: true,
    },
    ...more,
  };
}

/** The plugin over a fake stack and a fake engine, at a standing clock. */
export function gatewayOfFakes(options: Partial<SipserverOptions> = {}) {
  const [stack, engine, clock, log] = [new FakeStack(), new FakeEngine(), new FakeClock(), new LogBook()];
  const sipserver = createSipserverPlugin({
    stack,
    engine,
    clock,
    log,
    accounts: [account('1001'), account('1003')],
    servers,
    ownCredentials: false,
    callTypeHeader: 'X-Call-Type',
    answerTimeoutMs: 20_000,
    lineGraceMs: 5000,
    ...options,
  });
  onTestFinished(async () => {
    const closed = sipserver.close();
    await quiet();
    clock.advance(60_000);
    await closed;
  });
  return {
    plugin: sipserver.plugin,
    stockPlugin: sipserver.stockPlugin,
    oneTimeLink: (account: string) => sipserver.issueLink(account),
    counts: () => sipserver.counts(),
    close: () => sipserver.close(),
    stack,
    engine,
    clock,
    log,
    handset: (remoteAddress?: string) => new TestHandset(sipserver.plugin, remoteAddress),
    /** A handset that is registered as 1001. */
    registered: () => new TestHandset(sipserver.plugin).registers(),
  };
}

/** The same with 1001 in a call that a peer has made. */
export async function gatewayInCall() {
  const gateway = gatewayOfFakes();
  const handset = await gateway.registered();
  const call = gateway.stack.agent.isCalled({ offer: 'peer-offer' });
  await handset.hears('incomingcall');
  handset.asks({ request: 'accept' }, anAnswer);
  await quiet();
  call.acknowledges();
  await handset.hears('accept_reply');
  return { ...gateway, handset, call };
}
