import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import { requestJsep, sipserverErrors, SipserverRequest } from '@soft-handset/protocol';
import type { Jsep } from '@soft-handset/protocol';
import { gatewayOfFakes } from '../fakes/gateway-of-fakes.ts';
import { anAnswer, anOffer, quiet, TestHandset } from '../fakes/test-handset.ts';

/*
 * Every request that the schema knows, every field of it, wrong in every way and in every state of a call:
 * an error, and the call is as it was. A new request or field is covered by itself.
 */

interface BadRequest {
  readonly why: string;
  readonly body: object;
  readonly jsep: Jsep | undefined;
  readonly code: number;
}

type Gateway = ReturnType<typeof gatewayOfFakes>;
type GoesOn = () => Promise<void>;

/** No field takes any of these. */
const neverGood: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a list of lists', [[]]],
  ['an object of objects', { 'X-A': {} }],
  ['a negative number', -1],
  ['a broken number', 1.5],
  ['a huge number', 1e21],
  ['a long text', 'x'.repeat(20_000)],
  ['a list of long texts', ['x'.repeat(20_000)]],
  ['a long header', { 'X-A': 'x'.repeat(20_000) }],
  ['a header of two lines', { 'X-A': 'a\r\nVia: b' }],
  ['many headers', Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`X-${at}`, 'a']))],
];
/** No field but the text of a message. */
const twoLines = 'sip:1002@pbx.example\r\nVia: SIP/2.0/UDP evil';
/** What a field that must be there is given while another one is wrong; the first that its schema takes. */
const samples: readonly unknown[] = ['1002', '1', 'start', 'text/plain', 1, true];

const badRequests: readonly BadRequest[] = SipserverRequest.options.flatMap(({ entries }) => {
  const name = entries.request.literal;
  const fields = Object.entries(entries as Record<string, v.GenericSchema>).filter(
    ([field]) => field !== 'request',
  );
  const needed = fields.filter(([, schema]) => schema.type !== 'optional');
  const body = {
    request: name,
    ...Object.fromEntries(needed.map(([field, schema]) => [field, sample(field, schema)])),
  };
  const wanted = requestJsep[name];
  const jsep = wanted === 'none' ? undefined : wanted === 'answer' ? anAnswer : anOffer;
  const { missingElement, invalidElement, missingSdp } = sipserverErrors;
  return [
    ...needed.map(([field]) => ({
      why: `${name} without ${field}`,
      body: { ...body, [field]: undefined },
      jsep,
      code: missingElement,
    })),
    ...fields.flatMap(([field]) =>
      [...neverGood, ...(field === 'content' ? [] : [['two lines', twoLines] as const])].map(
        ([kind, value]) => ({
          why: `${name} with ${field}: ${kind}`,
          body: { ...body, [field]: value },
          jsep,
          code: invalidElement,
        }),
      ),
    ),
    ...(jsep
      ? [{ why: `${name} without JSEP`, body, jsep: undefined, code: missingSdp }]
      : [{ why: `${name} with JSEP`, body, jsep: anOffer, code: invalidElement }]),
  ];
});

