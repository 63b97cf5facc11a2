import type { IncomingInvite, InviteSessionHandler, UserAgent } from '@soft-handset/sip';
import { systemClock } from '@soft-handset/sip';
import { expect, test } from 'vitest';
import { AnsweringNumber, type Service } from '../src/answering-number.ts';

/** A call on paper: what was done with it, in its order. */
function paperCall() {
  const done: string[] = [];
  let handler: InviteSessionHandler | undefined;
  const call = {
    state: 'early',
    offer: 'offer',
    attach: (given: InviteSessionHandler) => (handler = given),
    ring: () => done.push('ring'),
    accept: (sdp: string) => done.push(`accept ${sdp}`),
    reject: (status: number) => {
      done.push(`reject ${status}`);
      handler?.ended({ status, reason: '', by: 'us' } as never);
    },
    end: () => done.push('end'),
  };
  const reoffer = {
    sdp: 'again',
    accept: (sdp: string) => done.push(`accept ${sdp}`),
    reject: (status: number) => done.push(`reject ${status}`),
  };
  return {
    call: call as unknown as IncomingInvite,
    done,
    isReoffered: () => handler?.reoffered?.(reoffer as never),
  };
}

function numberOf(service: Partial<Service>, limit = 1) {
  const agent: Pick<UserAgent, 'onInvite'> = {};
  const errors: string[] = [];
  const note = (_facts: object, text: string) => errors.push(text);
  const number = new AnsweringNumber(
    agent,
    () => ({
      packets: 0,
      open: () => Promise.resolve(),
      describe: (offer) => `answer to ${offer}`,
      confirmed: () => undefined,
      close: () => undefined,
      ...service,
    }),
    {
      log: { error: note, warn: note, info: note, debug: note },
      clock: { ...systemClock, setTimeout: () => () => undefined },
      admits: () => ({ caller: '127.0.0.1', ended: () => undefined }),
      limit,
    },
  );
  return { number, errors, isCalled: (call: IncomingInvite) => agent.onInvite?.(call) };
}

const broken = (): never => {
  throw new TypeError('undefined is no object');
};

test('a call is answered, and so is what is offered in it', async () => {
  const { isCalled } = numberOf({});
  const { call, done, isReoffered } = paperCall();

  isCalled(call);
  await expect.poll(() => done).toEqual(['ring', 'accept answer to offer']);
  isReoffered();

  expect(done.at(-1)).toBe('accept answer to again');
});

test.each([
  ['that has nothing we have', { describe: () => undefined }, 488, []],
  ['that our own code breaks at', { describe: broken }, 500, ['a promise of our own code was broken']],
  [
    'for which no port is free',
    { open: () => Promise.reject(new Error('none')) },
    503,
    ['no port for a service'],
  ],
])('a call %s is refused by itself, and is kept no longer', async (_what, service, status, told) => {
  const { number, errors, isCalled } = numberOf(service);
  const { call, done } = paperCall();

  isCalled(call);

  await expect.poll(() => done).toEqual(['ring', `reject ${status}`]);
  expect([errors, number.callCount]).toEqual([told, 0]);
});

test('an offer in the call that our own code breaks at is refused with 500, and the call goes on', async () => {
  let offers = 0;
  const describe = () => ((offers += 1) === 1 ? 'answer' : broken());
  const { number, isCalled } = numberOf({ describe });
  const { call, done, isReoffered } = paperCall();
  isCalled(call);
  await expect.poll(() => done).toContain('accept answer');

  isReoffered();

  expect([done.at(-1), number.callCount]).toEqual(['reject 500', 1]);
});

test('a call more than there may be is busy, and the others end with the number', async () => {
  const { number, isCalled } = numberOf({});
  const [first, second] = [paperCall(), paperCall()];

  isCalled(first.call);
  isCalled(second.call);
  number.close();

  expect([second.done, number.callCount]).toEqual([['reject 486'], 1]);
  await expect.poll(() => first.done).toContain('end');
});
