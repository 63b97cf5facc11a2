import { describe, expect, test } from 'vitest';
import { Headers } from '../src/headers.ts';
import { bench, expectNothingLeft } from './ladder.ts';
import type { Bench } from './ladder.ts';

const ringingFor = (made: Bench, method: string) => {
  const statuses: number[] = [];
  const transaction = made.stack.request(
    {
      kind: 'request',
      method,
      uri: 'sip:x@192.0.2.9',
      headers: new Headers([
        ['From', '<sip:us@192.0.2.1>;tag=u'],
        ['To', '<sip:x@192.0.2.9>'],
        ['Call-ID', 'c'],
        ['CSeq', `1 ${method}`],
      ]),
      body: '',
    },
    { provisional: ({ status }) => statuses.push(status), final: ({ status }) => statuses.push(status) },
  );
  return { transaction, statuses };
};

/** When each message reached the peer, in milliseconds, until `end`. */
async function arrivals({ clock, peer }: Bench, end: number): Promise<number[]> {
  const times: number[] = [];
  while (clock.now() < end) {
    await clock.advance(50);
    peer.drain().forEach(() => times.push(clock.now()));
  }
  return times;
}

const request = (method: string, branch: string) => `${method} sip:nobody@192.0.2.1 SIP/2.0
  Via: SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}
  From: <sip:p@192.0.2.9>;tag=p
  To: <sip:nobody@192.0.2.1>
  Call-ID: c
  CSeq: 1 ${method}

  `;

describe('retransmissions', () => {
  test('of an INVITE: timer A doubles without end, timer B ends it', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'INVITE');
    await made.peer.hears('INVITE');

    expect(await arrivals(made, 40_000)).toEqual([500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(statuses).toEqual([408]);
  });

  test('of an INVITE stop with the first provisional response, 100 included', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'INVITE');
    await made.peer.answers(await made.peer.hears('INVITE'), '100 Trying');

    expect(await arrivals(made, 100_000)).toEqual([]);
    expect(statuses).toEqual([]);
  });

  test('of any other request: timer E doubles up to T2, timer F ends it', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'OPTIONS');
    await made.peer.hears('OPTIONS');

    expect(await arrivals(made, 40_000)).toEqual([
      500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(statuses).toEqual([408]);
  });

  test('of any other request after a provisional response: each T2', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'OPTIONS');
    const options = await made.peer.hears('OPTIONS');
    await made.clock.advance(100);
    await made.peer.answers(options, '180 Ringing');

    expect(await arrivals(made, 14_000)).toEqual([500, 4_500, 8_500, 12_500]);
    expect(statuses).toEqual([180]);
  });

  test('of a refusal of an INVITE: timer G doubles up to T2, timer H ends it', async () => {
    const made = bench();
    await made.peer.sends(request('INVITE', 'z9hG4bKg'));
    await made.peer.hears('100');
    await made.peer.hears('404');

    expect(await arrivals(made, 40_000)).toEqual([
      500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(made.stack.stats['timerH']).toBe(1);
    await expectNothingLeft(made);
  });

  test('none over TCP, where the transactions also end at once', async () => {
    const made = bench({ protocol: 'tcp' });
    const { statuses } = ringingFor(made, 'OPTIONS');
    const options = await made.peer.hears('OPTIONS');
    expect(await arrivals(made, 20_000)).toEqual([]);
    await made.peer.answers(options, '200 OK');
    expect(made.stack.counts().transactions).toBe(0);

    await made.peer.sends(request('MESSAGE', 'z9hG4bKm').replace('/UDP', '/TCP'));
    await made.peer.hears('404');
    expect(made.stack.counts().transactions).toBe(0);
    await made.peer.sends(request('INVITE', 'z9hG4bKi').replace('/UDP', '/TCP'));
    await made.peer.hears('100');
    await made.peer.hears('404');
    expect(await arrivals(made, 40_000)).toEqual([]);
    await made.peer.sends(request('ACK', 'z9hG4bKi').replace('/UDP', '/TCP'));

    expect(statuses).toEqual([200]);
    expect(made.stack.counts().transactions).toBe(0);
  });
});

describe('what comes again', () => {
  test('a final response is given up once; later ones of another kind are ignored', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'INVITE');
    const invite = await made.peer.hears('INVITE');

    await made.peer.answers(invite, '486 Busy Here');
    await made.peer.answers(invite, '486 Busy Here');
    await made.peer.answers(invite, '200 OK');
    await made.peer.answers(invite, '180 Ringing');

    expect(statuses).toEqual([486]);
    expect(made.peer.drain().map((one) => one.text.slice(0, 3))).toEqual(['ACK', 'ACK']);
    await expectNothingLeft(made);
  });

  test('each 2xx is given up until timer M; a refusal after it is ignored', async () => {
    const made = bench();
    const { statuses } = ringingFor(made, 'INVITE');
    const invite = await made.peer.hears('INVITE');

    await made.peer.answers(invite, '200 OK');
    await made.peer.answers(invite, '486 Busy Here');
    await made.clock.advance(31_999);
    await made.peer.answers(invite, '200 OK');
    await made.clock.advance(1);
    await made.peer.answers(invite, '200 OK');

    expect(statuses).toEqual([200, 200]);
    expect(made.stack.stats['strayResponses']).toBe(1);
    await made.peer.hearsNothing();
  });

  test('a request gets the last response until timer J, then it is a new one', async () => {
    const made = bench();
    let taken = 0;
    made.stack.onRequest = (transaction) => {
      taken += 1;
      transaction.respond(200, { reason: `No. ${taken}` });
    };
    await made.peer.sends(request('MESSAGE', 'z9hG4bKj'));
    await made.peer.hears('SIP/2.0 200 No. 1');

    await made.clock.advance(31_999);
    await made.peer.sends(request('MESSAGE', 'z9hG4bKj'));
    await made.peer.hears('SIP/2.0 200 No. 1');
    await made.clock.advance(1);
    await made.peer.sends(request('MESSAGE', 'z9hG4bKj'));

    await made.peer.hears('SIP/2.0 200 No. 2');
  });

  test('an ACK again, until timer I', async () => {
    const made = bench();
    await made.peer.sends(request('INVITE', 'z9hG4bKi'));
    await made.peer.hears('100');
    await made.peer.hears('404');

    await made.peer.sends(request('ACK', 'z9hG4bKi'));
    await made.peer.sends(request('INVITE', 'z9hG4bKi'));
    await made.peer.sends(request('ACK', 'z9hG4bKi'));
    await made.clock.advance(4_999);
    expect(made.stack.counts().transactions).toBe(1);
    await made.clock.advance(1);

    expect(made.stack.counts().transactions).toBe(0);
    await made.peer.hearsNothing();
  });

  test('the same branch from another host is another request', async () => {
    const made = bench();

    await made.peer.sends(request('MESSAGE', 'z9hG4bKx'));
    await made.peer.sends(request('MESSAGE', 'z9hG4bKx').replace('192.0.2.9:5060;', '192.0.2.9:5062;'));

    expect(made.stack.counts().transactions).toBe(2);
  });
});

test('only an INVITE can be cancelled', async () => {
  const made = bench();
  const { transaction } = ringingFor(made, 'OPTIONS');
  await made.peer.hears('OPTIONS');

  transaction.cancel();

  await made.peer.hearsNothing();
});
