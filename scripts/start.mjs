import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt } from './lib/build.mjs';
import { ensureDebianParts, howToInstall } from './lib/debian-parts.mjs';
import { ensureDemoConfig } from './lib/demo-config.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { fail, root, say, startChild } from './lib/run.mjs';

/*
 * `npm start`: sets up what is missing, then runs the server and, where the configuration has one, the exchange beside it.
 * Words after `--` go to the server: `npm start -- --lan`; `--help` lists them.
 */
const args = process.argv.slice(2);

ensureDependencies();
ensureBuilt();
if (args.includes('--help')) {
  startChild(['packages/gateway/dist/main.js', '--help']);
} else {
  await start();
}

async function start() {
  const file = configFile();
  const config = await readConfig(file);
  if (!config.janus?.url) needJanus();
  const flags = ['--config', file, ...withoutConfig(args)];
  const lan = args.includes('--lan') ? ['--lan'] : [];
  if (config.exchange) tellDemo(config);
  const children = [
    ...(config.exchange
      ? [child('the exchange', ['packages/exchange/dist/main.js', '--config', file, ...lan])]
      : []),
    child('the server', [
      'packages/gateway/dist/main.js',
      ...flags,
      '--page',
      join(root, 'packages/phone/dist'),
    ]),
  ];
  keepTogether(children);
}

function configFile() {
  const at = args.indexOf('--config');
  if (at >= 0) return resolve(args[at + 1] ?? fail('--config needs a file'));
  const file = join(root, 'data/soft-handset.yaml');
  if (ensureDemoConfig(file)) say(`wrote ${file}`);
  return file;
}

function withoutConfig(words) {
  const at = words.indexOf('--config');
  return at < 0 ? words : words.toSpliced(at, 2);
}

async function readConfig(file) {
  const { parse } = await import('yaml');
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    return fail(`cannot read ${file}: ${error.message.split('\n')[0]}`);
  }
}

function needJanus() {
  const missing = ensureDebianParts(['janus']);
  if (missing.length > 0) {
    fail(
      `Janus moves the media and is not installed. Install it (${howToInstall(missing)}), or name a running one as janus.url in the configuration`,
    );
  }
}

function tellDemo({ accounts = [], exchange }) {
  say('accounts of the exchange (600 is the echo):');
  for (const { name, secret, sip } of accounts) {
    say(
      `  ${name}   page secret ${secret ?? 'none'}   desk phone: sip:${name}@<this machine>:${exchange.port ?? 5060}, password ${sip?.password ?? 'none'}`,
    );
  }
}

function child(name, words) {
  // The IPC channel tells a child when we are gone, however we went. In a process group of its own it hears the terminal's Ctrl-C from us
  // only, once.
  // At a terminal the log is for a person.
  const env = { SOFT_HANDSET_LOG_PRETTY: String(process.stdout.isTTY === true), ...process.env };
  return {
    name,
    process: startChild(words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true, env }),
  };
}

/** One ends, all end; a signal to us ends all. The youngest goes first: it needs those before it to say goodbye. */
function keepTogether(children) {
  let isEnding = false;
  const endNext = (signal) => {
    isEnding = true;
    children
      .findLast(({ process: { exitCode, signalCode } }) => exitCode === null && signalCode === null)
      ?.process.kill(signal);
  };
  for (const { name, process: one } of children) {
    one.on('exit', (code) => {
      if (!isEnding && code !== 0) say(`${name} ended (exit code ${code})`);
      if (code) process.exitCode = code;
      endNext('SIGTERM');
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => endNext(signal));
  process.on('SIGHUP', () => endNext('SIGTERM'));
}
