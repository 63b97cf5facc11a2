import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { environment, pbxVariables } from './environment.ts';
import { pbxSettings } from './pbx-settings.ts';
import type { Setting } from './setting.ts';

export interface CommandLine {
  readonly config?: string;
  readonly help: boolean;
  readonly version: boolean;
  readonly lan: boolean;
  readonly settings: readonly Setting[];
}

interface Flag {
  /** What follows it, as the help calls it; without one it stands alone. */
  readonly takes?: string;
  readonly about: string;
  readonly short?: string;
  readonly isRepeated?: true;
  /** The setting that it is, and how its text is read; the others are looked at one by one. */
  readonly sets?: { readonly path: string; readonly read: (text: string, flag: string) => unknown };
}

/** Everything that may be typed, in the order of the help. */
export const flags: Readonly<Record<string, Flag>> = {
  config: { takes: 'FILE', about: 'configuration; without it ./soft-handset.yaml if it is there' },
  lan: { about: 'listen on all addresses of this machine, not on 127.0.0.1 only' },
  'https-port': { takes: 'PORT', about: 'default 8443', sets: { path: 'listen.httpsPort', read: port } },
  'http-port': {
    takes: 'PORT',
    about: 'redirects to https, default 8080, 0 for none',
    sets: { path: 'listen.httpPort', read: port },
  },
  'sip-server': { takes: 'URI', about: 'your PBX, instead of a file: sip:pbx.example, needs --account' },
  account: {
    takes: 'USER:PASSWORD',
    about: 'an account on it; may be given several times',
    isRepeated: true,
  },
  engine: {
    takes: 'ENGINE',
    about: 'what moves the media: embedded, janus, or auto: Janus if one is named, else embedded',
    sets: { path: 'media.engine', read },
  },
  janus: { takes: 'URL', about: 'a Janus that moves the media: ws://...', sets: { path: 'janus.url', read } },
  page: { takes: 'DIR', about: 'folder of the built page', sets: { path: 'page.dir', read } },
  data: {
    takes: 'DIR',
    about: 'folder for what is kept (certificate ...), default ./data',
    sets: { path: 'dataDir', read },
  },
  help: { about: 'this text', short: 'h' },
  version: { about: 'the version' },
};

/** @throws ConfigError for what is not understood */
export function readCommandLine(args: readonly string[]): CommandLine {
  const given = parse(args);
  const text = (name: string): string | undefined => given[name]?.at(-1);
  const config = text('config');
  const settings = Object.entries(flags).flatMap(([name, { sets }]) => {
    const value = text(name);
    const from = `--${name}`;
    return sets && value !== undefined ? [{ path: sets.path, value: sets.read(value, from), from }] : [];
  });
  const pbx = pbxSettings({
    server: text('sip-server'),
    accounts: given['account'] ?? [],
    names: { server: '--sip-server', accounts: '--account' },
  });
  return {
    ...(config !== undefined && { config }),
    help: 'help' in given,
    version: 'version' in given,
    lan: 'lan' in given,
    settings: [...settings, ...pbx],
  };
}

export const helpText = `Soft Handset: a handset in the browser, and the server between it and SIP

Without a configuration or a PBX there are four numbers to try, and an echo (600).

${Object.entries(flags)
  .map(([name, { takes, about, short }]) => {
    const words = `--${name}${takes === undefined ? '' : ` ${takes}`}${short === undefined ? '' : `, -${short}`}`;
    return `  ${words.padEnd(23)} ${about}`;
  })
  .join('\n')}

Environment (stronger than the file, weaker than the flags):
${[
  ['SOFT_HANDSET_CONFIG', 'configuration file'],
  ...environment.map(([name, , , about]) => [name, about]),
  ...Object.entries(pbxVariables),
]
  .map(([name = '', about = '']) => `  ${name.padEnd(34)} ${about}`)
  .join('\n')}

A password on the command line can be read by everybody on this machine; in the environment or the file it cannot.
`;

/** Each flag that was typed, with its texts; those that stand alone have none. */
function parse(args: readonly string[]): Readonly<Record<string, readonly string[]>> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.entries(flags).map(([name, { takes, short }]) => [
          name,
          { type: takes === undefined ? 'boolean' : 'string', multiple: true, ...(short && { short }) },
        ]),
      ),
    });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => {
        const texts = [value].flat().filter((one) => typeof one === 'string');
        if (texts.length > 1 && !flags[name]?.isRepeated) throw new Error(`--${name} is there twice`);
        return [name, texts];
      }),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split(/[.\n]/)[0] : String(cause);
    throw new ConfigError([`${reason ?? ''}; --help lists what there is`], { cause });
  }
}

function read(text: string, flag: string): string {
  if (text === '') throw new ConfigError([`${flag}: expected a text that is not empty`]);
  return text;
}

function port(text: string, flag: string): number {
  if (!/^[0-9]{1,5}$/.test(text)) throw new ConfigError([`${flag}: expected a port number`]);
  return Number(text);
}
