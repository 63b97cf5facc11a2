import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';

const Port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const Text = v.pipe(v.string(), v.nonEmpty());
const Listener = v.strictObject({ port: Port });

/** The part of the configuration file that is ours: `exchange`, the SIP passwords of `accounts`, and the certificate of `tls`. The rest is the gateway's. */
const File = v.object({
  exchange: v.optional(
    v.strictObject({
      /** IP address to listen on. */
      host: v.optional(v.pipe(v.string(), v.ip()), '127.0.0.1'),
      /** UDP and TCP. */
      port: v.optional(Port, 5060),
      /** SIP over TLS. Without certificate and key of its own those of the page. */
      tls: v.optional(v.strictObject({ port: Port, certFile: v.optional(Text), keyFile: v.optional(Text) })),
      /** SIP over WebSocket (RFC 7118), in clear; over TLS with the certificate of `tls`. */
      ws: v.optional(Listener),
      wss: v.optional(Listener),
      /** IP address that phones reach us at, where it is not the one listened on. */
      advertisedHost: v.optional(v.pipe(v.string(), v.ip())),
      realm: v.optional(Text, 'soft-handset'),
      /** Which algorithms phones are asked for. */
      digest: v.optional(v.picklist(['auto', 'MD5', 'SHA-256', 'both']), 'auto'),
      /** How long phones ring. */
      noAnswerSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(5), v.maxValue(180)), 60),
      /** The number of the echo. */
      echo: v.optional(Text, '600'),
      /** ... of the measuring tone, of the music, of the room for up to eight. */
      tone: v.optional(Text, '601'),
      music: v.optional(Text, '602'),
      conference: v.optional(Text, '800'),
    }),
    {},
  ),
  tls: v.optional(v.object({ certFile: v.optional(Text), keyFile: v.optional(Text) }), {}),
  accounts: v.optional(
    v.array(
      v.object({
        name: v.pipe(v.string(), v.nonEmpty()),
        displayName: v.optional(v.string()),
        sip: v.optional(v.object({ authUser: v.optional(v.string()), password: v.optional(v.string()) })),
      }),
    ),
    [],
  ),
});

export interface ExchangeConfig {
  readonly host: string;
  /** UDP and TCP. */
  readonly port: number;
  readonly tlsPort?: number | undefined;
  readonly wsPort?: number | undefined;
  readonly wssPort?: number | undefined;
  /** For TLS and secure WebSockets, PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string } | undefined;
  readonly advertisedHost?: string | undefined;
  readonly realm: string;
  /** Default `auto`. */
  readonly digest?: 'auto' | 'MD5' | 'SHA-256' | 'both';
  /** Default 60. */
  readonly noAnswerSeconds?: number;
  readonly echo: string;
  /** Default 601, 602, 800. */
  readonly tone?: string;
  readonly music?: string;
  readonly conference?: string;
  /** Number -> SIP password. */
  readonly passwords: ReadonlyMap<string, string>;
  /** Number -> whose it is. */
  readonly names?: ReadonlyMap<string, string>;
}

/** @throws Error with one readable line */
export function readExchangeConfig(file: string): ExchangeConfig {
  const parsed = v.safeParse(File, parse(readFileSync(file, 'utf8')) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${file}: ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  }
  const { exchange, accounts, tls: ofPage } = parsed.output;
  const { tls, ws, wss, ...others } = exchange;
  const passwords = accounts.flatMap(({ name, sip }) =>
    sip?.password === undefined ? [] : [[name, sip.password] as const],
  );
  const names = accounts.flatMap(({ name, displayName }) =>
    displayName === undefined ? [] : [[name, displayName] as const],
  );
  const needsCertificate = tls !== undefined || wss !== undefined;
  return {
    ...others,
    tlsPort: tls?.port,
    wsPort: ws?.port,
    wssPort: wss?.port,
    certificate: needsCertificate ? readCertificate(file, tls?.certFile ? tls : ofPage) : undefined,
    passwords: new Map(passwords),
    names: new Map(names),
  };
}

/** Paths are relative to the file, as the gateway's are. */
function readCertificate(
  file: string,
  { certFile, keyFile }: { readonly certFile?: string | undefined; readonly keyFile?: string | undefined },
): { readonly cert: string; readonly key: string } {
  if (certFile === undefined || keyFile === undefined)
    throw new Error(`${file}: exchange.tls and exchange.wss need certFile and keyFile, there or under tls`);
  const read = (name: string): string => {
    try {
      return readFileSync(resolve(dirname(file), name), 'utf8');
    } catch (cause) {
      throw new Error(`${file}: ${name} cannot be read`, { cause });
    }
  };
  return { cert: read(certFile), key: read(keyFile) };
}
