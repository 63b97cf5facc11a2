import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run, say } from './run.mjs';

/**
 * Formatting, lint, and the types of tests. The build has checked the sources.
 * @returns {boolean} whether all is well
 */
export function check() {
  const results = [
    ['formatting', () => run(bin('prettier'), ['--check', '--log-level=warn', '.'])],
    ['lint', () => run(bin('eslint'), ['.', '--max-warnings', '0'])],
    ...testProjects().map((folder) => [`types of ${folder}`, () => run(bin('tsc'), ['-p', folder])]),
  ].map(([what, execute]) => {
    const ok = execute() === 0;
    if (!ok) say(`${what}: not clean`);
    return ok;
  });
  return results.every(Boolean);
}

function testProjects() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/test`);
  return [...packages, 'parts/test', 'scripts/test', 'e2e', 'bench'].filter((folder) =>
    existsSync(join(root, folder, 'tsconfig.json')),
  );
}
