/** RFC 3261 §18.1.1, RFC 7118 §5: the port of a transport where none is named. */
export function defaultPort(transport: string): number {
  switch (transport.toLowerCase()) {
    case 'tls':
      return 5061;
    case 'ws':
      return 80;
    case 'wss':
      return 443;
    default:
      return 5060;
  }
}
