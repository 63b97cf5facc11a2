import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { rolldown } from 'rolldown';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { root } from './lib/run.mjs';

/*
 * Makes the package `soft-handset` ready to be packed (its `prepack`): our own packages as a few files beside one another,
 * and the page. What comes from the registry stays a dependency, so that npm keeps it up to date.
 */
const home = join(root, 'packages/soft-handset');
const bundle = join(home, 'bundle');
const page = join(home, 'page');

/** The programs, and what they start of their own by the name of a file beside them. */
const programs = {
  'soft-handset': 'packages/soft-handset/src/soft-handset.ts',
  server: 'packages/gateway/src/main.ts',
  exchange: 'packages/exchange/src/main.ts',
  'embedded-child': 'packages/media/src/embedded-child.ts',
  'recording-thread': 'packages/media/src/recording/recording-thread.ts',
};

ensureDependencies();
ensureBuilt();
for (const folder of [bundle, page]) rmSync(folder, { recursive: true, force: true });
const build = await rolldown({
  cwd: root,
  input: Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, join(root, file)])),
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import'] },
  external: (name) => !name.startsWith('.') && !isAbsolute(name) && !name.startsWith('@soft-handset/'),
  onLog: (level, log) => {
    if (level === 'warn') throw new Error(log.message);
  },
});
await build.write({
  dir: bundle,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await build.close();
cpSync(join(root, 'packages/phone/dist'), page, { recursive: true, filter: isForThePage });
copyFileSync(join(root, 'LICENSE'), join(home, 'LICENSE'));
copyFileSync(join(root, 'config/soft-handset.example.yaml'), join(home, 'soft-handset.example.yaml'));

function isForThePage(file) {
  return !file.endsWith('.map') && basename(file) !== 'soft-handset-element.js';
}
