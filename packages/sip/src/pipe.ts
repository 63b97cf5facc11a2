import type { Socket } from 'node:net';
import type { Target } from './contract.ts';

/** What carries one connection: a TCP or TLS socket, or a WebSocket. */
export interface Pipe {
  readonly isOpen: boolean;
  /** Bytes that wait for the peer to take them. */
  readonly unsentBytes: number;
  /** Once, before anything can have come. */
  listen(events: PipeEvents): void;
  /** `done` is called once the system has the bytes, or never will. */
  write(bytes: Buffer | string, done: (cause?: Error | null) => void): void;
  /** Asks the peer for a sign of life in the pipe's own way; it comes as nothing received. Without: there is no such way. */
  ping?(done: (cause?: Error | null) => void): void;
  /** Ends when what was written has gone out. */
  end(): void;
  destroy(): void;
}

export interface PipeEvents {
  readonly received: (bytes: Buffer) => void;
  /** Once, when nothing is left of it. */
  readonly closed: () => void;
}

/** Starts a connection. Either `opened` or `failed` is called, once and never before this returns; the function returned gives up. */
export type Dial = (
  target: Target,
  opened: (pipe: Pipe) => void,
  failed: (cause: unknown) => void,
) => (why?: Error) => void;

/** Where connections come in. */
export interface Listener {
  readonly local: { readonly host: string; readonly port: number };
  onPipe?: (pipe: Pipe, host: string, port: number) => void;
  /** Resolves when nothing listens any more; connections that are up are not its business. */
  close(): Promise<void>;
}

export function socketPipe(socket: Socket): Pipe {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return {
    get isOpen() {
      return socket.writable;
    },
    get unsentBytes() {
      return socket.writableLength;
    },
    listen: ({ received, closed }) => {
      socket.on('data', received);
      socket.on('error', () => undefined); // `close` follows and says all that counts.
      socket.once('close', closed);
    },
    write: (bytes, done) => void socket.write(bytes, done),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}

/** A socket that is being connected, as `Dial` wants it. `ready` says by which event it is; `check` may refuse it then. */
export function dialSocket(
  socket: Socket,
  ready: 'connect' | 'secureConnect',
  opened: (pipe: Pipe) => void,
  failed: (cause: unknown) => void,
  check: () => Error | undefined = () => undefined,
): (why?: Error) => void {
  let cause: unknown;
  socket.once('error', (error) => (cause = error));
  // `close` ends each attempt that fails; `ready` may come first.
  const close = (): void => failed(cause);
  socket.once('close', close);
  socket.once(ready, () => {
    const refusal = check();
    if (refusal) return void socket.destroy(refusal);
    socket.off('close', close);
    opened(socketPipe(socket));
  });
  return (why) => void socket.destroy(why);
}
