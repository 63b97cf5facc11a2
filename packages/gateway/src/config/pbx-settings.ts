import { ConfigError } from './config-error.ts';
import type { Setting } from './setting.ts';

/** A SIP server and accounts on it, named without a configuration file. */
export interface GivenPbx {
  /** `sip:pbx.example`, or only the host. */
  readonly server: string | undefined;
  /** `1001:password`; the password may have colons. */
  readonly accounts: readonly string[];
  /** How whoever gave them wrote them: `--sip-server`, `SOFT_HANDSET_SIP_SERVER`. */
  readonly names: { readonly server: string; readonly accounts: string };
}

/**
 * What a file would say about them. There is no page secret: such an account is open to this machine, and to others by a
 * one-time link only.
 * @throws ConfigError if one was given without the other
 */
export function pbxSettings({ server, accounts, names }: GivenPbx): readonly Setting[] {
  if (server === undefined && accounts.length === 0) return [];
  if (server === undefined) throw new ConfigError([`${names.accounts} needs ${names.server} beside it`]);
  if (accounts.length === 0)
    throw new ConfigError([`${names.server} needs ${names.accounts} beside it, or nobody could log in`]);
  const uri = /^sips?:/i.test(server) ? server : `sip:${server}`;
  // A server elsewhere could not answer to 127.0.0.1.
  const host = isOnThisMachine(uri) ? '127.0.0.1' : '0.0.0.0';
  return [
    { path: 'sip.servers', value: [{ name: 'pbx', uri }], from: names.server },
    { path: 'sip.udp.host', value: host, from: names.server },
    { path: 'sip.tcp.host', value: host, from: names.server },
    { path: 'accounts', value: accounts.map(account), from: names.accounts },
  ];
}

function account(text: string) {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const sip = colon < 0 ? {} : { password: text.slice(colon + 1) };
  return { name, openOnLoopback: true, sip };
}

function isOnThisMachine(uri: string): boolean {
  return /^sips?:([^@]*@)?(127\.[\d.]+|localhost|\[::1\])([:;?]|$)/i.test(uri);
}
