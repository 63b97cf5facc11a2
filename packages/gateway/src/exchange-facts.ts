import { isIPv4, isIPv6 } from 'node:net';
import * as v from 'valibot';
import { lanAddresses } from './addresses.ts';
import type { Config } from './config/config.ts';
import type { ExchangeFacts } from './sipserver/second-handset.ts';

/** As much as we read of the part of the file that is the exchange's own; it looks into the rest itself. */
const Exchange = v.object({
  host: v.optional(v.string(), '127.0.0.1'),
  port: v.optional(v.number(), 5060),
  advertisedHost: v.optional(v.string()),
  echo: v.optional(v.string(), '600'),
});

/** What the exchange beside us offers; undefined where there is none, or none that it would start with. */
export function exchangeFacts(
  { exchange, lan }: Pick<Config, 'exchange' | 'lan'>,
  own: readonly string[] = lanAddresses(),
): ExchangeFacts | undefined {
  const parsed = v.safeParse(Exchange, exchange);
  if (!parsed.success) return undefined;
  const { host, port, advertisedHost, echo } = parsed.output;
  const isEverywhere = lan || host === '0.0.0.0' || host === '::';
  const seen = advertisedHost ?? (isEverywhere ? (own.find(isIPv4) ?? '127.0.0.1') : host);
  return { echo, address: `${isIPv6(seen) ? `[${seen}]` : seen}:${port}` };
}
