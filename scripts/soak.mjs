import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { debianParts, ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, fail, run } from './lib/run.mjs';

/*
 * `npm run soak -- --minutes 60`: calls of all kinds for that long, with memory, handles, ports, timers, lines and sessions
 * after each round; it fails when anything has grown. `--engine nosip` for media by Janus, `embedded` unless given.
 */
const { minutes, engine } = wanted();
if (!(Number(minutes) > 0)) fail(`--minutes ${minutes}: not a number of minutes`);
if (engine !== 'embedded' && engine !== 'nosip') fail(`--engine ${engine}: embedded or nosip`);
ensureDependencies();
ensureBuilt();
const missing = ensureDebianParts(Object.keys(debianParts));
if (missing.length > 0) fail(`missing: ${missing.join(', ')} (${howToInstall(missing)})`);
process.exitCode = run(bin('vitest'), ['run', '--project', 'soak'], {
  env: { SOAK_MINUTES: minutes, SOAK_ENGINE: engine },
});

function wanted() {
  try {
    const options = {
      minutes: { type: 'string', default: '10' },
      engine: { type: 'string', default: 'embedded' },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message}: npm run soak -- [--minutes N] [--engine embedded|nosip]`);
  }
}
