import type * as native from 'node-datachannel';
import type { ReservedPort } from './ice-ports.ts';

export interface TransportOptions {
  /** The one address of this machine that ICE uses; all of them unless given. */
  readonly iceAddress?: string;
  /** UDP ports for ICE; from the system unless given. */
  readonly icePorts?: { readonly from: number; readonly to: number };
  /** One UDP port for the ICE of all calls, for firewalls that open one. */
  readonly icePort?: number;
  /** Where browsers reach this machine behind a NAT 1:1; offered beside its own addresses. */
  readonly publicAddress?: string;
}

/** What libdatachannel is to know of them. */
export function nativeConfig({ iceAddress, icePorts, icePort }: TransportOptions): native.RtcConfig {
  return {
    iceServers: [],
    forceMediaTransport: true,
    disableAutoNegotiation: true,
    ...(iceAddress !== undefined && { bindAddress: iceAddress }),
    ...(icePorts && { portRangeBegin: icePorts.from, portRangeEnd: icePorts.to }),
    ...(icePort !== undefined && { enableIceUdpMux: true, portRangeBegin: icePort, portRangeEnd: icePort }),
  };
}

/** The port is free from now on, for whoever takes it in this turn. */
export function takeOver(options: TransportOptions, port: ReservedPort | undefined): TransportOptions {
  port?.release();
  return port ? { ...options, icePorts: { from: port.port, to: port.port } } : options;
}
