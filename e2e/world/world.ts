import {
  createLogger,
  parseConfig,
  productionParts,
  startGateway,
  type Gateway,
} from '@soft-handset/gateway';
import {
  freeSipPort,
  loopback,
  makeTempDir,
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
import { makePageFolder } from './page-folder.ts';
import { startPeer, type Peer, type PeerOptions } from './peer.ts';

/** What handsets say into their microphones and what peers say, in Hz. */
export const tones = { handset: 500, otherHandset: 1_300, peer: 900 } as const;

export interface WorldOptions {
  /** How passwords are proven to the registrar. */
  readonly kamailio?: KamailioOptions;
  /** More of the gateway's configuration file. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Everything of a real installation but the network between: Janus, our gateway with a page, and Kamailio as the PBX.
 * One for a file of tests; what a test opens is gone when the test is.
 */
export class World {
  readonly janus: JanusPart;
  readonly kamailio: Kamailio;
  readonly gateway: Gateway;
  /** Where scripted peers listen: number 2001 at Kamailio, and server `peer` of account 3001. */
  readonly peerPort: number;
  readonly #parts: Parts;
  readonly #browsers = new Map<number, Browser>();

  private constructor(
    janus: JanusPart,
    kamailio: Kamailio,
    gateway: Gateway,
    peerPort: number,
    parts: Parts,
  ) {
    this.janus = janus;
    this.kamailio = kamailio;
    this.gateway = gateway;
    this.peerPort = peerPort;
    this.#parts = parts;
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const parts = new Parts();
    try {
      const peerPort = await freeSipPort();
      const janus = await parts.use(startJanus({ mediaHost: loopback }));
      const kamailio = await parts.use(
        startKamailio({
          users: { '1001': 'sip-1', '1002': 'sip-2', '1003': 'sip-3', '1009': 'sip-9' },
          routes: { '2001': `sip:2001@${loopback}:${peerPort}` },
          ...options.kamailio,
        }),
      );
      const page = await parts.use(makePageFolder());
      const data = await parts.use(makeTempDir('data'));
      const config = parseConfig({
        listen: { httpsPort: 0, httpPort: 0 },
        page: { dir: page.path },
        dataDir: data.path,
        janus: { url: janus.url },
        sip: {
          udp: { port: 0 },
          tcp: { port: 0 },
          servers: [
            { name: 'pbx', uri: `sip:${loopback}:${kamailio.port}` },
            { name: 'peer', uri: `sip:${loopback}:${peerPort}` },
          ],
        },
        accounts: accounts(kamailio.realm),
        log: { level: process.env['E2E_LOG'] ?? 'error' },
        ...options.config,
      });
      const gateway = await parts.use(startGateway(config, createLogger(config.log), productionParts));
      return new World(janus, kamailio, gateway, peerPort, parts);
    } catch (cause) {
      await parts.close();
      throw cause;
    }
  }

  get origin(): string {
    return `https://localhost:${this.gateway.httpsPort}`;
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
  async handset(
    account: string,
    login: Partial<HandsetLogin> & { frequency?: number } = {},
  ): Promise<Handset> {
    const { frequency = tones.handset, ...more } = login;
    const browser = await this.browser(frequency);
    const handset = new Handset(await browser.open(`${this.origin}/`));
    onTestFinished(() => handset.close());
    onTestFailed(() => console.error(`the wire of ${account}:\n${handset.wire.toString()}`));
    await handset.logsIn({ account, ...more });
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

  /** A scripted phone at number 2001. */
  async peer(scenario: (media: PeerMedia) => string, more: Partial<PeerOptions> = {}): Promise<Peer> {
    const peer = await startPeer({ port: this.peerPort, frequency: tones.peer, scenario, ...more });
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

  close(): Promise<void> {
    return this.#parts.close();
  }
}

/** 1001 to 1003 register at the PBX with digest; 3001 calls without a registration, as over a trunk. */
function accounts(realm: string): readonly object[] {
  const registered = ['1001', '1002', '1003'].map((name, index) => ({
    name,
    open: true,
    sip: { aor: `sip:${name}@${realm}`, server: 'pbx', password: `sip-${index + 1}` },
  }));
  return [
    ...registered,
    { name: '3001', open: true, sip: { server: 'peer', register: false } },
    { name: '3002', secret: 'page-secret', sip: { server: 'peer', register: false } },
  ];
}
