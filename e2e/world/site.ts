import { startExchange, type Exchange } from '@soft-handset/exchange';
import { createLogger, type Log } from '@soft-handset/gateway';
import {
  freeSipPort,
  loopback,
  Parts,
  startKamailio,
  type ChromiumOptions,
  type Kamailio,
  type KamailioOptions,
} from '@soft-handset/parts';
import { startBrowser, type Browser } from './browser.ts';
import { exchangePasswords, pbxUsers } from './numbers.ts';

export interface SiteOptions {
  /** How passwords are proven to the registrar. */
  readonly kamailio?: KamailioOptions;
  /** What the browsers speak. */
  readonly locale?: ChromiumOptions['locale'];
}

/** What gateways stand among: Kamailio as the PBX, our exchange, browsers. One for a file of tests. */
export class Site {
  readonly kamailio: Kamailio;
  readonly exchange: Exchange;
  /** Where number 2001 of the PBX listens, and the server `peer` of accounts 3001 and 3002. */
  readonly peerPort: number;
  readonly log: Log;
  readonly #options: SiteOptions;
  readonly #parts: Parts;
  readonly #browsers = new Map<number, Promise<Browser>>();

  private constructor(options: SiteOptions, { kamailio, exchange, peerPort, log, parts }: Opened) {
    this.#options = options;
    this.kamailio = kamailio;
    this.exchange = exchange;
    this.peerPort = peerPort;
    this.log = log;
    this.#parts = parts;
  }

  static async open(options: SiteOptions = {}): Promise<Site> {
    const parts = new Parts();
    try {
      const log = createLogger({ level: logLevel(), pretty: true });
      const peerPort = await freeSipPort();
      const routes = { '2001': `sip:2001@${loopback}:${peerPort}` };
      const kamailio = await parts.use(startKamailio({ users: pbxUsers, routes, ...options.kamailio }));
      const exchange = await parts.use(openExchange(log));
      return new Site(options, { kamailio, exchange, peerPort, log, parts });
    } catch (cause) {
      await parts.close();
      throw cause;
    }
  }

  /** The browser whose microphone hears that tone; made when it is first asked for. */
  browser(frequency: number): Promise<Browser> {
    const { locale } = this.#options;
    const made =
      this.#browsers.get(frequency) ??
      this.#parts.use(startBrowser(frequency, { ...(locale !== undefined && { locale }) }));
    this.#browsers.set(frequency, made);
    return made;
  }

  close(): Promise<void> {
    return this.#parts.close();
  }
}

interface Opened {
  readonly kamailio: Kamailio;
  readonly exchange: Exchange;
  readonly peerPort: number;
  readonly log: Log;
  readonly parts: Parts;
}

/** Quiet, unless somebody looks for a fault: `E2E_LOG=debug`. */
function logLevel(): 'debug' | 'info' | 'warn' | 'silent' {
  const wanted = process.env['E2E_LOG'];
  return wanted === 'debug' || wanted === 'info' || wanted === 'warn' ? wanted : 'silent';
}

function openExchange(log: Log): Promise<Exchange> {
  const config = {
    host: loopback,
    port: 0,
    realm: 'exchange.test',
    echo: '600',
    passwords: exchangePasswords,
  };
  return startExchange(config, { log });
}
