import { lookup, Resolver } from 'node:dns/promises';
import type { Core } from './core.ts';
import { SipError } from './sip-error.ts';

/** RFC 3403, as far as SIP looks at it. */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  /** `SIP+D2U`, `SIPS+D2T` ... */
  readonly service: string;
  readonly replacement: string;
}

/** RFC 2782. */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly name: string;
  readonly port: number;
}

/** Whom we ask about names. Each may reject or give nothing where there is no such record. */
export interface SipDns {
  naptr(domain: string): Promise<readonly NaptrRecord[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** IPv4 and IPv6, the better first. */
  addresses(host: string): Promise<readonly string[]>;
}

/** The system's resolver; `servers` (`ip:port`) are asked instead of its own for NAPTR, SRV and addresses. */
export function systemDns(servers?: readonly string[]): SipDns {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (servers) resolver.setServers(servers);
  return {
    naptr: (domain) => resolver.resolveNaptr(domain),
    srv: (name) => resolver.resolveSrv(name),
    addresses: servers
      ? async (host) => {
          const both = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
          return both.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
        }
      : // Knows /etc/hosts and what else the system is told.
        async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  };
}

export type DnsCore = Pick<Core, 'clock' | 'count' | 'log'>;

const answerTimeoutMs = 5_000;
const rememberMs = 30_000;
/** Some resolvers swallow questions that they do not know: who asks them again and again waits for nothing. */
const rememberSilenceMs = 300_000;
const mostRemembered = 1_000;

/**
 * Answers of the DNS, kept for a while, the negative ones too (RFC 2308): a name that is not there is not asked for with each request.
 * Nothing here rejects: no answer in time, or none at all, is no record.
 */
export class RememberedDns implements SipDns {
  readonly #core: DnsCore;
  readonly #dns: SipDns;
  readonly #known = new Map<string, { readonly answer: Promise<readonly unknown[]>; until: number }>();

  constructor(core: DnsCore, dns: SipDns) {
    this.#core = core;
    this.#dns = dns;
  }

  naptr(domain: string): Promise<readonly NaptrRecord[]> {
    return this.#ask(`NAPTR ${domain}`, () => this.#dns.naptr(domain));
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#ask(`SRV ${name}`, () => this.#dns.srv(name));
  }

  async addresses(host: string): Promise<readonly string[]> {
    const found = await this.#ask(`address ${host}`, () => this.#dns.addresses(host));
    if (found.length === 0) {
      this.#core.count('lookupsFailed');
      this.#core.log.warn({ host }, 'host name not resolved');
    }
    return found;
  }

  #ask<T>(question: string, ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const now = this.#core.clock.now();
    const known = this.#known.get(question);
    // The question says of which kind its answer is.
    if (known && known.until > now) return known.answer as Promise<readonly T[]>;
    const entry = { answer: Promise.resolve<readonly T[]>([]), until: now + rememberMs };
    entry.answer = this.#inTime(ask).catch((err: unknown) => {
      if (isSilence(err) && !question.startsWith('address '))
        entry.until = this.#core.clock.now() + rememberSilenceMs;
      this.#core.log.debug({ err, question }, 'no answer from the DNS');
      return [];
    });
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(question, entry);
    return entry.answer;
  }

  #inTime<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
    return new Promise((resolve, reject) => {
      const stop = this.#core.clock.setTimeout(
        () => reject(SipError.timeout('the answer of the DNS')),
        answerTimeoutMs,
      );
      ask().then(resolve, reject).finally(stop);
    });
  }
}

function isSilence(error: unknown): boolean {
  return (
    error instanceof SipError || (error instanceof Error && 'code' in error && error.code === 'ETIMEOUT')
  );
}
