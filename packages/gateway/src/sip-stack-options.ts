import type { SipStackOptions } from '@soft-handset/sip';
import { lanAddresses } from './addresses.ts';
import type { Config } from './config/config.ts';
import type { Log } from './log.ts';
import { version } from './version.ts';

/** Where the SIP stack listens and as what it presents itself. */
export function sipStackOptions({ sip, lan }: Pick<Config, 'sip' | 'lan'>, log: Log): SipStackOptions {
  const standard = lan ? '0.0.0.0' : '127.0.0.1';
  const open = (listener: Config['sip']['udp']) =>
    listener === false ? undefined : { host: listener.host ?? standard, port: listener.port };
  const udp = open(sip.udp);
  const tcp = open(sip.tcp);
  // 0.0.0.0 is no address that a peer could answer to.
  const isEverywhere = [udp, tcp].some((listener) => listener?.host === '0.0.0.0');
  const advertisedHost = sip.advertisedHost ?? (isEverywhere ? lanAddresses()[0] : undefined);
  return {
    ...(udp && { udp }),
    ...(tcp && { tcp }),
    ...(advertisedHost !== undefined && { advertisedHost }),
    userAgent: `SoftHandset/${version}`,
    log,
  };
}
