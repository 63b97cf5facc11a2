import { ensureBuilt } from './lib/build.mjs';
import { check } from './lib/check.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';

ensureDependencies();
ensureBuilt();
process.exitCode = check() ? 0 : 1;
