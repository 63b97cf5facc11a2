import { Parts, startKamailio, startSipp, udpPortsOf } from '@soft-handset/parts';
import { browserCalls } from './browser-calls.ts';
import { serialSetups, setupRate, type RateFacts, type SetupFacts } from './calls.ts';
import { median, percentiles } from './percentiles.ts';
import { registerAll, type RegistrationFacts } from './registrations.ts';
import { startOurs, startStock, type BenchUser, type Side, type StartSide } from './side.ts';

/*
 * The stock SIP plugin of Janus and our gateway, with the same client, the same peers and the same Janus program.
 * They take turns, so that a machine that is busy for a while is busy for both; both are warmed up in the same way, and
 * of several rounds the median counts.
 * The last line is the comparison, ours divided by theirs: `RESULT {...}`.
 * `npm run bench -- setup stock` or `ours` looks at one of them alone.
 */

interface Round {
  readonly serial: SetupFacts;
  readonly rate10: RateFacts;
  readonly rate40: RateFacts;
}

interface SideFacts extends Round {
  readonly register200: RegistrationFacts;
  readonly register500: RegistrationFacts;
}

const rounds = 3;
const serialCalls = 50;
const rateSeconds = 6;
/** Before the first figure: a server that has run for a while is what callers meet. */
const warmUpSeconds = 6;
const rateWarmUpUsers = 100;
const memoryWarmUpUsers = 20;
const manyAccounts = 2_000;
const browserRuns = 20;
const guests = people('guest', 40);

const sides: readonly (readonly [string, StartSide])[] = [
  ['stock', startStock],
  ['ours', startOurs],
];
const [only] = process.argv.slice(2);
const chosen = sides.filter(([name]) => only === undefined || only === name);

const roundsOf = new Map<string, Round[]>(chosen.map(([name]) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, start] of chosen) roundsOf.get(name)?.push(await again(name, () => callRound(start)));
}
const results = new Map<string, SideFacts>();
for (const [name, start] of chosen) {
  const calls = middle(roundsOf.get(name) ?? []);
  const facts = {
    ...calls,
    register200: await again(name, () => registrations(start, 200, rateWarmUpUsers)),
    register500: await again(name, () => registrations(start, 500, memoryWarmUpUsers)),
  };
  results.set(name, facts);
  show(name, facts);
}
if (only !== 'stock') {
  await showManyAccounts();
  await showBrowserCalls();
}

const [theirs, ours] = [results.get('stock'), results.get('ours')];
if (theirs && ours) console.log(`RESULT ${JSON.stringify(compare(ours, theirs))}`);

async function callRound(start: StartSide): Promise<Round> {
  return withParts(async (parts) => {
    const sipp = await parts.use(startSipp({ scenario: 'uas', trace: false }));
    const side = await start(parts, { sipPort: sipp.port, guests, users: [] });
    const peer = sipp.uri('bench');
    await setupRate(side, guests, peer, warmUpSeconds);
    const rate40 = await setupRate(side, guests, peer, rateSeconds);
    const rate10 = await setupRate(side, guests.slice(0, 10), peer, rateSeconds);
    return { rate40, rate10, serial: await serialSetups(side, guests[0]!, peer, serialCalls) };
  });
}

async function registrations(start: StartSide, count: number, warmUp: number): Promise<RegistrationFacts> {
  const users = people('user', count + warmUp);
  return withParts(async (parts) => {
    const side = await beforeRegistrar(parts, start, users);
    return registerAll(side, users.slice(0, warmUp), users.slice(warmUp));
  });
}

/** A side whose users have a registrar that asks for digest. */
async function beforeRegistrar(parts: Parts, start: StartSide, users: readonly BenchUser[]): Promise<Side> {
  const passwords = Object.fromEntries(users.map(({ name, password }) => [name, password]));
  const registrar = await parts.use(startKamailio({ users: passwords }));
  return start(parts, { sipPort: registrar.port, guests: [], users });
}

/** Tries a second and a third time: a Janus 1.1.2 with the stock plugin was once seen to end by a segmentation fault. */
async function again<T>(name: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      if (attempt === 3) throw cause;
      console.log(`  ${name}: broken off and begun again (${String(cause)})`);
    }
  }
}

