import { type Parts, startKamailio, startSipp, udpPortsOf } from '@soft-handset/parts';
import { alternate, medianRatio, type Blocks, type Pair } from './alternate.ts';
import { browserCalls } from './browser-calls.ts';
import { Callers, summaryOf, type RateFacts, type SetupFacts } from './calls.ts';
import { median, percentiles } from './percentiles.ts';
import { registerAndLeave, registerAndStay, type RegistrationFacts } from './registrations.ts';
import { startOurs, startStock, type BenchUser, type Side, type StartSide } from './side.ts';
import { withParts } from './with-parts.ts';

/*
 * The stock SIP plugin of Janus and our gateway: same client, same peers, same Janus program, both over wss.
 * They take turns in short blocks, and while calls are measured only one of them runs: forty idle lines of the stock plugin
 * wake up some hundred times a second. What counts is the median of the blocks' ratios, ours divided by theirs; the last line
 * has them: `RESULT {...}`.
 *
 * `npm run bench -- setup calls` looks at calls alone.
 */

/** One side, started afresh. */
interface CallBlock {
  readonly serial: SetupFacts;
  readonly at10: RateFacts;
  readonly at40: RateFacts;
}

const onlyCalls = process.argv[2] === 'calls';
const callBlocks = 6;
const serialCalls = 60;
const rateSeconds = 3;
/** Before the first figure: a server that has run for a while is what callers meet. */
const warmUpSeconds = 6;
const registrationBlocks = 3;
const accounts = 200;
const memoryAccounts = 500;
const manyAccounts = 2_000;
const firstAccounts = 20;
const browserRuns = 20;
const guests = people('guest', 40);

const calls = await alternate({ stock: startStock, ours: startOurs }, callBlocks, (start) =>
  again(() => callsOf(start)),
);
showCalls(calls);
const callRatios = {
  setupLatencyRatio: medianRatio(calls, ({ serial }) => summaryOf([serial]).p50),
  setupRateRatio40: medianRatio(calls, ({ at40 }) => at40.perSecond),
};
const result = onlyCalls ? callRatios : { ...callRatios, ...(await ratiosOfTheRest()) };
console.log(`RESULT ${JSON.stringify(result)}`);

async function ratiosOfTheRest(): Promise<Readonly<Record<string, number>>> {
  const registrations = await again(registrationsOfBoth);
  showRegistrations(registrations);
  const bytes = await again(bytesOfBoth);
  console.log(
    `\nmemory for each of ${memoryAccounts} registered accounts   stock ${kilobytes(bytes.stock)}, ours ${kilobytes(bytes.ours)}`,
  );
  await showManyAccounts();
  await showBrowserCalls();
  return {
    registerRateRatio: medianRatio(registrations, ({ perSecond }) => perSecond),
    memoryRatio: Number((bytes.ours / bytes.stock).toFixed(3)),
  };
}

function callsOf(start: StartSide): Promise<CallBlock> {
  return withParts(async (parts) => {
    const sipp = await parts.use(startSipp({ scenario: 'uas', trace: false }));
    const side = await start(parts, { sipPort: sipp.port, guests, users: [] });
    const callers = await parts.use(Callers.open(side, guests, sipp.uri('bench')));
    await callers.together(40, warmUpSeconds);
    return {
      at40: await callers.together(40, rateSeconds),
      at10: await callers.together(10, rateSeconds),
      serial: await callers.serial(serialCalls),
    };
  });
}

function registrationsOfBoth(): Promise<Blocks<RegistrationFacts>> {
  return withParts(async (parts) => {
    const users = people('user', accounts);
    const sides = {
      stock: await beforeRegistrar(parts, startStock, users),
      ours: await beforeRegistrar(parts, startOurs, users),
    };
    await alternate(sides, 1, (side) => registerAndLeave(side, users));
    return alternate(sides, registrationBlocks, (side) => registerAndLeave(side, users));
  });
}

/** Each on its own, freshly started: what is measured is what a server grows by. */
async function bytesOfBoth(): Promise<Pair<number>> {
  const of = (start: StartSide): Promise<number> =>
    withParts(async (parts) => {
      const users = people('user', firstAccounts + memoryAccounts);
      const side = await beforeRegistrar(parts, start, users);
      await registerAndLeave(side, users.slice(0, firstAccounts));
      return (await registerAndStay(side, users.slice(firstAccounts))).bytesPerAccount;
    });
  return { stock: await of(startStock), ours: await of(startOurs) };
}

/** A side whose users have a registrar that asks for digest. */
async function beforeRegistrar(parts: Parts, start: StartSide, users: readonly BenchUser[]): Promise<Side> {
  const passwords = Object.fromEntries(users.map(({ name, password }) => [name, password]));
  const registrar = await parts.use(startKamailio({ users: passwords }));
  return start(parts, { sipPort: registrar.port, guests: [], users });
}

/** Tries a second and a third time: a Janus 1.1.2 with the stock plugin was once seen to end by a segmentation fault. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      if (attempt === 3) throw cause;
      console.log(`  broken off and begun again (${String(cause)})`);
    }
  }
}

function showCalls(calls: Blocks<CallBlock>): void {
  for (const name of ['stock', 'ours'] as const) {
    const blocks = calls[name];
    console.log(name === 'stock' ? 'Janus with janus.plugin.sip' : '\nsoft handset before Janus with NoSIP');
    console.log(`  call -> accepted, one after the other   ${setups(blocks.map(({ serial }) => serial))}`);
    showRates(
      10,
      blocks.map(({ at10 }) => at10),
    );
    showRates(
      40,
      blocks.map(({ at40 }) => at40),
    );
  }
}

function showRates(handles: number, blocks: readonly RateFacts[]): void {
  const perSecond = median(blocks.map((block) => block.perSecond)).toFixed(1);
  const processor = median(blocks.map((block) => block.processorPercent)).toFixed(0);
  console.log(
    `  set-ups at ${handles} handles   ${perSecond}/s, ${setups(blocks)}, ${processor} % of a core`,
  );
}

function setups(blocks: readonly SetupFacts[]): string {
  const { p50, p95, calls: count, failed } = summaryOf(blocks);
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (${count} calls, ${failed} failed)`;
}

function showRegistrations(blocks: Blocks<RegistrationFacts>): void {
  console.log(`\n${accounts} accounts registered by digest`);
  for (const name of ['stock', 'ours'] as const) {
    const perSecond = median(blocks[name].map((block) => block.perSecond)).toFixed(1);
    const processor = median(blocks[name].map((block) => block.processorMsPerAccount)).toFixed(2);
    console.log(`  ${name.padEnd(5)}   ${perSecond}/s, ${processor} ms of processor each`);
  }
}

/** The stock plugin is not asked: it takes 100 ms, three threads and eight descriptors for each account. */
async function showManyAccounts(): Promise<void> {
  const users = people('user', firstAccounts + manyAccounts);
  await withParts(async (parts) => {
    const side = await beforeRegistrar(parts, startOurs, users);
    await registerAndLeave(side, users.slice(0, firstAccounts));
    const facts = await registerAndStay(side, users.slice(firstAccounts));
    const [gateway = 0] = side.pids;
    console.log(`${manyAccounts} accounts over ${await udpPortsOf(gateway)} UDP socket`);
    console.log(`  ours    ${facts.perSecond.toFixed(1)}/s, ${kilobytes(facts.bytesPerAccount)} each`);
  });
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

function people(kind: string, count: number): readonly BenchUser[] {
  return Array.from({ length: count }, (_none, index) => ({
    name: `${kind}${index}`,
    password: `pw-${index}`,
  }));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
