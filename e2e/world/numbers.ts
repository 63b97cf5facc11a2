/** Numbers and SIP passwords at the PBX; 1009 is a phone of its own. */
export const pbxUsers = {
  '1001': 'sip-1',
  '1002': 'sip-2',
  '1003': 'sip-3',
  '1004': 'sip-4',
  '1009': 'sip-9',
} as const;

/** The same at our exchange. */
export const exchangePasswords: ReadonlyMap<string, string> = new Map(
  ['1101', '1102', '1103', '1109'].map((number) => [number, `sip-${number}`]),
);

/**
 * Accounts of the gateway: 1001 to 1004 at the PBX, 1004 over TCP, and where the PBX is secure 1002 over TLS and 1003 over a WebSocket; 1101 to 1103 at our exchange, all registered with digest;
 * 3001 calls without a registration, as over a trunk; 3002 does so and has a page secret.
 */
export function accountsOf(realm: string, isSecure = false): readonly object[] {
  const servers: Readonly<Record<string, string>> = {
    '1004': 'pbx-tcp',
    ...(isSecure && { '1002': 'pbx-tls', '1003': 'pbx-wss' }),
  };
  const atPbx = (['1001', '1002', '1003', '1004'] as const).map((name) => ({
    name,
    open: true,
    sip: {
      aor: `sip:${name}@${realm}`,
      server: servers[name] ?? 'pbx',
      password: pbxUsers[name],
    },
  }));
  const atExchange = ['1101', '1102', '1103'].map((name) => ({
    name,
    open: true,
    sip: { server: 'exchange', password: exchangePasswords.get(name) },
  }));
  return [
    ...atPbx,
    ...atExchange,
    { name: '3001', open: true, sip: { server: 'peer', register: false } },
    { name: '3002', secret: 'page-secret', sip: { server: 'peer', register: false } },
  ];
}
