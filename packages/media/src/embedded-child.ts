import type { FromChild, ToChild } from './embedded-messages.ts';
import { EmbeddedServer } from './embedded-server.ts';
import { pauseAfterPackets } from './packet-pause.ts';
import { watchTransports } from './watch-transports.ts';

/*
 * The child process of the embedded engine: it moves the packets, so that neither the server's work delays them nor a
 * fault in native code takes the server along. It lives as long as its parent's channel.
 */

/** For recordings to become whole; a disk that hangs must not keep us. */
const exitLimitMs = 1500;

// A channel that is broken is followed by `disconnect`.
const ignore = (): void => undefined;
const server = new EmbeddedServer(
  (message: FromChild) => void process.send?.(message, undefined, {}, ignore),
);

pauseAfterPackets();
watchTransports((oddity, count) => server.odd(oddity, count));
process.on('message', (message) => server.hear(message as ToChild));
process.on('disconnect', () => {
  setTimeout(() => process.exit(), exitLimitMs);
  void server.close().finally(() => process.exit());
});
// Ctrl-C reaches all processes of a terminal; the parent ends its calls first.
process.on('SIGINT', () => undefined);
