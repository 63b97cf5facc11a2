import type * as native from 'node-datachannel';
import type { ReservedPort } from './ice-ports.ts';

export interface TransportOptions {
  /** The one address of this machine that ICE uses; all of them unless given. */
  readonly iceAddress?: string;
  /** UDP ports for ICE, one for each call. Unless given, one that all calls share. */
  readonly icePorts?: { readonly from: number; readonly to: number };
  /** The one UDP port for the ICE of all calls; from the system unless given. */
  readonly icePort?: number;
  /** Where browsers reach this machine behind a NAT 1:1; offered beside its own addresses. */
  readonly publicAddress?: string;
}

/**
 * What libdatachannel is to know of them, and of the port, which is free from now on for whoever takes it in this turn.
 * Without a port it takes one of the system's.
 */
export function nativeConfig({ iceAddress }: TransportOptions, port?: ReservedPort): native.RtcConfig {
  port?.release();
  return {
    iceServers: [],
    forceMediaTransport: true,
    disableAutoNegotiation: true,
    ...(iceAddress !== undefined && { bindAddress: iceAddress }),
    ...(port && { enableIceUdpMux: port.isShared, portRangeBegin: port.port, portRangeEnd: port.port }),
  };
}
