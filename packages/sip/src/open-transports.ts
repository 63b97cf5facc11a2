import type { OneOrTwo, SipStackOptions } from './contract.ts';
import { openTcp } from './tcp.ts';
import { openTls } from './tls.ts';
import type { SipTransport } from './transport.ts';
import { openUdp } from './udp.ts';
import { openWs } from './ws.ts';

/** Opens what the options name; all or nothing. @throws SipError `transport` if one cannot be bound */
export async function openTransports(options: SipStackOptions): Promise<SipTransport[]> {
  const { clock, limits = {} } = options;
  const common = { limits, ...(clock && { clock }) };
  const { tcpConnections: maxConnections } = limits;
  const stream = { ...common, ...(maxConnections !== undefined && { maxConnections }) };
  const opened: SipTransport[] = [];
  const open = async <T>(wanted: OneOrTwo<T> | undefined, opener: (one: T) => Promise<SipTransport>) => {
    for (const one of listOf(wanted)) opened.push(await opener(one));
  };
  try {
    await open(options.udp, (one) => openUdp({ ...common, ...one }));
    await open(options.tcp, (one) => openTcp({ ...stream, ...one }));
    await open(options.tls, (one) => openTls({ ...stream, ...one }));
    await open(options.ws, (one) => openWs({ ...stream, ...one, protocol: 'ws' }));
    await open(options.wss, (one) => openWs({ ...stream, ...one, protocol: 'wss' }));
  } catch (error) {
    await Promise.all(opened.map((transport) => transport.close()));
    throw error;
  }
  return opened;
}

function listOf<T>(wanted: OneOrTwo<T> | undefined): readonly T[] {
  if (wanted === undefined) return [];
  return isPair(wanted) ? wanted : [wanted];
}

function isPair<T>(wanted: OneOrTwo<T>): wanted is readonly [T, T] {
  return Array.isArray(wanted);
}
