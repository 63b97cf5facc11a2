import { isIP } from 'node:net';
import type { Config } from './config/config.ts';

/**
 * The address for RTP with SIP peers: the one that SIP is bound to, where it is one of this machine's.
 * Janus takes packets only from where the peer's SDP says they come, and a phone on 127.0.0.1 that sends elsewhere comes from elsewhere.
 */
export function mediaHost({ sip, lan }: Pick<Config, 'sip' | 'lan'>): string | undefined {
  const standard = lan ? '0.0.0.0' : '127.0.0.1';
  const hosts = [sip.udp, sip.tcp].flatMap((listener) => (listener ? [listener.host ?? standard] : []));
  const [host, ...others] = new Set(hosts);
  const isOwn = host !== undefined && isIP(host) === 4 && host !== '0.0.0.0';
  return isOwn && others.length === 0 ? host : undefined;
}
