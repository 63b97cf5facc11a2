import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import type { Pipe } from './pipe.ts';

/** A WebSocket that is open, on its socket. Our messages go out as text, as pages in a browser want them. */
export function webSocketPipe(webSocket: WebSocket, socket: Socket | undefined): Pipe {
  socket?.setNoDelay(true);
  socket?.setKeepAlive(true, 60_000);
  return {
    get isOpen() {
      return webSocket.readyState === webSocket.OPEN;
    },
    get unsentBytes() {
      return webSocket.bufferedAmount;
    },
    listen: ({ received, closed }) => {
      webSocket.on('message', (data) => received(bytesOf(data)));
      // RFC 6455 §5.5.2: the pong to a ping goes out by itself; either shows that the peer is there.
      for (const sign of ['ping', 'pong'] as const) webSocket.on(sign, () => received(Buffer.alloc(0)));
      webSocket.on('error', () => undefined); // `close` follows and says all that counts.
      webSocket.once('close', closed);
    },
    write: (bytes, done) => webSocket.send(bytes, { binary: false }, done),
    // Servers answer it always, which cannot be said of line ends.
    ping: (done) => webSocket.ping(undefined, undefined, done),
    end: () => webSocket.close(),
    destroy: () => webSocket.terminate(),
  };
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
