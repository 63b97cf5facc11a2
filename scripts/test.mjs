import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { check } from './lib/check.mjs';
import { debianParts, ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, root, run, say } from './lib/run.mjs';

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

const unclean = args.length > 0 ? [] : check();
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
for (const what of unclean) console.log(`FAILED: ${what} (npm run check)`);
for (const { name, why } of results.flatMap(({ failures }) => failures))
  console.log(`FAILED: ${name}\n  ${why}`);
for (const { name, why } of results.flatMap(({ unsteady }) => unsteady))
  console.log(`passed at the second try: ${name}\n  ${why}`);
console.log(`tests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = unclean.length === 0 && results.every((result) => result.ok) ? 0 : 1;

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
    const { testResults, ...counts } = JSON.parse(readFileSync(file, 'utf8'));
    return {
      ok: code === 0,
      passed: counts.numPassedTests,
      failed: counts.numFailedTests,
      skipped: counts.numPendingTests + counts.numTodoTests,
      failures: troubles(testResults, 'failed'),
      unsteady: troubles(testResults, 'passed'),
    };
  } catch (error) {
    say(`Vitest left no results: ${error.message}`);
    return { ok: false, passed: 0, failed: 1, skipped: 0, failures: [], unsteady: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tests of that status that have an error on record: at the end of a long run nobody scrolls back for it. */
function troubles(files, status) {
  const tests = files.flatMap(({ name: path, message, assertionResults }) => {
    const fileItself = { fullName: '(the file itself)', status: 'failed', failureMessages: [message] };
    const all = assertionResults.length > 0 || !message ? assertionResults : [fileItself];
    return all.map((test) => ({ ...test, path }));
  });
  return tests
    .filter((test) => test.status === status && test.failureMessages.length > 0)
    .map(({ path, fullName, failureMessages: [first] }) => ({
      name: `${relative(root, path)} > ${fullName}`,
      why: first.split('\n').slice(0, 3).join('\n  '),
    }));
}
