import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './launch.ts';

/** The command of the package, where everything is bundled beside it. */
const bundle = fileURLToPath(new URL('.', import.meta.url));
launch({
  args: process.argv.slice(2),
  env: process.env,
  programs: { server: join(bundle, 'server.js'), exchange: join(bundle, 'exchange.js') },
  pageDir: join(bundle, '../page'),
});
