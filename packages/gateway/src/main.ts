import { systemClock } from './clock.ts';
import { helpText, readCommandLine } from './config/command-line.ts';
import { ConfigError } from './config/config-error.ts';
import { loadConfig, type Config } from './config/config.ts';
import { startGateway, type Gateway } from './gateway.ts';
import { catchTheUncaught } from './last-resort.ts';
import type { Log } from './log.ts';
import { createLogger } from './ops/logger.ts';
import { productionParts } from './production-parts.ts';
import { startFault } from './start-error.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

/** Longest time from the wish to end until the process is gone, whatever hangs. */
const endLimitMs = 10_000;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const config = readConfig(args);
  if (!config) return;
  const log = createLogger(config.log);
  for (const warning of config.warnings) log.warn({}, warning);
  let gateway: Gateway | undefined;
  let ending: Promise<void> | undefined;
  const end = (exitCode: number): Promise<void> => (ending ??= endProcess(gateway, exitCode));
  catchTheUncaught(process, log, systemClock, () => void end(1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait.
      if (ending) process.exit(1);
      log.info({ signal }, 'ending');
      void end(0);
    });
  }
  // Started by another program: its end is ours.
  process.once('disconnect', () => void end(0));
  try {
    gateway = await startGateway(config, log, productionParts);
  } catch (error) {
    process.stderr.write(
      `${startFault(error) ?? (error instanceof Error ? error.stack : String(error)) ?? ''}\n`,
    );
    process.exit(1);
  }
  reloadOnHangup(gateway, log, () => loadConfig({ args, env: process.env }));
  greet(await welcome(gateway, config, process.stdout.isTTY));
}

/** Who has started us shows it when all that belongs together is up. */
function greet(text: string): void {
  if (process.send) process.send({ up: text });
  else process.stdout.write(text);
}

function readConfig(args: readonly string[]): Config | undefined {
  try {
    const { help, version: isVersionAsked } = readCommandLine(args);
    if (help || isVersionAsked) {
      process.stdout.write(help ? helpText : `${version}\n`);
      return undefined;
    }
    return loadConfig({ args, env: process.env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.lines.join('\n')}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

async function endProcess(gateway: Gateway | undefined, exitCode: number): Promise<void> {
  setTimeout(() => process.exit(exitCode || 1), endLimitMs).unref();
  await gateway?.close();
  process.exit(exitCode);
}

function reloadOnHangup(gateway: Gateway, log: Log, readAgain: () => Config): void {
  process.on('SIGHUP', () => {
    try {
      gateway.reload(readAgain()).then(
        () => log.info({}, 'certificate and Janus servers read again'),
        (error: unknown) =>
          log.error({ err: error }, 'the new certificate cannot be used, the old one stays'),
      );
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error({ lines: error.lines }, 'the changed configuration cannot be used, the old one stays');
    }
  });
}
