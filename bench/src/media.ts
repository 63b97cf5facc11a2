import { alternate, medianRatio } from './alternate.ts';
import { measureMedia, type LoadOfCalls, type MediaBlock } from './media-block.ts';
import { firstRtpInChromium } from './media-first-rtp.ts';
import type { MediaPageTimes } from './media-page.ts';
import { startOurMedia, startTheirMedia, type StartMediaSide } from './media-side.ts';
import { median, percentiles } from './percentiles.ts';
import { withParts } from './with-parts.ts';

/*
 * Our embedded engine and Janus with NoSIP: the same load, the same contract, one core for the engine with all its threads and
 * the other for the load generator. Both are started afresh for each block, and take turns. The last line is `RESULT {...}`:
 * ratios are ours divided by theirs, each the median of the blocks; the rest is ours alone. Ours is never told anything
 * that a user would not tell it, but for the address that Janus finds by itself.
 *
 * `npm run bench -- media 60 8` looks at 60 calls alone, in eight blocks, and not at Chromium: for work on the engine.
 */

const [only, ...more] = process.argv.slice(2).map(Number);
const counts = only === undefined ? [60, 120, 200] : [only];
const [blocks = 4] = more;
const chromiumCalls = 30;

const facts = await alternate({ ours: startOurMedia, stock: startTheirMedia }, blocks, (start) =>
  withParts((parts) => measureMedia(parts, start, counts)),
);
show('Janus with NoSIP', facts.stock);
show('the embedded engine', facts.ours);

const cpuRatios = Object.fromEntries(
  counts.map((calls) => [
    `cpuRatio${calls}`,
    medianRatio(facts, (block) => loadOf(block, calls).processorPercent),
  ]),
);
const memoryRatio = medianRatio(facts, ({ bytesPerCall }) => bytesPerCall);
const result = only === undefined ? await wholeResult() : { ...cpuRatios, memoryRatio };
console.log(`RESULT ${JSON.stringify(result)}`);

async function wholeResult(): Promise<Readonly<Record<string, number>>> {
  console.log('\ncalls in Chromium, the peer offers and talks');
  showFirstRtp('Janus with NoSIP', await firstRtp(startTheirMedia));
  const ours = await firstRtp(startOurMedia);
  showFirstRtp('the embedded engine', ours);
  const at200 = facts.ours.map((block) => loadOf(block, 200));
  return {
    cpuRatio60: cpuRatios.cpuRatio60 ?? NaN,
    cpuRatio120: cpuRatios.cpuRatio120 ?? NaN,
    p99At200Ms: Number(median(at200.map(({ p99Ms }) => p99Ms)).toFixed(1)),
    lossAt200: Number(median(at200.map(lossOf)).toFixed(5)),
    memoryRatio,
    firstRtpP50Ms: Math.round(median(ours.map(({ offerToFirstRtp }) => offerToFirstRtp))),
  };
}

async function firstRtp(start: StartMediaSide): Promise<readonly MediaPageTimes[]> {
  return withParts(async (parts) => firstRtpInChromium(parts, (await start(parts)).engine, chromiumCalls));
}

function show(name: string, all: readonly MediaBlock[]): void {
  const memory = median(all.map(({ bytesPerCall }) => bytesPerCall)) / 1024;
  console.log(`\n${name}   ${memory.toFixed(0)} KB a call; blocks side by side, the median last`);
  for (const calls of counts) showLoad(all.map((block) => loadOf(block, calls)));
}

function showLoad(all: readonly LoadOfCalls[]): void {
  const row = (of: (load: LoadOfCalls) => number, digits: number): string => {
    const values = all.map(of);
    return `${values.map((value) => value.toFixed(digits)).join(' ')} (${median(values).toFixed(digits)})`;
  };
  console.log(`  ${all[0]?.calls} calls`);
  console.log(
    `    of a core %   ${row((load) => load.processorPercent, 1)}, each ${row((load) => load.processorPercent / load.calls, 3)}`,
  );
  console.log(`    one way ms    p50 ${row(({ p50Ms }) => p50Ms, 1)}, p99 ${row(({ p99Ms }) => p99Ms, 1)}`);
  console.log(`    lost %        ${row((load) => 100 * lossOf(load), 2)}`);
  console.log(
    `    the generator late ms p99 ${row(({ ownP99Ms }) => ownP99Ms, 1)}, of its core % ${row((load) => load.ownProcessorPercent, 0)}`,
  );
}

function showFirstRtp(name: string, times: readonly MediaPageTimes[]): void {
  const figures = (of: (times: MediaPageTimes) => number): string => {
    const { p50, p95 } = percentiles(times.map(of));
    return `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`;
  };
  console.log(`  ${name} (${times.length} calls)`);
  console.log(`    offer -> first RTP    ${figures((time) => time.offerToFirstRtp)}`);
  console.log(`    answer -> connected   ${figures((time) => time.answerToConnected)}`);
  console.log(`    answer -> first RTP   ${figures((time) => time.answerToFirstRtp)}`);
}

function lossOf({ sent, cameBack }: LoadOfCalls): number {
  return 1 - cameBack / sent;
}

function loadOf({ loads }: MediaBlock, calls: number): LoadOfCalls {
  const load = loads.find((each) => each.calls === calls);
  if (!load) throw new Error(`${calls} calls were not measured`);
  return load;
}
