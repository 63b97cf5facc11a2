import { isIPv6 } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { Counters } from './counters.ts';
import type { Latching } from './embedded-latch.ts';
import type { AddressesByFamily } from './embedded-peer-ports.ts';
import { EmbeddedProcess } from './embedded-process.ts';
import { EmbeddedSession } from './embedded-session.ts';
import { MediaError, type MediaEngine, type MediaSession, type MediaSessionHandler } from './engine.ts';
import { type MediaLog, silentLog } from './media-log.ts';
import { type ResolveHosts, SdpAdapter } from './plain-sdp.ts';
import { resolveHosts } from './resolve-hosts.ts';

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface EmbeddedEngineOptions {
  /** Address of this machine that SIP peers send their media to, of either family; 127.0.0.1 unless given. */
  readonly rtpAddress?: string;
  /** The same for peers of the other family; they are refused unless it is given. */
  readonly otherRtpAddress?: string;
  /** UDP ports for that, two for audio and two for video of each call; from the system unless given. */
  readonly rtpPorts?: PortRange;
  /** The one address of this machine for browsers; all of them unless given. */
  readonly iceAddress?: string;
  /** UDP ports for browsers, one for each call; unless given, all calls share one. */
  readonly icePorts?: PortRange;
  /** The one UDP port for all browsers; from the system unless given. */
  readonly icePort?: number;
  /** What this machine is called behind a NAT 1:1, for peers and for browsers. */
  readonly publicAddress?: string;
  /** Whom to take for the peer when its RTP comes from elsewhere than its SDP says; `host` unless given. */
  readonly latching?: Latching;
  /** How long a peer that should send may be silent until the session is told, in ms; 60 s unless given, 0: for ever. */
  readonly silenceMs?: number;
  /** Folder for recordings; without it nothing is recorded. */
  readonly recordingDir?: string;
  readonly log?: MediaLog;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** For host names in a peer's c= line; the system's resolver unless given. */
  readonly resolveHosts?: ResolveHosts;
}

export interface EmbeddedEngine extends MediaEngine {
  /** The process that moves the media; undefined while there is none. */
  readonly pid: number | undefined;
  /** Resolves when it is up for the first time. Rejects with `engine-down` if it cannot run here; it goes on trying. */
  readonly started: Promise<void>;
}

const questionTimeoutMs = 10_000;

/**
 * The engine for a machine that has only Node: ICE, DTLS and SRTP by libdatachannel, the rest by ourselves, in a child
 * process. It is up a moment after it was made. A child that dies ends the sessions of that time; the next one is started
 * at once.
 */
export function createEmbeddedEngine(options: EmbeddedEngineOptions = {}): EmbeddedEngine {
  return new ForkedEngine(options);
}

class ForkedEngine implements EmbeddedEngine {
  readonly name = 'embedded';
  readonly #options: EmbeddedEngineOptions;
  readonly #addresses: AddressesByFamily;
  readonly #process: EmbeddedProcess;
  readonly #sessions = new Map<number, EmbeddedSession>();
  readonly #counters = new Counters();
  #lastCall = 0;
  #isClosed = false;
  onUpChange?: (isUp: boolean) => void;

  constructor(options: EmbeddedEngineOptions) {
    const { clock = systemClock, log = silentLog, latching = 'host', silenceMs = 60_000, rtpPorts } = options;
    const { iceAddress, icePorts, icePort, publicAddress } = options;
    this.#options = options;
    const { rtpAddress = '127.0.0.1', otherRtpAddress = rtpAddress } = options;
    this.#addresses = byFamily(otherRtpAddress, rtpAddress);
    this.#process = new EmbeddedProcess({
      media: {
        latching,
        silenceMs,
        rtp: { addresses: this.#addresses, ...(rtpPorts && { ports: rtpPorts }) },
        shownAddresses: publicAddress === undefined ? {} : byFamily(publicAddress),
        transport: {
          ...(iceAddress !== undefined && { iceAddress }),
          ...(icePorts && { icePorts }),
          ...(icePort !== undefined && { icePort }),
          ...(publicAddress !== undefined && { publicAddress }),
        },
      },
      clock,
      log,
      questionTimeoutMs,
    });
    this.#process.onNews = (news) => this.#sessions.get(news.call)?.hear(news);
    this.#process.onUpChange = (isUp) => {
      if (!isUp) for (const session of [...this.#sessions.values()]) session.finish('engine-lost');
      this.onUpChange?.(isUp);
    };
  }

  get isUp(): boolean {
    return this.#process.isUp;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get started(): Promise<void> {
    return this.#process.started;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  counters(): Readonly<Record<string, number>> {
    const all = new Counters();
    all.addAll(this.#counters.read());
    all.addAll(this.#process.counters());
    return all.read();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- refusals are rejections, not exceptions
  async open(handler: MediaSessionHandler = {}): Promise<MediaSession> {
    if (this.#isClosed || !this.isUp) throw new MediaError('engine-down', 'The media engine is not there');
    const { random = Math.random, log = silentLog } = this.#options;
    const call = (this.#lastCall += 1);
    const session = new EmbeddedSession({
      call,
      process: this.#process,
      handler,
      log,
      recordingDir: this.#options.recordingDir,
      counters: this.#counters,
      adapter: new SdpAdapter({
        resolveHosts: this.#options.resolveHosts ?? resolveHosts,
        random,
        reach: {
          ipv4: this.#addresses[4] !== undefined,
          ipv6: this.#addresses[6] !== undefined,
          rtcpAnywhere: true,
        },
      }),
      onEnded: () => this.#sessions.delete(call),
    });
    this.#sessions.set(call, session);
    return session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const session of [...this.#sessions.values()]) session.close();
    await this.#process.close();
  }
}

function byFamily(...addresses: readonly string[]): AddressesByFamily {
  return Object.fromEntries(addresses.map((address) => [isIPv6(address) ? 6 : 4, address]));
}
