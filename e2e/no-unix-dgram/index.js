/** Nobody in our tests reaches Janus over a Unix socket. */
export function createSocket() {
  throw new Error('Unix datagram sockets are left out of these tests');
}
