import { ensureBuilt } from './lib/build.mjs';
import { debianParts, ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, fail, must, run } from './lib/run.mjs';

/*
 * `npm run bench -- <name>`: sets up what is missing, builds, and runs `bench/src/<name>.ts`; bench/README.md tells of each.
 * Words after the name go to it. The last line of a benchmark is `RESULT {...}`.
 */
const benchmarks = {
  setup: 'call set-up and registration beside the stock SIP plugin of Janus',
  media: 'the embedded media engine beside Janus',
  parser: 'the SIP parser beside those of npm',
  registered: 'ten thousand registered accounts on one gateway',
};
const onlyCode = ['parser'];
const [name = '', ...args] = process.argv.slice(2);

if (!Object.hasOwn(benchmarks, name)) {
  const list = Object.entries(benchmarks).map(([each, what]) => `  ${each.padEnd(12)}${what}`);
  fail(`npm run bench -- <name>, where <name> is one of\n${list.join('\n')}`);
}
ensureDependencies();
ensureBuilt();
const missing = onlyCode.includes(name) ? [] : ensureDebianParts(Object.keys(debianParts));
if (missing.length > 0) fail(`missing: ${missing.join(', ')} (${howToInstall(missing)})`);
must('the build of the benchmarks', bin('tsc'), ['-b', 'bench']);
process.exitCode = run(process.execPath, [`bench/dist/${name}.js`, ...args]);
