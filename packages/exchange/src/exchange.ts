import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { DigestServer, openSipStack, systemClock, type Clock, type Log } from '@soft-handset/sip';
import { Accounts } from './accounts.ts';
import type { ExchangeConfig } from './config.ts';
import { Echo } from './echo.ts';
import { LocationTable } from './location.ts';
import { Registrar } from './registrar.ts';
import { Router } from './router.ts';

export interface Exchange {
  /** UDP. */
  readonly port: number;
  /** The same, unless the system was asked for a free one. */
  readonly tcpPort: number;
  readonly host: string;
  counts(): {
    readonly bindings: number;
    readonly dialogs: number;
    readonly echoCalls: number;
    readonly transactions: number;
  };
  /** May be called twice. */
  close(): Promise<void>;
}

/** A registrar, a router and an echo: enough to try handsets and phones without a PBX. It is not a PBX. */
export async function startExchange(
  config: ExchangeConfig,
  { log, clock = systemClock }: { readonly log: Log; readonly clock?: Clock },
): Promise<Exchange> {
  const { host, port, realm, passwords } = config;
  const advertisedHost = config.advertisedHost ?? (isAnyAddress(host) ? firstLanAddress() : host);
  const stack = await openSipStack({
    udp: { host, port },
    tcp: { host, port },
    advertisedHost,
    userAgent: 'Soft Handset exchange',
    log,
    clock,
  });
  const accounts = new Accounts(passwords);
  const location = new LocationTable(clock);
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  const digest = new DigestServer({
    realm,
    // RFC 8760 would have SHA-256 beside it, but phones stumble over a challenge that they do not know (baresip 1.0 does).
    algorithms: ['MD5'],
    secret: randomBytes(32),
    now: () => clock.now(),
    random,
  });
  const registrar = new Registrar(accounts, location, digest, clock);
  const router = new Router({ endpoint: stack, accounts, location, registrar, digest, clock });
  const userAgent = stack.createUserAgent({
    aor: `sip:${config.echo}@${advertisedHost}`,
    contactUser: config.echo,
    displayName: 'Echo',
  });
  const echo = new Echo(userAgent, { host: advertisedHost, log, clock });
  return {
    host: advertisedHost,
    port: stack.localAddress('udp')?.port ?? port,
    tcpPort: stack.localAddress('tcp')?.port ?? port,
    counts: () => ({
      bindings: location.size,
      dialogs: router.dialogCount,
      echoCalls: echo.callCount,
      transactions: stack.counts().transactions,
    }),
    async close() {
      echo.close();
      await stack.close();
    },
  };
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function firstLanAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
