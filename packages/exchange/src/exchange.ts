import { randomBytes } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import {
  DigestServer,
  openSipStack,
  systemClock,
  type Clock,
  type Log,
  type SipStackOptions,
} from '@soft-handset/sip';
import { Accounts } from './accounts.ts';
import { Activity } from './activity.ts';
import { Challenges } from './challenges.ts';
import type { ExchangeConfig } from './config.ts';
import { LocationTable } from './location.ts';
import { Registrar } from './registrar.ts';
import { Router } from './router.ts';
import { Services, type ServiceNumbers } from './services.ts';

export interface Exchange {
  /** UDP. */
  readonly port: number;
  /** The same, unless the system was asked for a free one. */
  readonly tcpPort: number;
  /** Undefined: it does not listen there. */
  readonly tlsPort: number | undefined;
  readonly wsPort: number | undefined;
  readonly wssPort: number | undefined;
  readonly host: string;
  counts(): {
    readonly bindings: number;
    readonly dialogs: number;
    readonly calls: number;
    readonly echoCalls: number;
    readonly soundCalls: number;
    readonly transactions: number;
  };
  /** May be called twice. */
  close(): Promise<void>;
}

/** A registrar, a router and a few numbers that answer: enough to try handsets and phones without a PBX. It is not a PBX. */
export async function startExchange(
  config: ExchangeConfig,
  { log, clock = systemClock }: { readonly log: Log; readonly clock?: Clock },
): Promise<Exchange> {
  const { host, port, realm, passwords, digest: choice = 'auto', noAnswerSeconds = 60 } = config;
  const advertisedHost = config.advertisedHost ?? (isAnyAddress(host) ? firstLanAddress() : host);
  const stack = await openSipStack({
    ...listeners(config),
    advertisedHost,
    userAgent: 'Soft Handset exchange',
    log,
    clock,
  });
  const accounts = new Accounts(passwords, config.names);
  const activity = new Activity(clock);
  const location = new LocationTable(clock);
  const random = (bytes: number) => randomBytes(bytes).toString('hex');
  const digest = new DigestServer({ realm, secret: randomBytes(32), now: () => clock.now(), random });
  const challenges = new Challenges({ digest, accounts, choice, clock });
  const registrar = new Registrar(accounts, location, challenges, clock);
  const noAnswerMs = noAnswerSeconds * 1000;
  const router = new Router({
    endpoint: stack,
    accounts,
    location,
    registrar,
    challenges,
    activity,
    clock,
    noAnswerMs,
  });
  stack.onFlowLost = (flow) => location.forgetFlow(flow);
  const services = new Services({
    stack,
    challenges,
    activity,
    numbers: numbersOf(config),
    host: advertisedHost,
    log,
    clock,
  });
  return {
    host: advertisedHost,
    port: stack.localAddress('udp')?.port ?? port,
    tcpPort: stack.localAddress('tcp')?.port ?? port,
    tlsPort: stack.localAddress('tls')?.port,
    wsPort: stack.localAddress('ws')?.port,
    wssPort: stack.localAddress('wss')?.port,
    counts: () => ({
      bindings: location.size,
      dialogs: router.dialogCount,
      calls: activity.size,
      ...services.counts,
      transactions: stack.counts().transactions,
    }),
    async close() {
      services.close();
      await stack.close();
    },
  };
}

function numbersOf({
  echo,
  tone = '601',
  music = '602',
  conference = '800',
}: ExchangeConfig): ServiceNumbers {
  return { echo, tone, music, conference };
}

function listeners({ host, port, tlsPort, wsPort, wssPort, certificate }: ExchangeConfig): SipStackOptions {
  const credentials = certificate ?? {};
  return {
    udp: { host, port },
    tcp: { host, port },
    ...(tlsPort !== undefined && { tls: { host, port: tlsPort, credentials } }),
    ...(wsPort !== undefined && { ws: { host, port: wsPort } }),
    ...(wssPort !== undefined && { wss: { host, port: wssPort, credentials } }),
  };
}

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function firstLanAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
