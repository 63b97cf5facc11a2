import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, root, run } from './run.mjs';

/**
 * Formatting, lint, and the types of tests. The build has checked the sources.
 * @returns {string[]} what is not clean
 */
export function check() {
  return [
    ['formatting', () => run(bin('prettier'), ['--check', '--log-level=warn', '.'])],
    ['lint', () => run(bin('eslint'), ['.', '--max-warnings', '0'])],
    ...testProjects().map((folder) => [`types of ${folder}`, () => run(bin('tsc'), ['-p', folder])]),
  ].flatMap(([what, execute]) => (execute() === 0 ? [] : [what]));
}

function testProjects() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/test`);
  return [...packages, 'parts/test', 'scripts/test', 'e2e', 'bench'].filter((folder) =>
    existsSync(join(root, folder, 'tsconfig.json')),
  );
}
