import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { debianParts, ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, fail, must, root, run } from './lib/run.mjs';

/*
 * `npm run bench -- <name>`: sets up what is missing, builds, and runs `bench/src/<name>.ts`.
 * Words after the name go to it. The last line of a benchmark is `RESULT {...}`.
 */
const [name, ...args] = process.argv.slice(2);

if (name === undefined || !existsSync(join(root, `bench/src/${name}.ts`))) {
  fail('npm run bench -- <name>, where bench/src/<name>.ts is a benchmark, such as setup or media');
}
ensureDependencies();
ensureBuilt();
const missing = ensureDebianParts(Object.keys(debianParts));
if (missing.length > 0) fail(`missing: ${missing.join(', ')} (${howToInstall(missing)})`);
must('the build of the benchmarks', bin('tsc'), ['-b', 'bench']);
process.exitCode = run(process.execPath, [`bench/dist/${name}.js`, ...args]);
