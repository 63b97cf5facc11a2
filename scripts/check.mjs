import { ensureBuilt } from './lib/build.mjs';
import { check } from './lib/check.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';

ensureDependencies();
ensureBuilt();
const unclean = check();
for (const what of unclean) console.log(`FAILED: ${what}`);
process.exitCode = unclean.length === 0 ? 0 : 1;
