import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
// What is looked at here; the server reads all of them and says what it does not understand.
const { values: asked } = parseArgs({
  args,
  options: {
    config: { type: 'string' },
    lan: { type: 'boolean' },
    page: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
  strict: false,
});

ensureDependencies();
ensureBuilt();
if (asked.help) {
  startChild(['packages/gateway/dist/main.js', '--help']);
} else {
  await start();
}

async function start() {
  const file = configFile();
  const config = await readConfig(file);
  if (!janusIsNamed(config)) needJanus();
  const lan = asked.lan ? ['--lan'] : [];
  if (config.exchange) tellDemo(config);
  const children = [
    ...(config.exchange
      ? [child('the exchange', ['packages/exchange/dist/main.js', '--config', file, ...lan])]
      : []),
    child('the server', ['packages/gateway/dist/main.js', ...args, '--config', file, ...page(config)]),
  ];
  keepTogether(children);
}

/** As the server finds it, but that without a word about it there is a configuration of our own. */
function configFile() {
  const named = asked.config ?? process.env.SOFT_HANDSET_CONFIG;
  if (named === true) fail('--config needs a file');
  if (named) return resolve(named);
  const file = join(root, 'data/soft-handset.yaml');
  if (ensureDemoConfig(file)) say(`wrote ${file}`);
  return file;
}

/** Our page, unless another one is named. */
function page(config) {
  const isNamed = asked.page || process.env.SOFT_HANDSET_PAGE || config.page?.dir;
  return isNamed ? [] : ['--page', join(root, 'packages/phone/dist')];
}

async function readConfig(file) {
  const { parse } = await import('yaml');
  try {
    return parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    return fail(`cannot read ${file}: ${error.message.split('\n')[0]}`);
  }
}

/** One that runs already, or a program of the user's own. */
function janusIsNamed({ janus }) {
  const { SOFT_HANDSET_JANUS_URL, SOFT_HANDSET_JANUS_BINARY } = process.env;
  return Boolean(SOFT_HANDSET_JANUS_URL || SOFT_HANDSET_JANUS_BINARY || janus?.url || janus?.binary);
}

function needJanus() {
  // Where Janus's own `make install` puts it; the server looks there too.
  if (existsSync('/opt/janus/bin/janus')) return;
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
