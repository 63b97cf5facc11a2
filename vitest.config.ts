import { defineConfig } from 'vitest/config';

/** Browsers, sipp and Janus share two cores with whatever else runs: a test of theirs may try twice, and `npm test` names it then. */
const secondTry = 1;

/** `npm run soak`: it ends by itself. */
const soak = {
  extends: true as const,
  test: {
    name: 'soak',
    include: ['e2e/soak.test.ts'],
    testTimeout: 0,
    disableConsoleIntercept: true,
  },
};

/** `unit` is quick and needs nothing; `parts` runs real Janus, sipp, Kamailio; `e2e` drives real Chromium. */
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    // Limits for a test that hangs, not measures of speed: a wait ends when what it waits for is there.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
          exclude: ['**/*.parts.test.ts'],
          // One process for many files: starting and loading took longer than the tests. No module of ours has state of its own.
          isolate: false,
          maxWorkers: '100%',
          // Quick where there is nobody else; a busy machine is no failure.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          // Vitest would take it for a module to be rewritten, by its name; Node loads it as it is.
          server: { deps: { external: [/janus-gateway/] } },
        },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['packages/*/test/**/*.parts.test.ts', 'parts/test/**/*.parts.test.ts'],
          fileParallelism: false,
          retry: secondTry,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          retry: secondTry,
        },
      },
      ...(process.env['SOAK_MINUTES'] === undefined ? [] : [soak]),
    ],
  },
});
