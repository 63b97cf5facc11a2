import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parse } from 'yaml';

const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

/** The part of the configuration file that is ours: `exchange`, and the SIP passwords of `accounts`. The rest is the gateway's. */
const File = v.object({
  exchange: v.optional(
    v.strictObject({
      /** IP address to listen on. */
      host: v.optional(v.pipe(v.string(), v.ip()), '127.0.0.1'),
      /** UDP and TCP. */
      port: v.optional(Port, 5060),
      /** IP address that phones reach us at, where it is not the one listened on. */
      advertisedHost: v.optional(v.pipe(v.string(), v.ip())),
      realm: v.optional(v.pipe(v.string(), v.nonEmpty()), 'soft-handset'),
      /** The number of the echo. */
      echo: v.optional(v.pipe(v.string(), v.nonEmpty()), '600'),
    }),
    {},
  ),
  accounts: v.optional(
    v.array(
      v.object({
        name: v.pipe(v.string(), v.nonEmpty()),
        sip: v.optional(v.object({ authUser: v.optional(v.string()), password: v.optional(v.string()) })),
      }),
    ),
    [],
  ),
});

export interface ExchangeConfig {
  readonly host: string;
  readonly port: number;
  readonly advertisedHost?: string | undefined;
  readonly realm: string;
  readonly echo: string;
  /** Number -> SIP password. */
  readonly passwords: ReadonlyMap<string, string>;
}

/** @throws Error with one readable line */
export function readExchangeConfig(file: string): ExchangeConfig {
  const parsed = v.safeParse(File, parse(readFileSync(file, 'utf8')) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { exchange, accounts } = parsed.output;
  const passwords = accounts.flatMap(({ name, sip }) =>
    sip?.password === undefined ? [] : [[name, sip.password] as const],
  );
  return { ...exchange, passwords: new Map(passwords) };
}
