import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** The engine's child process is run from the build, which has to be that of the source. */
export function ensureChildIsBuilt(): void {
  const sources = readdirSync(join(packageFolder, 'src')).filter((name) => name.endsWith('.ts'));
  const isStale = sources.some((name) => {
    const built = join(packageFolder, 'dist', name.replace(/ts$/, 'js'));
    return !existsSync(built) || statSync(built).mtimeMs < statSync(join(packageFolder, 'src', name)).mtimeMs;
  });
  if (!isStale) return;
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-b', packageFolder], { timeout: 60_000 });
}
