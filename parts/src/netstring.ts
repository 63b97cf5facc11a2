import type { Socket } from 'node:net';

/** `5:hello,`: how baresip's control port frames its messages. */
export function toNetstring(text: string): string {
  return `${Buffer.byteLength(text)}:${text},`;
}

/** Calls back for each whole netstring that comes in. */
export function readNetstrings(socket: Socket, onMessage: (text: string) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (data: Buffer) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const colon = rest.indexOf(':');
      const length = Number(rest.toString('latin1', 0, Math.max(colon, 0)));
      if (colon < 0 || rest.length < colon + length + 2) return;
      const text = rest.toString('utf8', colon + 1, colon + 1 + length);
      rest = rest.subarray(colon + length + 2);
      onMessage(text);
    }
  });
}
