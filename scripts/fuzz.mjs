import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { bin, fail, run, say } from './lib/run.mjs';

/*
 * `npm run fuzz -- --minutes 60`: the tests that mutate SIP, SDP and the Janus API, round after round with other mutations, until the
 * time is over or one fails. `npm run fuzz -- --seed N --minutes 0` repeats the round of that seed.
 */
const tests = [
  'packages/sip/test/fuzz.test.ts',
  'packages/sip/test/stack-fuzz.test.ts',
  'packages/media/test/plain-sdp-garbage.test.ts',
  'packages/gateway/test/sipserver/api-fuzz.test.ts',
  'packages/gateway/test/sipserver/random-walk.test.ts',
];
const { minutes, seed } = wanted();
const endsAt = Date.now() + minutes * 60_000;
ensureDependencies();
ensureBuilt();
for (let round = seed; process.exitCode === undefined; round += 1) {
  say(`fuzz: seed ${round}`);
  const code = run(bin('vitest'), ['run', '--project', 'unit', '--reporter=dot', ...tests], {
    env: { FUZZ_SEED: `${round}` },
  });
  if (code !== 0) fail(`fuzz: seed ${round} failed; npm run fuzz -- --seed ${round} --minutes 0 repeats it`);
  if (Date.now() >= endsAt) process.exitCode = 0;
}

function wanted() {
  try {
    const options = { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } };
    const { values } = parseArgs({ options });
    const [minutes, seed] = [Number(values.minutes), Number(values.seed ?? randomInt(1, 2 ** 30))];
    if (!(minutes >= 0)) fail(`--minutes ${values.minutes}: not a number of minutes`);
    if (!Number.isSafeInteger(seed)) fail(`--seed ${values.seed}: not a whole number`);
    return { minutes, seed };
  } catch (error) {
    return fail(`${error.message}: npm run fuzz -- [--minutes N] [--seed N]`);
  }
}
