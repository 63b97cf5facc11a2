import Janode from 'janode';
import SipPlugin from 'janode/plugins/sip';
import { expect, onTestFinished, test } from 'vitest';
import { madeUpSdp } from './world/node-handset.ts';
import { describeInWorld } from './world/suites.ts';

/* A server of somebody else's that was written for Janus and its SIP plugin, on Meetecho's own library for Node. */
describeInWorld("Janode's SIP plugin", { engine: 'embedded' }, (world) => {
  async function registered(account: string) {
    const connection = await Janode.connect({
      is_admin: false,
      address: { url: `${world.origin.replace('https', 'wss')}/janus` },
      ws_options: { rejectUnauthorized: false },
    });
    onTestFinished(() => connection.close());
    const session = await connection.create();
    const handle = await session.attach(SipPlugin);
    const username = `sip:${account}@127.0.0.1:${world.exchange.port}`;
    const answer = await handle.register({ username, secret: 'whatever', display_name: account });
    expect(answer).toMatchObject({ username, register_sent: true });
    return handle;
  }

  /** The next event of that name. */
  function heard(handle: Awaited<ReturnType<typeof registered>>, event: string) {
    return new Promise<Readonly<Record<string, unknown>>>((resolve) => handle.once(event, resolve));
  }

  test('one calls, the other takes it, and the first hangs up', async () => {
    const [caller, callee] = [await registered('1101'), await registered('1102')];
    const [incoming, ringing] = [
      heard(callee, SipPlugin.EVENT.SIP_INCOMING),
      heard(caller, SipPlugin.EVENT.SIP_RINGING),
    ];

    const calls = caller.call({ uri: uriOf('1102'), jsep: madeUpSdp('offer') });
    const { call_id, jsep } = await incoming;
    expect(jsep).toMatchObject({ type: 'offer' });
    await ringing;
    await callee.accept({ jsep: madeUpSdp('answer') });
    expect((await calls).jsep).toMatchObject({ type: 'answer' });
    const over = heard(callee, SipPlugin.EVENT.SIP_HANGUP);
    await caller.sip_hangup();

    expect(await over).toMatchObject({ call_id });
  });

  test('a call that is declined fails with its status', async () => {
    const [caller, callee] = [await registered('1101'), await registered('1102')];
    const incoming = heard(callee, SipPlugin.EVENT.SIP_INCOMING);

    const calls = caller.call({ uri: uriOf('1102'), jsep: madeUpSdp('offer') });
    const fails = expect(calls).rejects.toThrow('486');
    await incoming;
    await callee.decline();

    await fails;
  });

  test('a number that nobody has fails too', async () => {
    const caller = await registered('1101');

    await expect(caller.call({ uri: uriOf('4711'), jsep: madeUpSdp('offer') })).rejects.toThrow('404');
  });

  function uriOf(number: string): string {
    return `sip:${number}@127.0.0.1:${world.exchange.port}`;
  }
});
