import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

let isBuilt = false;

/** The engine's child process is run from the build, which has to be that of the source. */
export function ensureChildIsBuilt(): void {
  isBuilt ||= isUpToDate() || build();
}

/** The compiler touches its notes whenever it has looked, also where nothing had to be written. */
function isUpToDate(): boolean {
  const notes = join(packageFolder, 'dist/.tsbuildinfo');
  if (!existsSync(notes)) return false;
  const builtMs = statSync(notes).mtimeMs;
  const sources = readdirSync(join(packageFolder, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.every((name) => statSync(join(packageFolder, 'src', name)).mtimeMs < builtMs);
}

function build(): true {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-b', packageFolder], { timeout: 240_000 });
  return true;
}
