import { join } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { root } from './lib/run.mjs';

/*
 * `npm start`: sets up what is missing, then runs what the command `soft-handset` of the package runs.
 * Words after `--` go to the server: `npm start -- --lan`; `--help` lists them.
 */
ensureDependencies();
ensureBuilt();
process.chdir(root);
const { launch } = await import('../packages/soft-handset/dist/launch.js');
launch({
  args: process.argv.slice(2),
  env: process.env,
  programs: {
    server: join(root, 'packages/gateway/dist/main.js'),
    exchange: join(root, 'packages/exchange/dist/main.js'),
  },
  pageDir: join(root, 'packages/phone/dist'),
});
