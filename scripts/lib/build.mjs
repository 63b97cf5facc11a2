import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, must, root, say } from './run.mjs';

const stamp = join(root, 'node_modules/.cache/soft-handset-build');

/** Compiles all packages and bundles SDK and page, unless nothing changed since the last time. */
export function ensureBuilt() {
  const wanted = fingerprint();
  if (
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted &&
    outputs.every((file) => existsSync(join(root, file)))
  )
    return;
  say('building');
  must('the TypeScript build', bin('tsc'), ['-b']);
  must('the SDK bundle', 'npm', ['run', '--silent', '-w', 'packages/handset', 'build:script'], {
    quiet: true,
  });
  must('the page bundle', 'npm', ['run', '--silent', '-w', 'packages/phone', 'build'], { quiet: true });
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  writeFileSync(stamp, wanted);
}

const outputs = [
  'packages/gateway/dist/main.js',
  'packages/exchange/dist/main.js',
  'packages/soft-handset/dist/launch.js',
  'packages/handset/dist/soft-handset.js',
  'packages/phone/dist/index.html',
];

/** Paths, sizes and times of everything that goes into the build. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const file of sources('packages').concat(sources('parts'))) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (['dist', 'node_modules', 'test'].includes(entry.name)) return [];
    return entry.isDirectory() ? sources(path) : [path];
  });
}
