import { Headers } from '@soft-handset/sip';
import type { SipResponse } from '@soft-handset/sip';
import { describe, expect, test } from 'vitest';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { quiet } from '../fakes/test-handset.ts';

const exchange = { echo: '600', address: '127.0.0.1:5060' };
const list = {
  extensions: [
    { number: '1001', display_name: 'Alice', state: 'online' },
    { number: '1002', state: 'busy' },
  ],
};

function answer(status: number, body: string): SipResponse {
  return { kind: 'response', status, reason: '', headers: new Headers(), body };
}

async function registeredAt(options: Parameters<typeof gatewayOfFakes>[0] = { exchange }) {
  const gateway = gatewayOfFakes(options);
  const handset = await gateway.registered();
  return { gateway, handset, agent: gateway.stack.agent };
}

describe('the list of extensions', () => {
  test('comes from the exchange, asked with the account of the handset', async () => {
    const { handset, agent } = await registeredAt();
    agent.answersRequest = () => Promise.resolve(answer(200, JSON.stringify(list)));

    const transaction = handset.asks({ request: 'extensions' });

    expect(await handset.hears('extensions', { transaction })).toMatchObject(list);
    expect(agent.requests).toEqual(['OPTIONS sip:extensions@pbx.example']);
  });

  test('is asked for once where several want it at the same time', async () => {
    const { handset, agent } = await registeredAt();
    agent.answersRequest = () => Promise.resolve(answer(200, JSON.stringify(list)));

    handset.asks({ request: 'extensions' });
    handset.asks({ request: 'extensions' });
    await handset.hears('extensions');
    await handset.hears('extensions');

    expect(agent.requests).toHaveLength(1);
    handset.asks({ request: 'extensions' });
    await handset.hears('extensions');
    expect(agent.requests).toHaveLength(2);
  });

  const refusals: readonly (readonly [what: string, response: SipResponse])[] = [
    ['refuses', answer(403, '')],
    ['does not answer', answer(408, '')],
    ['answers without a list', answer(200, '')],
    ['answers nonsense', answer(200, '{"extensions":')],
    ['answers what is no list', answer(200, '{"extensions":[{"number":1001,"state":"online"}]}')],
  ];
  for (const [what, response] of refusals) {
    test(`an exchange that ${what}: 442, and the line goes on`, async () => {
      const { handset, agent } = await registeredAt();
      agent.answersRequest = () => Promise.resolve(response);

      handset.asks({ request: 'extensions' });

      await handset.isRefused(442);
      handset.asks({ request: 'unregister' });
      await handset.hears('unregistering');
    });
  }

  test('an exchange that cannot be asked: 449', async () => {
    const { handset } = await registeredAt();

    handset.asks({ request: 'extensions' });

    await handset.isRefused(449);
  });

  test('where there is no exchange nobody is asked: 442', async () => {
    const { handset, agent } = await registeredAt({});

    handset.asks({ request: 'extensions' });

    await handset.isRefused(442);
    expect(agent.requests).toEqual([]);
  });

  test('is not for who has not registered: 447', async () => {
    const handset = gatewayOfFakes({ exchange }).handset();

    handset.asks({ request: 'extensions' });

    await handset.isRefused(447);
    await quiet();
  });
});
