import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Says what happens, in one form everywhere. */
export function say(text) {
  console.log(`soft-handset: ${text}`);
}

/** One clear line, and the end. */
export function fail(text) {
  console.error(`soft-handset: ${text}`);
  process.exit(1);
}

/**
 * Runs a command in the checkout and waits for it. Its output is shown, or with `quiet` only when it failed.
 * @returns {number} the exit code
 */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error) {
    console.error(`soft-handset: cannot run ${command}: ${result.error.message}`);
    return 127;
  }
  const code = result.status ?? 1;
  if (quiet && code !== 0) process.stderr.write(Buffer.concat([result.stdout, result.stderr]));
  return code;
}

/** Runs a command and ends with it if it fails. */
export function must(what, command, args, options) {
  const code = run(command, args, options);
  if (code !== 0) fail(`${what} failed (${[command, ...args].join(' ')}, exit code ${code})`);
}

/** Path of a program that npm installed. */
export function bin(name) {
  return `${root}node_modules/.bin/${name}`;
}

/** Starts a program of ours that ends with us. */
export function startChild(args, options = {}) {
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
}

/** Whether a program is on the PATH. */
export function hasProgram(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}
