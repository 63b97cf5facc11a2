import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { TurnWriter } from '../../src/janus-api/turn-writer.ts';

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
  return { calls, socket, writer: new TurnWriter(socket) };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is said in one turn goes out as one, in its order', async () => {
  const { calls, socket, writer } = noted();
  for (const text of ['ack ', 'hangingup ', 'hangup']) {
    writer.hold();
    socket.write(text);
  }

  await nextTurn();
  writer.hold();
  socket.write('later');
  await nextTurn();

  expect(calls).toEqual(['ack hangingup hangup', 'later']);
});

test('a socket that is gone before the turn is over takes nothing, and nothing is thrown', async () => {
  const { calls, socket, writer } = noted();
  writer.hold();
  socket.write('too late');

  socket.destroy();
  await nextTurn();

  expect(calls).toEqual([]);
});
