import { pino, type DestinationStream, type LevelWithSilent } from 'pino';
import type { Log } from '../log.ts';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** Lines for people instead of JSON. */
  readonly pretty: boolean;
}

/** Facts that must never be written, wherever they stand in a log line's facts. */
const secretNames = [
  'secret',
  'password',
  'ha1',
  'ha1_secret',
  'apisecret',
  'apiSecret',
  'token',
  'tokens',
  'authorization',
];

/** The process's log, on standard output. */
export function createLogger({ level, pretty }: LoggerOptions, to?: DestinationStream): Log {
  const paths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = { level, base: null, redact: { paths, censor: '[secret]' } };
  const sink = to ?? { write: (line: string): void => void process.stdout.write(line) };
  return pino(options, pretty ? { write: (line: string) => sink.write(forPeople(line)) } : sink);
}

const colours: Readonly<Record<number, string>> = { 20: '\x1b[2m', 30: '', 40: '\x1b[33m', 50: '\x1b[31m' };
const names: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };

/** `12:03:55 warn  websocket refused  status=403 origin=https://x` and, for an error, its stack below. */
function forPeople(line: string): string {
  const { level, time, msg, err, ...facts } = JSON.parse(line) as {
    readonly level: number;
    readonly time: number;
    readonly msg: string;
    readonly err?: { readonly stack?: string };
  };
  const clock = new Date(time).toTimeString().slice(0, 8);
  const shown = Object.entries(facts).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const head = `${clock} ${(names[level] ?? '').padEnd(5)} ${msg}  ${shown.join(' ')}`.trimEnd();
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`;
  return `${colours[level] ?? ''}${head}${stack}\x1b[0m\n`;
}
