import type { Exchange } from '@soft-handset/exchange';
import { productionParts, startGateway, type Gateway } from '@soft-handset/gateway';
import { freeSipPort, Parts, type Kamailio, type PeerMedia } from '@soft-handset/parts';
import { onTestFailed, onTestFinished } from 'vitest';
import type { Browser } from './browser.ts';
import { configOf } from './config.ts';
import { engineOf, type EngineKind, type EngineOfWorld } from './engine.ts';
import { Handset, type HandsetLogin } from './handset.ts';
import { JanusJsHandset } from './janus-js-handset.ts';
import { untilReady } from './metrics.ts';
import { startPeer, type Peer, type PeerOptions } from './peer.ts';
import { Site, type SiteOptions } from './site.ts';

/** What handsets say into their microphones and what peers say, in Hz. */
export const tones = { handset: 500, otherHandset: 1_300, peer: 900 } as const;

export interface WorldOptions extends SiteOptions {
  /** What moves the media. */
  readonly engine: EngineKind;
  /** More of the gateway's configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `later`: the gateway knows where the engine will be, a test starts it. */
  readonly start?: 'at once' | 'later';
  /** What the gateway serves: the page of the SDK and janus.js, or the phone that users see. */
  readonly page?: 'test' | 'phone';
}

interface Opened {
  readonly site: Site;
  readonly gateway: Gateway;
  readonly engine: EngineOfWorld;
}

/**
 * Everything of a real installation but the network between: an engine, our gateway with a page, and the site around it.
 * It is opened once for many tests; what a test opens is gone when the test is.
 */
export class World {
  readonly #options: WorldOptions;
  readonly #parts = new Parts();
  #opened: Opened | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /** At a site that others use too, or at one of its own. */
  async open(shared?: Site): Promise<void> {
    const { engine: kind, start = 'at once', page = 'test', config: more } = this.#options;
    const parts = this.#parts;
    try {
      const site = shared ?? (await parts.use(Site.open(this.#options)));
      const engine = await parts.use(engineOf(kind));
      const config = await configOf(parts, { site, engine, page, more });
      if (start === 'at once') await engine.start();
      const gateway = await parts.use(startGateway(config, site.log, productionParts));
      this.#opened = { site, gateway, engine };
      if (start === 'at once') await untilReady(this.origin);
    } catch (cause) {
      await parts.close();
      throw cause;
    }
  }

  get kamailio(): Kamailio {
    return this.#its.site.kamailio;
  }

  get exchange(): Exchange {
    return this.#its.site.exchange;
  }

  get engine(): EngineOfWorld {
    return this.#its.engine;
  }

  /** Where number 2001 of the PBX listens, and the server `peer` of accounts 3001 and 3002. */
  get peerPort(): number {
    return this.#its.site.peerPort;
  }

  get origin(): string {
    return `https://localhost:${this.#its.gateway.httpsPort}`;
  }

  /** Where the gateway takes SIP. */
  get sipPort(): number {
    return Number(this.#its.gateway.sipAddresses[0]?.split(':').at(-1));
  }

  /** The browser whose microphone hears that tone; made when it is first asked for. */
  browser(frequency: number = tones.handset): Promise<Browser> {
    return this.#its.site.browser(frequency);
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
  async peer(scenario: Scenario, more: Partial<PeerOptions> = {}): Promise<Peer> {
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
  peerCalls(number: string, scenario: Scenario, more: Partial<PeerOptions> = {}): Promise<Peer> {
    return this.peer(scenario, { calls: { number, port: this.kamailio.port }, ...more });
  }

  /** A scripted phone that waits for a call, and a handset. */
  async pair(scenario: Scenario, { account = '1001', ...more }: PairOptions = {}): Promise<Pair> {
    const peer = await this.peer(scenario, more);
    return { peer, handset: await this.handset(account) };
  }

  /** A handset, and a scripted phone that calls it. */
  async pairRinging(scenario: Scenario, { account = '1001', ...more }: PairOptions = {}): Promise<Pair> {
    const handset = await this.handset(account);
    return { handset, peer: await this.peerCalls(account, scenario, more) };
  }

  /** Starts the engine, or starts it anew where it has been killed, and waits until the gateway can make calls. */
  async startEngine(): Promise<void> {
    await this.engine.start();
    await untilReady(this.origin);
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  get #its(): Opened {
    if (!this.#opened) throw new Error('the world is not open');
    return this.#opened;
  }
}

type Scenario = (media: PeerMedia) => string;

export interface HandsetOptions extends Partial<HandsetLogin> {
  readonly browser?: Browser;
}

export interface PairOptions extends Partial<PeerOptions> {
  /** Of the handset; 1001 unless given. */
  readonly account?: string;
}

export interface Pair {
  readonly handset: Handset;
  readonly peer: Peer;
}
