import { expect, test } from 'vitest';
import { describeInWorld } from './world/suites.ts';
import { tones } from './world/world.ts';

describeInWorld('what handsets say beside a call, through the exchange', { engine: 'embedded' }, (world) => {
  test('messages before and in a call, digits and INFO; nobody is there for others', async () => {
    const caller = await world.handset('1101');
    const callee = await world.handset('1102', { browser: await world.browser(tones.otherHandset) });

    const { messageId } = await caller.page.evaluate(() =>
      window.handset.handler.services.sendMessage('1102', '可以打电话吗？'),
    );
    expect(await callee.isTold('message')).toMatchObject({
      content: '可以打电话吗？',
      contentType: 'text/plain',
    });
    expect(await caller.isTold('messageDelivery')).toMatchObject({ messageId, code: 200 });
    await caller.callsClassic('1102');
    await callee.isTold('incomingcall');
    await callee.answers();
    await caller.isTold('accepted');
    for (const digit of ['4', '2'])
      await caller.page.evaluate((key) => window.handset.handler.services.dtmfInfo(key), digit);
    await callee.isToldByPlugin('info', {
      type: 'application/dtmf-relay',
      content: 'Signal=2\r\nDuration=160',
    });
    await callee.asksPlugin({ request: 'info', type: 'application/json', content: '{"seat":7}' });
    await caller.isToldByPlugin('info', { type: 'application/json', content: '{"seat":7}' });
    await callee.asksPlugin({ request: 'message', content: 'in the call' });
    await caller.isToldByPlugin('message', { content: 'in the call' });
    await callee.isToldByPlugin('messagedelivery', { code: 200 });

    await caller.asksPlugin({ request: 'message', uri: '1103', content: 'anybody?' });
    await caller.isToldByPlugin('messagedelivery', { code: 480 });
    await caller.asksPlugin({ request: 'message', uri: '4711', content: 'anybody?' });
    await caller.isToldByPlugin('messagedelivery', { code: 404 });
    await caller.asksPlugin({ request: 'subscribe', event: 'dialog', to: '1102' });
    await caller.isToldByPlugin('subscribe_failed', { code: 405 });
    await caller.hears(tones.otherHandset);
    await caller.hangsUp();
    await callee.isTold('hangup');
  });
});
