import { isIPv6 } from 'node:net';
import type { SipStackOptions, TlsCredentials } from '@soft-handset/sip';
import { lanAddresses } from './addresses.ts';
import type { Config } from './config/config.ts';
import type { Log } from './log.ts';
import { version } from './version.ts';

/** Where the SIP stack listens, how it proves who we are, and as what it presents itself. */
export function sipStackOptions(
  { sip, lan }: Pick<Config, 'sip' | 'lan'>,
  log: Log,
  credentials: TlsCredentials = {},
): SipStackOptions {
  const standard = lan ? '0.0.0.0' : '127.0.0.1';
  const open = (listener: Config['sip']['udp']) =>
    listener === false ? undefined : { host: listener.host ?? standard, port: listener.port };
  const udp = open(sip.udp);
  const tcp = open(sip.tcp);
  const { port } = sip.tls;
  const tls = { host: sip.tls.host ?? standard, ...(port !== undefined && { port }), credentials };
  // 0.0.0.0 is no address that a peer could answer to.
  const isEverywhere = [udp, tcp].some((listener) => listener?.host === '0.0.0.0');
  const advertisedHost = sip.advertisedHost ?? (isEverywhere ? lanAddresses()[0] : undefined);
  const both = sip.ipv6 ? inBothFamilies : onlyThis;
  return {
    ...(udp && { udp: both(udp) }),
    ...(tcp && { tcp: both(tcp) }),
    // Without a port it only connects, to addresses of either family.
    tls: port === undefined ? tls : both(tls),
    ws: sip.ws,
    wss: { ...sip.ws, credentials },
    ...(advertisedHost !== undefined && { advertisedHost }),
    contactFromServer: sip.advertisedHost === undefined,
    keepAlive: sip.keepAlive,
    longestDatagram: sip.longestDatagram,
    userAgent: `SoftHandset/${version}`,
    log,
  };
}

/** The same at the corresponding address of the other family: loopback or all. What is bound to one address alone stays alone. */
function inBothFamilies<T extends { readonly host: string }>(listener: T): T | readonly [T, T] {
  const other = { '127.0.0.1': '::1', '0.0.0.0': '::' }[listener.host];
  return other === undefined || isIPv6(listener.host) ? listener : [listener, { ...listener, host: other }];
}

function onlyThis<T>(listener: T): T {
  return listener;
}
