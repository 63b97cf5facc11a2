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
 */

const blocks = 4;
const chromiumCalls = 30;

const facts = await alternate({ ours: startOurMedia, stock: startTheirMedia }, blocks, (start) =>
  withParts((parts) => measureMedia(parts, start)),
);
show('Janus with NoSIP', facts.stock);
show('the embedded engine', facts.ours);

console.log('\ncalls in Chromium, the peer offers and talks');
showFirstRtp('Janus with NoSIP', await firstRtp(startTheirMedia));
const ours = await firstRtp(startOurMedia);
showFirstRtp('the embedded engine', ours);

const at200 = facts.ours.map((block) => block.at200);
const result = {
  cpuRatio60: medianRatio(facts, ({ at60 }) => at60.processorPercent),
  cpuRatio120: medianRatio(facts, ({ at120 }) => at120.processorPercent),
  p99At200Ms: Number(median(at200.map(({ p99Ms }) => p99Ms)).toFixed(1)),
  lossAt200: Number(median(at200.map(lossOf)).toFixed(5)),
  memoryRatio: medianRatio(facts, ({ bytesPerCall }) => bytesPerCall),
  firstRtpP50Ms: Math.round(median(ours.map(({ offerToFirstRtp }) => offerToFirstRtp))),
};
console.log(`RESULT ${JSON.stringify(result)}`);

async function firstRtp(start: StartMediaSide): Promise<readonly MediaPageTimes[]> {
  return withParts(async (parts) => firstRtpInChromium(parts, (await start(parts)).engine, chromiumCalls));
}

function show(name: string, all: readonly MediaBlock[]): void {
  const memory = median(all.map(({ bytesPerCall }) => bytesPerCall)) / 1024;
  console.log(`\n${name}   ${memory.toFixed(0)} KB a call; blocks side by side, the median last`);
  for (const at of ['at60', 'at120', 'at200'] as const) showLoad(all.map((block) => block[at]));
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
