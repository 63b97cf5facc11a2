import { isIP } from 'node:net';
import { InProcessGateway, type Account } from '@soft-handset/gateway/in-process';
import { parseUri, SipError, stackOn, type Log, type SipStack } from '@soft-handset/sip';
import { MemoryNetwork } from '@soft-handset/sip/memory-network';
import { KitBrowser } from './browser/kit-browser.ts';
import type { KitDevices } from './browser/kit-devices.ts';
import { FarPhone } from './far-phone.ts';
import { FarSite } from './far-site.ts';
import { GatewayDoor } from './memory-socket.ts';
import { promptClock } from './prompt-clock.ts';
import { SignallingEngine } from './signalling-engine.ts';

export interface TestkitOptions {
  /** Accounts that a handset may log in to, without a secret. Default: 1001, 1002 and 1003. */
  readonly accounts?: readonly string[];
  /** The SIP server that the page names, where it names one. Default `sip:127.0.0.1:5060`, as the SDK has it. */
  readonly sipServer?: string;
  /** Milliseconds that a phone waits for what the test expects of the handset. Default 5000. */
  readonly patienceMs?: number;
  /** Hears what the gateway has to say; warnings and errors are otherwise lost. */
  readonly log?: Log;
}

export interface Testkit {
  /** For `janusUrl` and `server`. Only pages in this process reach it. */
  readonly url: string;
  /** What the page finds of microphones, cameras and loudspeakers. */
  readonly devices: Pick<KitDevices, 'allow' | 'refuse' | 'plugIn' | 'unplug' | 'open'>;
  /** The phone of that number at the PBX; the same one each time. */
  phone(number: string, displayName?: string): FarPhone;
  /** The server cannot be reached: sockets break, and no new one opens. Calls wait for it. */
  loseServer(): void;
  findServer(): void;
  /** What is left alive in the gateway: all zero when every page has gone. */
  readonly counts: Readonly<Record<'sessions' | 'handles' | 'lines' | 'calls' | 'timers', number>>;
  /** Ends everything and gives the globals back. May be called twice. */
  close(): Promise<void>;
}

/** Addresses in the memory of the kit, whatever they are called elsewhere. */
const gatewayHost = '192.0.2.10';
const namedSiteHost = '192.0.2.20';
const url = 'wss://gateway.test/janus';

const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A whole telephone system in this process, for tests of what is built on the SDK: the gateway that is used in earnest, with
 * a network in memory, a browser's media without media, and phones that do what the test says.
 * @throws Error without a DOM; SipError `invalid-uri`
 */
export function createTestkit(options: TestkitOptions = {}): Testkit {
  const { log = silentLog, sipServer = 'sip:127.0.0.1:5060', accounts = ['1001', '1002', '1003'] } = options;
  const { patienceMs = 5000 } = options;
  const { host: domain, port = 5060 } = parseUri(sipServer) ?? {};
  if (domain === undefined) throw SipError.invalidUri(sipServer);
  const siteHost = isIP(domain) === 0 ? namedSiteHost : domain;
  const network = new MemoryNetwork(promptClock);
  network.weather.delayMs = 0;
  const site = stackAt(network, { host: siteHost, port }, log);
  new FarSite(site);
  const gatewayStack = stackAt(network, { host: gatewayHost, port: 5060 }, log);
  const engine = new SignallingEngine();
  const gateway = new InProcessGateway({
    stack: gatewayStack,
    engine,
    accounts: accounts.map((name) => accountOf(name, domain)),
    servers: [{ name: 'pbx', uri: sipServer }],
    lineGraceMs: 10,
    log,
    clock: promptClock,
  });
  const door = new GatewayDoor(gateway);
  const browser = new KitBrowser(url, door);
  const phones = new Map<string, FarPhone>();
  let closed: Promise<void> | undefined;
  return {
    url,
    devices: browser.devices,
    phone(number, displayName) {
      const { connections } = browser;
      const phone =
        phones.get(number) ??
        new FarPhone({ number, displayName, stack: site, domain, connections, patienceMs });
      phones.set(number, phone);
      return phone;
    },
    loseServer: () => door.shut(),
    findServer: () => door.open(),
    get counts() {
      return gateway.counts;
    },
    close: () =>
      (closed ??= (async () => {
        await gateway.close();
        for (const phone of phones.values()) phone.close();
        await Promise.all([gatewayStack.close(), site.close(), engine.close()]);
        browser.close();
      })()),
  };
}

function stackAt(
  network: MemoryNetwork,
  at: { readonly host: string; readonly port: number },
  log: Log,
): SipStack {
  // By whatever name: there is no other server.
  const addresses = (): Promise<string[]> => Promise.resolve([namedSiteHost]);
  return stackOn([network.open(at.host, at.port)], {
    clock: promptClock,
    log,
    dns: { naptr: () => Promise.resolve([]), srv: () => Promise.resolve([]), addresses },
  });
}

function accountOf(name: string, domain: string): Account {
  return {
    name,
    open: true,
    openOnLoopback: true,
    mayInvite: false,
    sip: { aor: `sip:${name}@${domain}`, authUser: name, server: 'pbx', register: true },
  };
}
