import { parseUri } from '@soft-handset/sip';
import type { Account, SipServer } from '../account.ts';
import type { ConfigFile, ConfigFileAccount } from './config-schema.ts';

/** Something that does not fit, and where. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** SIP servers and accounts with all their defaults, checked against each other. */
export function resolveAccounts(file: ConfigFile): {
  readonly accounts: readonly Account[];
  readonly faults: readonly Fault[];
} {
  const { servers } = file.sip;
  const faults: Fault[] = [
    ...repeated(servers, 'sip', 'servers'),
    ...repeated(file.accounts, 'accounts'),
    ...servers.flatMap(({ uri, backups }, index) => {
      const named = [
        { path: ['uri'], uri },
        ...backups.map((backup, at) => ({ path: ['backups', at], uri: backup })),
      ];
      return named
        .filter((one) => !isServerUri(one.uri))
        .map(({ path }) => ({
          path: ['sip', 'servers', index, ...path],
          text: 'expected a SIP URI such as sip:pbx.example',
        }));
    }),
  ];
  const accounts = file.accounts.flatMap((account, index) => {
    const resolved = resolveAccount(account, servers);
    faults.push(...resolved.faults.map(({ path, text }) => ({ path: ['accounts', index, ...path], text })));
    return resolved.account ?? [];
  });
  return { accounts, faults };
}

function resolveAccount(
  account: ConfigFileAccount,
  servers: readonly SipServer[],
): { readonly account?: Account; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const wanted = account.sip.server ?? servers[0]?.name;
  const server = servers.find(({ name }) => name === wanted);
  if (!server) {
    const text =
      wanted === undefined
        ? 'an account needs a SIP server: give one in sip.servers'
        : `there is no SIP server "${wanted}" in sip.servers`;
    return { faults: [{ path: account.sip.server === undefined ? [] : ['sip', 'server'], text }] };
  }
  const aor = account.sip.aor ?? `sip:${account.name}@${hostOf(server.uri)}`;
  const user = parseUri(aor)?.user;
  if (user === undefined)
    faults.push({ path: ['sip', 'aor'], text: 'expected an address such as sip:1001@pbx.example' });
  if (account.secret === undefined && !account.open && !account.openOnLoopback) {
    faults.push({ path: [], text: 'nobody could log in: give a secret, or open: true' });
  }
  if (account.secret !== undefined && account.open) {
    faults.push({ path: ['open'], text: 'an open account asks for no secret: leave one of the two out' });
  }
  const { sip: given, ...rest } = account;
  const { password, register, authUser = user ?? account.name } = given;
  const sip = { aor, authUser, server: server.name, register, ...(password !== undefined && { password }) };
  return { account: { ...rest, sip }, faults };
}

function isServerUri(uri: string): boolean {
  const parsed = parseUri(uri);
  return parsed !== undefined && parsed.scheme !== 'tel' && parsed.host !== '';
}

function hostOf(uri: string): string {
  const host = parseUri(uri)?.host ?? 'invalid';
  return host.includes(':') ? `[${host}]` : host;
}

function repeated(list: readonly { readonly name: string }[], ...path: readonly string[]): Fault[] {
  return list.flatMap(({ name }, index) =>
    list.findIndex((other) => other.name === name) < index
      ? [{ path: [...path, index, 'name'], text: `"${name}" is there twice` }]
      : [],
  );
}
