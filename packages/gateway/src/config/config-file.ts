import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandLine } from './command-line.ts';
import { ConfigError } from './config-error.ts';
import { pbxVariables } from './environment.ts';

export type ConfigFilePlace =
  | { readonly is: 'named' | 'found'; readonly path: string }
  /** A PBX on the command line or in the environment stands in for a file. */
  | { readonly is: 'not-needed' }
  | { readonly is: 'missing' };

const defaultFile = 'soft-handset.yaml';

/** Where the configuration stands. @throws ConfigError if there is a file and what stands in for one */
export function findConfigFile(
  { config, settings }: CommandLine,
  env: NodeJS.ProcessEnv,
  cwd: string,
): ConfigFilePlace {
  const named = config ?? env['SOFT_HANDSET_CONFIG'];
  const standIn =
    settings.find(({ path }) => path === 'accounts')?.from ??
    Object.keys(pbxVariables).find((name) => Boolean(env[name]));
  if (named !== undefined && named !== '') {
    if (standIn !== undefined)
      throw new ConfigError([`${standIn} stands in for a configuration file: leave one of the two out`]);
    return { is: 'named', path: resolve(cwd, named) };
  }
  if (standIn !== undefined) return { is: 'not-needed' };
  const standard = resolve(cwd, defaultFile);
  return existsSync(standard) ? { is: 'found', path: standard } : { is: 'missing' };
}
