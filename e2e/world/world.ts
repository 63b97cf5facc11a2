import { startExchange, type Exchange } from '@soft-handset/exchange';
import { createLogger, productionParts, startGateway, type Gateway, type Log } from '@soft-handset/gateway';
import {
  freeSipPort,
  freeTcpPort,
  loopback,
  Parts,
  startJanus,
  startKamailio,
  type JanusPart,
  type Kamailio,
  type KamailioOptions,
  type PeerMedia,
} from '@soft-handset/parts';
import { onTestFailed, onTestFinished } from 'vitest';
import { startBrowser, type Browser } from './browser.ts';
import { Handset, type HandsetLogin } from './handset.ts';
import { JanusJsHandset } from './janus-js-handset.ts';
import { configOf } from './config.ts';
import { untilReady } from './metrics.ts';
import { exchangePasswords, pbxUsers } from './numbers.ts';
import { startPeer, type Peer, type PeerOptions } from './peer.ts';

/** What handsets say into their microphones and what peers say, in Hz. */
export const tones = { handset: 500, otherHandset: 1_300, peer: 900 } as const;

export interface WorldOptions {
  /** How passwords are proven to the registrar. */
  readonly kamailio?: KamailioOptions;
  /** More of the gateway's configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `later`: the gateway knows where Janus will be, `startJanus` starts it. */
  readonly janus?: 'at once' | 'later';
  /** What the gateway serves: the page of the SDK and janus.js, or the phone that users see. */
  readonly page?: 'test' | 'phone';
}

/**
 * Everything of a real installation but the network between: Janus, our gateway with a page, Kamailio as the PBX, our exchange.
 * One for a file of tests; what a test opens is gone when the test is.
 */
export class World {
  readonly kamailio: Kamailio;
  readonly exchange: Exchange;
  readonly gateway: Gateway;
  /** Where number 2001 of the PBX listens, and the server `peer` of accounts 3001 and 3002. */
  readonly peerPort: number;
  readonly #janusPort: number;
  readonly #parts: Parts;
  readonly #browsers = new Map<number, Browser>();
  #janus: JanusPart | undefined;

  private constructor(
    {
      kamailio,
      exchange,
      gateway,
    }: { readonly kamailio: Kamailio; readonly exchange: Exchange; readonly gateway: Gateway },
    ports: { readonly peer: number; readonly janus: number },
    parts: Parts,
  ) {
    this.kamailio = kamailio;
    this.exchange = exchange;
    this.gateway = gateway;
    this.peerPort = ports.peer;
    this.#janusPort = ports.janus;
    this.#parts = parts;
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const parts = new Parts();
    try {
      const ports = { peer: await freeSipPort(), janus: await freeTcpPort() };
      const log = createLogger({ level: logLevel(), pretty: true });
      const routes = { '2001': `sip:2001@${loopback}:${ports.peer}` };
      const kamailio = await parts.use(startKamailio({ users: pbxUsers, routes, ...options.kamailio }));
      const exchange = await parts.use(openExchange(log));
      const { page = 'test', config: more } = options;
      const config = await configOf(parts, { kamailio, exchange, ports, page, more });
      const gateway = await parts.use(startGateway(config, log, productionParts));
      const world = new World({ kamailio, exchange, gateway }, ports, parts);
      if (options.janus !== 'later') await world.startJanus();
      return world;
    } catch (cause) {
      await parts.close();
      throw cause;
    }
  }

  get origin(): string {
    return `https://localhost:${this.gateway.httpsPort}`;
  }

  /** Where the gateway takes SIP. */
  get sipPort(): number {
    return Number(this.gateway.sipAddresses[0]?.split(':').at(-1));
  }

  get janus(): JanusPart {
    if (!this.#janus) throw new Error('Janus has not been started');
    return this.#janus;
  }

  /** Starts Janus, or starts it anew where it has been killed, and waits until the gateway can make calls. */
  async startJanus(): Promise<void> {
    await this.#janus?.close();
    const options = { wsPort: this.#janusPort, mediaHost: loopback, adminSecret: 'admin' };
    this.#janus = await this.#parts.use(startJanus(options));
    await this.untilReady();
  }

  /** The browser whose microphone hears that tone; made when it is first asked for. */
  async browser(frequency: number = tones.handset): Promise<Browser> {
    const known = this.#browsers.get(frequency);
    if (known) return known;
    const browser = await this.#parts.use(startBrowser(frequency));
    this.#browsers.set(frequency, browser);
    return browser;
  }

  /** A tab with our SDK, logged in. It logs out when the test is over; a failed test shows what it said. */
  async handset(account: string, options: HandsetOptions = {}): Promise<Handset> {
    const { browser, ...login } = options;
    const tab = await (browser ?? (await this.browser())).open(`${this.origin}/`);
    const handset = new Handset(tab);
    onTestFinished(() => handset.close());
    onTestFailed(() => console.error(`the wire of ${account}:\n${handset.wire.toString()}`));
    await handset.logsIn({ account, ...login });
    return handset;
  }

  /** A tab with Meetecho's janus.js, logged in. */
  async janusJsHandset(account: string, over: 'wss' | 'https' = 'wss'): Promise<JanusJsHandset> {
    const browser = await this.browser();
    const handset = new JanusJsHandset(await browser.open(`${this.origin}/`));
    onTestFinished(() => handset.close());
    onTestFailed(() => console.error(`the wire of ${account}:\n${handset.wire.toString()}`));
    await handset.logsIn(account, over);
    return handset;
  }

  /** A scripted phone, at a port of its own: what is repeated for one that vanished must not reach the next. */
  async peer(scenario: (media: PeerMedia) => string, more: Partial<PeerOptions> = {}): Promise<Peer> {
    const port = more.port ?? (await freeSipPort());
    const peer = await startPeer({ frequency: tones.peer, scenario, ...more, port });
    let ladder: readonly string[] = [];
    onTestFinished(async () => {
      ladder = await peer.ladder();
      await peer.close();
    });
    onTestFailed(() => console.error(`the peer:\n${ladder.join('\n')}`));
    return peer;
  }

  /** A scripted phone that calls `number` through Kamailio. */
  peerCalls(
    number: string,
    scenario: (media: PeerMedia) => string,
    more: Partial<PeerOptions> = {},
  ): Promise<Peer> {
    return this.peer(scenario, { calls: { number, port: this.kamailio.port }, ...more });
  }

  untilReady(): Promise<void> {
    return untilReady(this.origin);
  }

  close(): Promise<void> {
    return this.#parts.close();
  }
}

export interface HandsetOptions extends Partial<HandsetLogin> {
  readonly browser?: Browser;
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
