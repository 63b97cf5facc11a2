import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseUri } from '@soft-handset/sip';
import * as v from 'valibot';
import type { Account } from '../account.ts';
import { resolveAccounts } from './accounts.ts';
import type { Fault } from './accounts.ts';
import { readCommandLine } from './command-line.ts';
import { ConfigError } from './config-error.ts';
import { findConfigFile } from './config-file.ts';
import { ConfigFile } from './config-schema.ts';
import { readEnvironment } from './environment.ts';
import { explain } from './explain.ts';
import { mediaFaults } from './media.ts';
import type { Setting } from './setting.ts';
import { parseYaml, type YamlFile } from './yaml-file.ts';

/** All settings, checked, with their defaults; paths of files are absolute. */
export interface Config extends Omit<ConfigFile, 'accounts'> {
  readonly accounts: readonly Account[];
  /** Listens on every address of this machine. */
  readonly lan: boolean;
  /** Sentences about what works, but perhaps not as meant. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  /** Without the program and the script. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Puts the settings together: defaults, then the file, then the environment, then the command line.
 * @throws ConfigError with a line for each thing that is wrong
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const { args = [], env = {}, cwd = process.cwd() } = sources;
  const commandLine = readCommandLine(args);
  const place = findConfigFile(commandLine, env, cwd);
  const path = 'path' in place ? place.path : undefined;
  const file = path === undefined ? emptyFile : parseYaml(path, readText(path), env);
  const settings = absolutePaths(file.value, path === undefined ? cwd : dirname(path));
  const given = [...readEnvironment(env), ...commandLine.settings];
  const overrides = absolutePaths(merged(given), cwd);
  // A file that is no map is left for `parseConfig` to refuse.
  const all = isTree(settings) ? mergedDeep(longForm(settings), overrides) : settings;
  const config = parseConfig(all, withPlacesOf(given, file), commandLine.lan);
  return { ...config, dataDir: resolve(cwd, config.dataDir) };
}

/** Checks settings that are there already. */
export function parseConfig(input: unknown, file: YamlFile = emptyFile, lan = false): Config {
  if (!isTree(input))
    throw new ConfigError([at(file.placeOf([]), 'expected a map of keys such as "listen:"')]);
  const parsed = v.safeParse(ConfigFile, longForm(input));
  if (!parsed.success) {
    const found = parsed.issues.flatMap((issue) => explain(issue));
    throw new ConfigError(found.map(({ path, text }) => at(file.placeOf(path), text)));
  }
  const { accounts, faults } = resolveAccounts(parsed.output);
  const all = [...faults, ...tlsFaults(parsed.output), ...mediaFaults(parsed.output)];
  if (all.length > 0) {
    throw new ConfigError(
      all.map(({ path, text }) => at(file.placeOf(path), `${path.map(String).join('.')}: ${text}`)),
    );
  }
  return {
    ...parsed.output,
    listen: listenOn(parsed.output, lan),
    accounts,
    lan,
    warnings: warningsFor(parsed.output, lan),
  };
}

const emptyFile: YamlFile = { value: {}, placeOf: () => '' };

function at(place: string, text: string): string {
  return place === '' ? text : `${place}: ${text}`;
}

/** What was given outside the file is at fault under the name it was given by. */
function withPlacesOf(given: readonly Setting[], file: YamlFile): YamlFile {
  return {
    ...file,
    placeOf: (path) => {
      const place = path.map(String).join('.');
      const setting = given.findLast((one) => place === one.path || place.startsWith(`${one.path}.`));
      return setting?.from ?? file.placeOf(path);
    },
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new ConfigError([`${path}: cannot be read (${code})`], { cause });
  }
}

function listenOn({ listen }: ConfigFile, lan: boolean): ConfigFile['listen'] {
  return lan ? { ...listen, host: '0.0.0.0' } : listen;
}

function tlsFaults({ tls, sip }: ConfigFile): readonly Fault[] {
  const places = [
    [['tls'], tls],
    [['sip', 'tls'], sip.tls],
  ] as const;
  const text = 'certFile and keyFile belong together: give both or neither';
  return places.flatMap(([path, { certFile, keyFile }]) =>
    (certFile === undefined) === (keyFile === undefined) ? [] : [{ path, text }],
  );
}

function warningsFor({ accounts, allowedOrigins, listen, sip }: ConfigFile, lan: boolean): string[] {
  const warnings: string[] = [];
  const open = accounts.filter((account) => account.open).map(({ name }) => name);
  if ((lan || !isLoopbackHost(listen.host)) && open.length > 0) {
    warnings.push(`accounts without a secret can be used by everybody in reach: ${open.join(', ')}`);
  }
  if (allowedOrigins.some((origin) => origin.startsWith('http:'))) {
    warnings.push('a page at an allowed origin without https can be changed by whoever stands in between');
  }
  if (sip.tls.acceptSelfSigned) {
    warnings.push('sip.tls.acceptSelfSigned: a SIP server that signs its own certificate could be anybody');
  }
  const hosts = [sip.udp, sip.tcp].flatMap((listener) => (listener ? [listener.host ?? '127.0.0.1'] : []));
  const elsewhere = sip.servers.filter(({ uri }) => !isLoopbackHost(parseUri(uri)?.host ?? ''));
  if (!lan && hosts.every(isLoopbackHost) && elsewhere.length > 0) {
    const names = elsewhere.map(({ name }) => name).join(', ');
    warnings.push(
      `SIP is bound to this machine only, but these servers are elsewhere: ${names} (set sip.udp.host)`,
    );
  }
  return warnings;
}

function isLoopbackHost(host: string): boolean {
  return /^(127\.|::1$|localhost$)/.test(host);
}

/** `media: embedded` says only which engine. */
function longForm(settings: Tree): Tree {
  const { media } = settings;
  return typeof media === 'string' ? { ...settings, media: { engine: media } } : settings;
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings as one tree; of two at the same place the later one counts. */
function merged(settings: readonly Setting[]): Tree {
  return settings.reduce<Tree>(
    (all, { path, value }) => mergedDeep(all, nested(path.split('.'), value)) as Tree,
    {},
  );
}

function nested([key = '', ...rest]: readonly string[], value: unknown): Tree {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

function mergedDeep(under: unknown, over: unknown): unknown {
  if (!isTree(under) || !isTree(over)) return over;
  const both = Object.entries(over).map(
    ([key, value]) => [key, key in under ? mergedDeep(under[key], value) : value] as const,
  );
  return { ...under, ...Object.fromEntries(both) };
}

const pathSettings = [
  ['page', 'dir'],
  ['tls', 'certFile'],
  ['tls', 'keyFile'],
  ['sip', 'tls', 'certFile'],
  ['sip', 'tls', 'keyFile'],
  ['sip', 'tls', 'caFile'],
  ['dataDir'],
  ['media', 'recordingDir'],
];

/** Paths in a file are relative to that file, those of the command line to where it was typed. */
function absolutePaths(settings: unknown, folder: string): unknown {
  return pathSettings.reduce<unknown>((tree, path) => {
    const value = path.reduce<unknown>((node, key) => (isTree(node) ? node[key] : undefined), tree);
    return typeof value === 'string' && value !== ''
      ? mergedDeep(tree, nested(path, resolve(folder, value)))
      : tree;
  }, settings);
}
