import { Parts, startKamailio, startSipp } from '@soft-handset/parts';
import { browserCalls } from './browser-calls.ts';
import { percentiles, serialSetups, setupRate, type RateFacts, type SetupFacts } from './calls.ts';
import { registerAll, type RegistrationFacts } from './registrations.ts';
import { startOurs, startStock, type BenchUser, type StartSide } from './side.ts';

/*
 * The stock SIP plugin of Janus and our gateway, one after the other, with the same client, the same peers and the same
 * Janus program. The last line is the comparison, ours divided by theirs: `RESULT {...}`.
 */

interface SideFacts {
  readonly serial: SetupFacts;
  readonly rate10: RateFacts;
  readonly rate40: RateFacts;
  readonly register200: RegistrationFacts;
  readonly register500: RegistrationFacts;
}

const serialCalls = 100;
const rateSeconds = 8;
const warmUpUsers = 20;
const browserRuns = 20;

const guests = people('guest', 40);

// `npm run bench -- setup stock` or `ours` looks at one of them alone.
const [only] = process.argv.slice(2);
const theirs = only === 'ours' ? undefined : await measure(startStock);
const ours = only === 'stock' ? undefined : await measure(startOurs);
if (ours) await showBrowserCalls();
if (theirs && ours) console.log(`RESULT ${JSON.stringify(compare(ours, theirs))}`);

function compare(one: SideFacts, other: SideFacts): object {
  return {
    setupLatencyRatio: ratio(one.serial.p50, other.serial.p50),
    setupRateRatio40: ratio(one.rate40.perSecond, other.rate40.perSecond),
    registerRateRatio: ratio(one.register200.perSecond, other.register200.perSecond),
    memoryRatio: ratio(one.register500.bytesPerAccount, other.register500.bytesPerAccount),
  };
}

async function measure(start: StartSide): Promise<SideFacts> {
  const calls = await withParts(async (parts) => {
    const sipp = await parts.use(startSipp({ scenario: 'uas', trace: false }));
    const side = await start(parts, { sipPort: sipp.port, guests, users: [] });
    console.log(`\n${side.name}`);
    const peer = sipp.uri('bench');
    const serial = await serialSetups(side, guests[0]!, peer, serialCalls);
    console.log(`  call -> accepted, one after the other   ${setups(serial)}`);
    const rate10 = await setupRate(side, guests.slice(0, 10), peer, rateSeconds);
    console.log(`  set-ups at 10 handles                   ${rate(rate10)}`);
    const rate40 = await setupRate(side, guests, peer, rateSeconds);
    console.log(`  set-ups at 40 handles                   ${rate(rate40)}`);
    return { serial, rate10, rate40 };
  });
  const register200 = await registrations(start, 200);
  const register500 = await registrations(start, 500);
  return { ...calls, register200, register500 };
}

async function registrations(start: StartSide, count: number): Promise<RegistrationFacts> {
  const users = people('user', count + warmUpUsers);
  return withParts(async (parts) => {
    const passwords = Object.fromEntries(users.map(({ name, password }) => [name, password]));
    const registrar = await parts.use(startKamailio({ users: passwords }));
    const side = await start(parts, { sipPort: registrar.port, guests: [], users });
    const facts = await registerAll(side, users.slice(0, warmUpUsers), users.slice(warmUpUsers));
    const memory = `${(facts.bytesPerAccount / 1024).toFixed(1)} KB each`;
    console.log(`  ${count} accounts registered by digest        ${facts.perSecond.toFixed(1)}/s, ${memory}`);
    return facts;
  });
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

/** Only ours has return calls; the stock plugin cannot send an INVITE without an offer. */
async function showBrowserCalls(): Promise<void> {
  const times = await withParts((parts) => browserCalls(parts, guests[0]!, browserRuns));
  const show = (values: readonly number[]): string => {
    const { p50, p95 } = percentiles(values);
    return `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms (${values.length} calls)`;
  };
  console.log('\nfrom Chromium, return call');
  console.log(`  new_call -> new_accepted     ${show(times.map((one) => one.newCallToNewAccepted))}`);
  console.log(`  new_accept -> first RTP      ${show(times.map((one) => one.newAcceptToFirstRtp))}`);
}

function people(kind: string, count: number): readonly BenchUser[] {
  return Array.from({ length: count }, (_none, index) => ({
    name: `${kind}${index}`,
    password: `pw-${index}`,
  }));
}

function setups({ p50, p95, calls, failed }: SetupFacts): string {
  return `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms (${calls} calls, ${failed} failed)`;
}

function rate(facts: RateFacts): string {
  const processor = `${facts.processorPercent.toFixed(0)} % of a core`;
  return `${facts.perSecond.toFixed(1)}/s, ${setups(facts)}, ${processor}`;
}

function ratio(one: number, other: number): number {
  return Number((one / other).toFixed(3));
}
