import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { check } from './lib/check.mjs';
import { debianParts, ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, run, say } from './lib/run.mjs';

/*
 * `npm test`: sets up what is missing, then checks and tests everything. Words after `--` go to Vitest:
 * `npm test -- --project unit sip`.
 */
const args = process.argv.slice(2);

ensureDependencies();
ensureBuilt();
const missing = ensureDebianParts(Object.keys(debianParts));
if (missing.length > 0)
  say(
    `missing: ${missing.join(', ')}; tests that need them are skipped, or fail under CI=true (${howToInstall(missing)})`,
  );

const isClean = args.length > 0 || check();
// Quick tests side by side first; then those with real programs, one after the other: they measure time and share two cores.
const runs =
  args.length > 0
    ? [args]
    : [
        ['--project', 'unit'],
        ['--project', 'parts', '--project', 'e2e'],
      ];
const results = runs.map(vitest);
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`tests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = isClean && results.every((result) => result.ok) ? 0 : 1;

function vitest(words) {
  const folder = mkdtempSync(join(tmpdir(), 'soft-handset-test-'));
  const file = join(folder, 'results.json');
  try {
    const code = run(bin('vitest'), [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...words,
    ]);
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    return {
      ok: code === 0,
      passed: numPassedTests,
      failed: numFailedTests,
      skipped: numPendingTests + numTodoTests,
    };
  } catch (error) {
    say(`Vitest left no results: ${error.message}`);
    return { ok: false, passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