/** How a handset comes into the state, and how the call goes on from there as if nothing had been. */
const states: readonly (readonly [string, (gateway: Gateway, handset: TestHandset) => Promise<GoesOn>])[] = [
  ['not registered', async (_, handset) => () => handset.registers().then(() => undefined)],
  [
    'registered',
    async (gateway, handset) => {
      await handset.registers();
      return async () => {
        handset.asks({ request: 'new_call', uri: '1002' });
        await handset.hears('calling');
        expect(gateway.stack.agent.calls).toHaveLength(1);
      };
    },
  ],
  [
    'ringing',
    async ({ stack }, handset) => {
      await handset.registers();
      const call = stack.agent.isCalled({ offer: 'peer-offer' });
      await handset.hears('incomingcall');
      return async () => {
        handset.asks({ request: 'accept' }, anAnswer);
        await quiet();
        expect(call.did).toEqual(['180', '200 plain(handset-answer)']);
      };
    },
  ],
  [
    'calling without an offer',
    async ({ stack }, handset) => {
      await handset.registers();
      handset.asks({ request: 'new_call', uri: '1002' });
      await handset.hears('calling');
      return async () => {
        stack.agent.call.answers('peer-offer');
        await handset.hears('new_accepted');
      };
    },
  ],
  [
    'answered, the handset not yet',
    async ({ stack }, handset) => {
      await handset.registers();
      handset.asks({ request: 'new_call', uri: '1002' });
      await handset.hears('calling');
      stack.agent.call.answers('peer-offer');
      await handset.hears('new_accepted');
      return async () => {
        handset.asks({ request: 'new_accept' }, anAnswer);
        await handset.hears('accept_reply');
      };
    },
  ],
  [
    'calling with an offer',
    async ({ stack }, handset) => {
      await handset.registers();
      handset.asks({ request: 'call', uri: '1002' }, anOffer);
      await handset.hears('calling');
      return async () => {
        stack.agent.call.answers('peer-answer');
        await handset.hears('accepted');
      };
    },
  ],
  [
    'in a call',
    async (gateway, handset) => {
      const call = await answer(gateway, handset);
      return async () => {
        expect(call.state).toBe('confirmed');
        call.ends({ status: 200, reason: 'OK' });
        await handset.hears('hangup', { code: 200 });
      };
    },
  ],
  [
    'asked by the peer for a change',
    async (gateway, handset) => {
      const call = await answer(gateway, handset);
      call.offersChange('another-offer');
      await handset.hears('updatingcall');
      return async () => {
        handset.asks({ request: 'update' }, anAnswer);
        await handset.hears('updated');
      };
    },
  ],
  [
    'waiting for the peer to take a change',
    async (gateway, handset) => {
      const call = await answer(gateway, handset);
      handset.asks({ request: 'update' }, anOffer);
      await handset.hears('updating');
      return async () => {
        call.answersChange({ sdp: 'another-answer' });
        await handset.hears('updated');
      };
    },
  ],
];

describe.each(['plugin', 'stockPlugin'] as const)(
  '%s: wrong fields cost an error and nothing else',
  (plugin) => {
    test.each(states)('%s', async (_, reach) => {
      const gateway = gatewayOfFakes();
      const handset = new TestHandset(gateway[plugin]);
      const goesOn = await reach(gateway, handset);
      const before = facts(gateway);

      for (const { why, body, jsep, code } of badRequests) {
        const transaction = handset.asks(body, jsep);
        const refused = await handset.hears('error');
        expect({ why, code: refused['code'], transaction: refused.transaction }).toEqual({
          why,
          code,
          transaction,
        });
      }
      await handset.hearsNothing();

      expect(facts(gateway)).toEqual(before);
      expect(gateway.log.texts('error')).toEqual([]);
      await goesOn();
    });
  },
);

/** What would change if a bad request did anything. */
function facts({ stack, engine, counts, clock }: Gateway) {
  const calls = stack.agents.flatMap((agent) =>
    agent.calls.map(({ state, did }) => ({ state, did: [...did] })),
  );
  return { calls, counts: counts(), media: engine.sessionCount, timers: clock.timerCount };
}

async function answer({ stack }: Gateway, handset: TestHandset) {
  await handset.registers();
  const call = stack.agent.isCalled({ offer: 'peer-offer' });
  await handset.hears('incomingcall');
  handset.asks({ request: 'accept' }, anAnswer);
  await quiet();
  call.acknowledges();
  await quiet();
  handset.forgets('accept_reply');
  handset.forgets('accepted');
  return call;
}

function sample(field: string, schema: v.GenericSchema): unknown {
  const found = samples.find((value) => v.is(schema, value));
  if (found === undefined) throw new Error(`no sample fits ${field}: add one`);
  return found;
}
