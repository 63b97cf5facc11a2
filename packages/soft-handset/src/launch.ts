import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ConfigError,
  findConfigFile,
  readCommandLine,
  StartError,
  type CommandLine,
} from '@soft-handset/gateway/launching';
import { parse } from 'yaml';
import { ensureDemoConfig } from './demo-config.ts';
import { runTogether, type Program } from './process-tree.ts';

export interface LaunchOptions {
  /** Without the program and the script. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The scripts to run. */
  readonly programs: { readonly server: string; readonly exchange: string };
  /** Our page, unless another one is named. */
  readonly pageDir: string;
}

/**
 * Starts the server, and beside it the exchange where the configuration has one. Without any configuration it writes one
 * with a few numbers to try, into the data folder of the current folder.
 */
export function launch(options: LaunchOptions): void {
  // At a terminal the log is for a person.
  const env = { SOFT_HANDSET_LOG_PRETTY: process.stdout.isTTY ? 'true' : 'false', ...options.env };
  try {
    runTogether(programsFor(options), env);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function programsFor({ args, env, programs, pageDir }: LaunchOptions): readonly Program[] {
  const server = (...more: readonly string[]): Program => ({
    name: 'the server',
    words: [programs.server, ...args, ...more],
    hearsHangup: true,
  });
  const wish = readWish(args, env);
  if (wish === undefined) return [server()];
  const { commandLine, file } = wish;
  const content = file === undefined ? {} : contentOf(file);
  const isPageNamed =
    Boolean(valueOf(commandLine, 'page.dir') ?? env['SOFT_HANDSET_PAGE']) || has(content.page, 'dir');
  const where = file === undefined ? [] : ['--config', file];
  const one = server(
    ...(commandLine.config === undefined ? where : []),
    ...(isPageNamed ? [] : ['--page', pageDir]),
  );
  if (file === undefined || !content.exchange) return [one];
  const lan = commandLine.lan ? ['--lan'] : [];
  return [{ name: 'the exchange', words: [programs.exchange, ...where, ...lan] }, one];
}

interface Wish {
  readonly commandLine: CommandLine;
  /** None where a PBX was named instead. */
  readonly file?: string;
}

/** Undefined where the server only says something: help, or what is wrong with the words. */
function readWish(args: readonly string[], env: NodeJS.ProcessEnv): Wish | undefined {
  const cwd = process.cwd();
  try {
    const commandLine = readCommandLine(args);
    if (commandLine.help || commandLine.version) return undefined;
    const place = findConfigFile(commandLine, env, cwd);
    if (place.is === 'not-needed') return { commandLine };
    return { commandLine, file: place.is === 'missing' ? demoFile(commandLine, env, cwd) : place.path };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** @throws StartError */
function demoFile(commandLine: CommandLine, env: NodeJS.ProcessEnv, cwd: string): string {
  const folder = resolve(cwd, valueOf(commandLine, 'dataDir') ?? (env['SOFT_HANDSET_DATA'] || 'data'));
  const file = join(folder, 'soft-handset.yaml');
  try {
    if (ensureDemoConfig(file)) process.stdout.write(`soft-handset: wrote ${file}\n`);
  } catch (cause) {
    throw StartError.cannotWrite(folder, cause);
  }
  return file;
}

function valueOf({ settings }: CommandLine, wanted: string): string | undefined {
  const value = settings.find(({ path }) => path === wanted)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** What of a configuration file decides about what is started. */
function contentOf(file: string): { readonly exchange?: unknown; readonly page?: unknown } {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    // What is wrong with it, the server says, with the line.
    return {};
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}
