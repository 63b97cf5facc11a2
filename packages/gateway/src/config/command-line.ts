import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { environment } from './environment.ts';

export interface CommandLine {
  readonly config?: string;
  readonly help: boolean;
  readonly lan: boolean;
  /** Settings, as paths and values. */
  readonly values: readonly (readonly [path: string, value: unknown])[];
}

/** @throws ConfigError for what is not understood */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { config, help, lan, ...given } = parse(args);
  const values: (readonly [string, unknown])[] = [];
  if (given.page !== undefined) values.push(['page.dir', given.page]);
  if (given.data !== undefined) values.push(['dataDir', given.data]);
  if (given['https-port'] !== undefined)
    values.push(['listen.httpsPort', port('--https-port', given['https-port'])]);
  if (given['http-port'] !== undefined)
    values.push(['listen.httpPort', port('--http-port', given['http-port'])]);
  return { ...(config !== undefined && { config }), help: help ?? false, lan: lan ?? false, values };
}

export const helpText = `Soft Handset: the gateway between browsers and SIP

  --config FILE      configuration, default ./soft-handset.yaml if it is there
  --lan              listen on all addresses of this machine, not on 127.0.0.1 only
  --https-port PORT  default 8443
  --http-port PORT   redirects to https, default 8080, 0 for none
  --page DIR         folder of the built page
  --data DIR         folder for what is kept (certificate ...), default ./data
  --help             this text

Environment (stronger than the file, weaker than the flags):
  SOFT_HANDSET_CONFIG                configuration file
${environment.map(([name, , , about]) => `  ${name.padEnd(34)} ${about}`).join('\n')}
`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        lan: { type: 'boolean' },
        page: { type: 'string' },
        data: { type: 'string' },
        'https-port': { type: 'string' },
        'http-port': { type: 'string' },
      },
    }).values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('.')[0] : String(cause);
    throw new ConfigError([`${reason ?? ''}; --help lists what there is`], { cause });
  }
}

function port(flag: string, text: string): number {
  if (!/^[0-9]{1,5}$/.test(text)) throw new ConfigError([`${flag}: expected a port number`]);
  return Number(text);
}
