import type { LocalAddress } from './contract.ts';
import { defaultPort } from './default-port.ts';
import { topVia } from './header-values.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { formatVia } from './via.ts';

/**
 * Notes in a request's top Via where it really came from: `received` if the sent-by is not that address (RFC 3261 §18.2.1), and both
 * `received` and `rport` if the client asks by an empty `rport` (RFC 3581 §4). What the client itself wrote there does not count.
 */
export function markReceived(request: SipRequest, remoteHost: string, remotePort: number): void {
  const via = topVia(request);
  if (!via) return;
  const wantsPort = via.params.has('rport');
  const isElsewhere = via.host.toLowerCase() !== remoteHost.toLowerCase();
  if (!wantsPort && !isElsewhere && !via.params.has('received')) return;
  const params = new Map(via.params);
  params.delete('received');
  if (wantsPort) params.set('rport', String(remotePort));
  if (wantsPort || isElsewhere) params.set('received', remoteHost);
  request.headers.shift('Via');
  request.headers.prepend('Via', formatVia({ ...via, params }));
}

/** Whether a response is for us: its top Via must show our own sent-by (RFC 3261 §18.1.2). Without a port it is the default one. */
export function isSentBy(message: SipMessage, local: LocalAddress): boolean {
  const via = topVia(message);
  if (!via) return false;
  const usual = defaultPort(via.transport);
  return via.host.toLowerCase() === local.host.toLowerCase() && (via.port ?? usual) === (local.port ?? usual);
}
