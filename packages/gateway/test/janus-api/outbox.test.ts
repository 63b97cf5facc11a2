import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { Outbox } from '../../src/janus-api/outbox.ts';

/** A socket that notes what each system call would have carried. */
function noted() {
  const calls: string[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      calls.push(chunk.toString());
      done();
    },
    writev: (chunks, done) => {
      calls.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { calls, socket, outbox: new Outbox<string>(socket, (text) => void socket.write(text)) };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is said in one turn goes out as one, in its order', async () => {
  const { calls, outbox } = noted();
  for (const text of ['ack ', 'hangingup ', 'hangup']) outbox.add(text);

  await nextTurn();
  outbox.add('later');
  await nextTurn();

  expect(calls).toEqual(['ack hangingup hangup', 'later']);
});

test('nothing is written before the turn is over, unless it is asked for, and nothing twice', async () => {
  const { calls, outbox } = noted();
  outbox.add('last words');
  expect(calls).toEqual([]);

  outbox.flush();
  await nextTurn();

  expect(calls).toEqual(['last words']);
});

test('a socket that is gone before the turn is over takes nothing, and nothing is thrown', async () => {
  const { calls, socket, outbox } = noted();
  outbox.add('too late');

  socket.destroy();
  await nextTurn();

  expect(calls).toEqual([]);
});
