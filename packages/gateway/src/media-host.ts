import { isIP, isIPv4 } from 'node:net';
import { lanAddresses } from './addresses.ts';
import type { Config } from './config/config.ts';

/**
 * The address for RTP with SIP peers: the one that SIP is bound to, or seen at, where it is one of this machine's.
 * Janus takes packets only from where the peer's SDP says they come, and a phone on 127.0.0.1 that sends elsewhere comes from elsewhere.
 */
export function mediaHost(
  { sip, lan }: Pick<Config, 'sip' | 'lan'>,
  own: readonly string[] = lanAddresses(),
): string | undefined {
  const standard = lan ? '0.0.0.0' : '127.0.0.1';
  const hosts = [sip.udp, sip.tcp].flatMap((listener) => (listener ? [listener.host ?? standard] : []));
  const [host, ...others] = new Set(hosts);
  const isOwn = host !== undefined && isIP(host) === 4 && host !== '0.0.0.0';
  if (isOwn && others.length === 0) return host;
  return own.find((address) => address === sip.advertisedHost && isIPv4(address));
}

/** An address of this machine that the media engine can send to, for media that nobody has asked for yet. */
export function sinkHost(config: Pick<Config, 'sip' | 'lan'>): string {
  return mediaHost(config) ?? lanAddresses().find(isIPv4) ?? '127.0.0.1';
}

/** The address that the SDP for SIP peers names: the one they see SIP at, also where a NAT stands between. */
export function mediaIp({ sip }: Pick<Config, 'sip'>): string | undefined {
  return sip.advertisedHost !== undefined && isIPv4(sip.advertisedHost) ? sip.advertisedHost : undefined;
}
