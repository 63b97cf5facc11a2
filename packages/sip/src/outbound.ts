import type { Flow, Target } from './contract.ts';
import type { Core } from './core.ts';
import { FailedTargets } from './failed-targets.ts';
import type { SipMessage, SipRequest } from './message.ts';
import type { Hops } from './resolve.ts';
import type { Hop, TransportSet } from './transport-set.ts';
import { formatVia } from './via.ts';
import { writeMessage } from './write.ts';

/** RFC 3261 §18.1.1: what is longer may not go over UDP where the path is not known better. */
const usualDatagram = 1_300;
/** A firewall may swallow what asks for a connection: the call must not wait for that. */
const tcpInsteadMs = 2_000;
const noTcpForMs = 600_000;

/** How messages go out: their top Via, the choice between a datagram and a connection, and the next hop where one fails. */
export class Outbound {
  readonly #core: Core;
  readonly #transports: TransportSet;
  readonly #longestDatagram: number;
  /** Where a long request found no connection. */
  readonly #noTcp: FailedTargets;

  constructor(core: Core, transports: TransportSet, longestDatagram = usualDatagram) {
    this.#core = core;
    this.#transports = transports;
    this.#longestDatagram = longestDatagram;
    this.#noTcp = new FailedTargets(core.clock);
  }

  /**
   * Writes the top Via for the way and goes on with it. RFC 3261 §18.1.1: what is too long for a datagram takes TCP; where no connection
   * comes about, UDP after all.
   */
  start(request: SipRequest, branch: string, way: Hops, go: (way: Hops) => void, failed: () => void): void {
    const over = (hops: Hops) => {
      request.headers.shift('Via');
      this.#prependVia(request, hops[0], branch);
      go(hops);
    };
    this.#prependVia(request, way[0], branch);
    this.#core.guard(
      'write',
      () => {
        const instead = this.#tcpInstead(request, way[0]);
        if (!instead) return go(way);
        instead.connect.then(
          (flow) => this.#core.guard('tcp instead of udp', () => over([flow]), failed),
          () => {
            this.#core.count('tcpInsteadRefused');
            this.#noTcp.add(instead.target, noTcpForMs);
            this.#core.guard('udp after all', () => over(way), failed);
          },
        );
      },
      failed,
    );
  }

  #tcpInstead(
    request: SipRequest,
    hop: Hop,
  ): { readonly target: Target; readonly connect: Promise<Flow> } | undefined {
    // A flow was chosen by the peer: nothing else may reach it (RFC 5626 §5.3).
    if (hop.protocol !== 'udp' || !('host' in hop)) return undefined;
    if (writeMessage(request).length <= this.#longestDatagram) return undefined;
    const target: Target = { ...hop, protocol: 'tcp' };
    if (this.#noTcp.has(target)) return undefined;
    const connect = this.#transports.to(target)?.connect?.(target, tcpInsteadMs);
    return connect && { target, connect };
  }

  /** Hands the message to one hop, or to the next where that fails. `failed`: nobody took it. */
  write(message: SipMessage, [hop, ...others]: readonly Hop[], failed: () => void): void {
    const transport = hop && this.#transports.to(hop);
    if (!transport) return failed();
    const to = { to: hopHost(hop), protocol: hop.protocol };
    this.#core.trace('sent', () => ({ ...to, ...outline(message) }));
    this.#core.guard(
      'write',
      () => {
        transport.send(writeMessage(message), hop).catch((err: unknown) => {
          if (others.length > 0) return this.write(message, others, failed);
          this.#core.count('transportErrors');
          this.#core.log.warn({ err, host: hopHost(hop), protocol: hop.protocol }, 'message not sent');
          this.#core.guard('message not sent', failed);
        });
      },
      failed,
    );
  }

  #prependVia(request: SipRequest, hop: Hop, branch: string): void {
    const { protocol } = hop;
    const local = this.#transports.localAddress(protocol, hopHost(hop)) ?? { host: 'invalid' };
    const params = new Map([['branch', branch]]);
    if (protocol === 'udp') params.set('rport', '');
    request.headers.prepend('Via', formatVia({ transport: protocol.toUpperCase(), ...local, params }));
  }
}

function hopHost(hop: Hop): string {
  return 'host' in hop ? hop.host : hop.remoteHost;
}

/** What a log shows of a message: nothing that names a person or could be a secret. */
export function outline(message: SipMessage): object {
  const { headers } = message;
  const what = message.kind === 'request' ? { method: message.method } : { status: message.status };
  return { ...what, cseq: headers.get('CSeq'), callId: headers.get('Call-ID') };
}
