import type { Flow, Protocol, Target } from './contract.ts';
import type { SipMessage } from './message.ts';
import type { ParseFault } from './parse.ts';

/** What a transport tells its owner. Nothing of it may throw; what it throws is a bug of the owner. */
export interface TransportEvents {
  /** A message that parsed. Requests have `received` and `rport` filled into their top Via (RFC 3261 §18.2.1, RFC 3581). */
  onMessage?: (message: SipMessage, flow: Flow) => void;
  /** Bytes that are no message. A `fault.request` for which `canAnswer` holds may be answered with the fault's status. */
  onMalformed?: (fault: ParseFault, flow: Flow) => void;
  /** A connection is gone, for whatever reason, `close()` excepted. Once a flow; never for UDP. */
  onBroken?: (flow: Flow) => void;
  /** The peer has answered a `probe`. `mapped`: from where it sees us, where it says so (STUN). */
  onAlive?: (flow: Flow, mapped?: string) => void;
}

/** One listening socket of one protocol, with the connections that belong to it. */
export interface SipTransport extends TransportEvents {
  readonly protocol: Protocol;
  /**
   * The address that is bound: an IP address and the port, which the system may have chosen. A transport that only connects has port 0,
   * and over a WebSocket a host that cannot be looked up.
   */
  readonly local: { readonly host: string; readonly port: number };
  /**
   * Sends one whole message. To a flow: over that very connection, or not at all (RFC 5626 §5.3). To a target: over a connection that
   * is there, else over a new one. Resolves once the system has the bytes, with the flow they went out on.
   * Rejects with SipError `transport`, or `closed` after `close()`.
   */
  send(bytes: Buffer, to: Flow | Target): Promise<Flow>;
  /**
   * Opens a connection, or finds one that is open, and sends nothing. Rejects as `send` does, and after `withinMs`.
   * Not there where there are no connections.
   */
  connect?(target: Target, withinMs: number): Promise<Flow>;
  /** Keeps the way to the peer open (RFC 5626 §4.4). Over UDP `crlf` is never answered; elsewhere it may be. Rejects as `send` does. */
  probe?(flow: Flow, how: 'crlf' | 'stun'): Promise<void>;
  /** Gives a connection up: it is dead, though nobody has said so. */
  drop?(flow: Flow): void;
  /** Open connections; 0 for UDP. */
  readonly connections: number;
  /** May be called twice. Resolves when nothing is open any more. */
  close(): Promise<void>;
}
