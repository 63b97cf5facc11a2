import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  nosipOnly,
  Parts,
  processorMs,
  residentBytes,
  startGatewayProcess,
  startJanus,
  startKamailio,
  type GatewayProcess,
  type Kamailio,
} from '@soft-handset/parts';
import { JanusClient } from './janus-client.ts';

/*
 * Ten thousand pages that are open and logged in, and nobody calls: each account has a WebSocket and a session of its own, is
 * registered by digest over UDP, sends the keep-alives of janus.js (25 s) and answers the gateway's pings; registrations are
 * refreshed. What the gateway's process takes for that is measured for a minute: `RESULT {"accounts":..,"cpuPercent":..,"rssMB":..}`.
 */

const accounts = Number(process.argv[2] ?? 10_000);
/** A Kamailio of ours holds the passwords in its own memory: some thousands of them. */
const accountsPerRegistrar = 2_000;
const atOnce = 100;
/** Registrations last between two and ten minutes, so that refreshes come evenly: many times as often as with the usual hour. */
const shortestSeconds = 120;
const longestSeconds = 600;
const measuredSeconds = 60;
const domain = '127.0.0.1';

const parts = new Parts();
try {
  const registrars = await startRegistrars();
  const gateway = await startGateway(registrars);
  const startedAt = performance.now();
  const clients = await logInAll(gateway);
  const tookSeconds = (performance.now() - startedAt) / 1_000;
  console.log(`${clients.length} accounts connected and registered in ${tookSeconds.toFixed(0)} s`);
  // The shortest registrations are refreshed by then.
  await sleep(Math.max(0, shortestSeconds * 1_000 - (performance.now() - startedAt)));
  const facts = await measure(gateway);
  const alive = (await Promise.all(clients.map(isAlive))).filter(Boolean).length;
  console.log(`after that ${alive} sessions answer`);
  if (alive < accounts) throw new Error(`${accounts - alive} accounts have lost their session`);
  console.log(`RESULT ${JSON.stringify(facts)}`);
  await Promise.all(clients.map((client) => client.close()));
} finally {
  await parts.close();
}

async function startRegistrars(): Promise<readonly Kamailio[]> {
  const registrars: Kamailio[] = [];
  for (let first = 0; first < accounts; first += accountsPerRegistrar) {
    const count = Math.min(accountsPerRegistrar, accounts - first);
    const users = Array.from({ length: count }, (_none, index) => [
      nameOf(first + index),
      passwordOf(first + index),
    ]);
    registrars.push(
      await parts.use(startKamailio({ users: Object.fromEntries(users) as Record<string, string> })),
    );
  }
  return registrars;
}

async function startGateway(registrars: readonly Kamailio[]): Promise<GatewayProcess> {
  const janus = await parts.use(startJanus({ plugins: nosipOnly }));
  const server = (account: number): number => Math.floor(account / accountsPerRegistrar);
  return parts.use(
    startGatewayProcess({
      janusUrl: janus.url,
      servers: registrars.map(({ port }, index) => ({ name: `pbx${index}`, uri: `sip:${domain}:${port}` })),
      accounts: Array.from({ length: accounts }, (_none, account) => ({
        name: nameOf(account),
        sip: {
          aor: `sip:${nameOf(account)}@${domain}:${registrars[server(account)]?.port ?? 0}`,
          password: passwordOf(account),
          server: `pbx${server(account)}`,
        },
      })),
      // All pages come from one address here.
      config: {
        limits: {
          connectsPerSecond: 100_000,
          connectBurst: 100_000,
          connectionsPerAddress: 100_000,
          sessionsPerAddress: 100_000,
        },
      },
    }),
  );
}

async function logInAll(gateway: GatewayProcess): Promise<readonly JanusClient[]> {
  const clients: JanusClient[] = [];
  let next = 0;
  const logInOthers = async (): Promise<void> => {
    for (let account = next++; account < accounts; account = next++)
      clients.push(await logIn(gateway, account));
  };
  await Promise.all(Array.from({ length: atOnce }, logInOthers));
  return clients;
}

async function logIn({ janusUrl }: GatewayProcess, account: number): Promise<JanusClient> {
  const client = await JanusClient.connect(janusUrl);
  const handle = await client.attach('janus.plugin.sipserver');
  const lasts = shortestSeconds + Math.floor(((longestSeconds - shortestSeconds) * account) / accounts);
  await handle.message({ request: 'register', username: nameOf(account), register_ttl: lasts });
  await handle.hears('registered', 60_000);
  return client;
}

async function measure(gateway: GatewayProcess): Promise<object> {
  const { pid } = gateway.child;
  const accepted = await registrationsOf(gateway);
  const processor = await processorMs(pid);
  const startedAt = performance.now();
  let bytes = 0;
  while (performance.now() - startedAt < measuredSeconds * 1_000) {
    await sleep(1_000);
    bytes = Math.max(bytes, await residentBytes(pid));
  }
  const tookMs = performance.now() - startedAt;
  const cpuPercent = (((await processorMs(pid)) - processor) / tookMs) * 100;
  const perSecond = (((await registrationsOf(gateway)) - accepted) / tookMs) * 1_000;
  console.log(
    `measured for ${measuredSeconds} s, with ${perSecond.toFixed(1)} registrations refreshed a second`,
  );
  return {
    accounts,
    cpuPercent: Number(cpuPercent.toFixed(1)),
    rssMB: Math.round(bytes / 1024 / 1024),
  };
}

/** How many have been accepted since the start, by the gateway's own count. */
async function registrationsOf({ origin }: GatewayProcess): Promise<number> {
  const metrics = await new Promise<string>((resolve, reject) => {
    get(`${origin}/metrics`, { rejectUnauthorized: false }, (answer) => resolve(text(answer))).on(
      'error',
      reject,
    );
  });
  return Number(/\{event="registrationsAccepted"\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

function isAlive(client: JanusClient): Promise<boolean> {
  return client.ask({ janus: 'keepalive' }).then(
    () => true,
    () => false,
  );
}

function nameOf(account: number): string {
  return `user${account}`;
}

function passwordOf(account: number): string {
  return `pw-${account}`;
}