/** Everything is started afresh for each measurement, and ended after it. */
async function withParts<T>(work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = new Parts();
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

/** The median of each figure; failures add up. */
function middle(all: readonly Round[]): Round {
  const setups = (facts: readonly SetupFacts[]): SetupFacts => ({
    calls: facts.reduce((sum, one) => sum + one.calls, 0),
    failed: facts.reduce((sum, one) => sum + one.failed, 0),
    p50: median(facts.map(({ p50 }) => p50)),
    p95: median(facts.map(({ p95 }) => p95)),
  });
  const rates = (facts: readonly RateFacts[]): RateFacts => ({
    ...setups(facts),
    handles: facts[0]?.handles ?? 0,
    perSecond: median(facts.map(({ perSecond }) => perSecond)),
    processorPercent: median(facts.map(({ processorPercent }) => processorPercent)),
  });
  return {
    serial: setups(all.map(({ serial }) => serial)),
    rate10: rates(all.map(({ rate10 }) => rate10)),
    rate40: rates(all.map(({ rate40 }) => rate40)),
  };
}

function show(name: string, { serial, rate10, rate40, register200, register500 }: SideFacts): void {
  const setups = ({ p50, p95, calls, failed }: SetupFacts): string =>
    `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (${calls} calls, ${failed} failed)`;
  console.log(name === 'stock' ? '\nJanus with janus.plugin.sip' : '\nsoft handset before Janus with NoSIP');
  console.log(`  call -> accepted, one after the other   ${setups(serial)}`);
  for (const rate of [rate10, rate40]) {
    const processor = `${rate.processorPercent.toFixed(0)} % of a core`;
    console.log(
      `  set-ups at ${rate.handles} handles   ${rate.perSecond.toFixed(1)}/s, ${setups(rate)}, ${processor}`,
    );
  }
  for (const facts of [register200, register500]) {
    console.log(`  ${facts.accounts} accounts registered by digest   ${registrationFigures(facts)}`);
  }
}

/** The stock plugin is not asked: it takes 100 ms, three threads and eight descriptors for each account. */
async function showManyAccounts(): Promise<void> {
  const users = people('user', memoryWarmUpUsers + manyAccounts);
  await withParts(async (parts) => {
    const side = await beforeRegistrar(parts, startOurs, users);
    const facts = await registerAll(side, users.slice(0, memoryWarmUpUsers), users.slice(memoryWarmUpUsers));
    const [gateway = 0] = side.pids;
    console.log(
      `\n${facts.accounts} accounts registered by digest over ${await udpPortsOf(gateway)} UDP socket`,
    );
    console.log(`  ${registrationFigures(facts)}`);
  });
}

function registrationFigures(facts: RegistrationFacts): string {
  const seconds = (facts.accounts / facts.perSecond).toFixed(2);
  const processor = `${facts.processorMsPerAccount.toFixed(2)} ms of processor and`;
  return `${facts.perSecond.toFixed(1)}/s (all in ${seconds} s), ${processor} ${(facts.bytesPerAccount / 1024).toFixed(1)} KB each`;
}

/** Only ours has return calls; the stock plugin cannot send an INVITE without an offer. */
async function showBrowserCalls(): Promise<void> {
  const times = await withParts((parts) => browserCalls(parts, guests[0]!, browserRuns));
  const summary = (values: readonly number[]): string => {
    const { p50, p95 } = percentiles(values);
    return `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms (${values.length} calls)`;
  };
  console.log('\nreturn calls from Chromium');
  console.log(`  new_call -> new_accepted    ${summary(times.map((one) => one.newCallToNewAccepted))}`);
  console.log(`  new_accept -> first RTP     ${summary(times.map((one) => one.newAcceptToFirstRtp))}`);
}

function compare(one: SideFacts, other: SideFacts): object {
  return {
    setupLatencyRatio: ratio(one.serial.p50, other.serial.p50),
    setupRateRatio40: ratio(one.rate40.perSecond, other.rate40.perSecond),
    registerRateRatio: ratio(one.register200.perSecond, other.register200.perSecond),
    memoryRatio: ratio(one.register500.bytesPerAccount, other.register500.bytesPerAccount),
  };
}

function people(kind: string, count: number): readonly BenchUser[] {
  return Array.from({ length: count }, (_none, index) => ({
    name: `${kind}${index}`,
    password: `pw-${index}`,
  }));
}

function ratio(one: number, other: number): number {
  return Number((one / other).toFixed(3));
}
