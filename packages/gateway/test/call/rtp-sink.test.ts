import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { RtpSink } from '../../src/call/rtp-sink.ts';

test('the sink takes packets on both ports of a pair, and gives the ports back', async () => {
  const sink = new RtpSink('127.0.0.1');
  const { host, port } = await sink.address();
  expect(await sink.address()).toEqual({ host, port });
  expect(port % 2).toBe(0);
  const sender = createSocket('udp4');
  const errors: Error[] = [];
  sender.on('error', (error) => errors.push(error));
  sender.connect(port, host);
  await once(sender, 'connect');
  sender.send('rtp');
  await new Promise((sent) => sender.send('more', sent));
  sender.close();
  expect(errors).toEqual([]);

  sink.close();
  sink.close();

  await expect
    .poll(async () => {
      const again = createSocket('udp4').bind(port, host);
      const isFree = await once(again, 'listening').then(
        () => true,
        () => false,
      );
      again.close();
      return isFree;
    })
    .toBe(true);
});
