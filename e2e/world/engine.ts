import {
  freeTcpPort,
  loopback,
  runningProcesses,
  startJanus,
  udpPortsOf,
  type JanusPart,
} from '@soft-handset/parts';
import { janusHandles } from './janus-handles.ts';

export type EngineKind = 'nosip' | 'embedded';

/** What moves the media of a world, as far as a test touches it. */
export interface EngineOfWorld {
  readonly kind: EngineKind;
  /** What the gateway's configuration says of it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Starts it, or starts it anew where it has been killed. The gateway finds it by itself. */
  start(): Promise<void>;
  /** SIGKILL, as a crash would be. */
  kill(): Promise<void>;
  /** What calls take of it and must give back. */
  counts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export async function engineOf(kind: EngineKind): Promise<EngineOfWorld> {
  return kind === 'nosip' ? new JanusOfWorld(await freeTcpPort()) : embedded;
}

/** A Janus beside the gateway, always at the same port. */
class JanusOfWorld implements EngineOfWorld {
  readonly kind = 'nosip';
  readonly config: Readonly<Record<string, unknown>>;
  readonly #port: number;
  #janus: JanusPart | undefined;

  constructor(port: number) {
    this.#port = port;
    this.config = { janus: { url: `ws://${loopback}:${port}` } };
  }

  async start(): Promise<void> {
    await this.#janus?.close();
    this.#janus = await startJanus({ wsPort: this.#port, mediaHost: loopback, adminSecret: 'admin' });
  }

  kill(): Promise<void> {
    this.#running.kill();
    return Promise.resolve();
  }

  async counts(): Promise<Readonly<Record<string, number>>> {
    const { adminUrl = '', pid } = this.#running;
    return { 'Janus handles': await janusHandles(adminUrl), 'UDP ports of Janus': await udpPortsOf(pid) };
  }

  async close(): Promise<void> {
    await this.#janus?.close();
  }

  get #running(): JanusPart {
    if (!this.#janus) throw new Error('Janus has not been started');
    return this.#janus;
  }
}

/** The gateway starts it, and starts it again whenever it dies; it runs in this process, so that the child is ours. */
const embedded: EngineOfWorld = {
  kind: 'embedded',
  // A peer that has gone is noticed soon, so that a test need not wait for what a user would.
  config: { media: { engine: 'embedded', embedded: { silenceMs: 5000 } } },
  start: () => Promise.resolve(),
  kill: async () => void process.kill(await childPid(), 'SIGKILL'),
  counts: async () => ({ 'UDP ports of the engine': await udpPortsOf(await childPid()) }),
  close: () => Promise.resolve(),
};

async function childPid(): Promise<number> {
  const child = (await runningProcesses()).find(
    ({ parent, command }) => parent === process.pid && command.includes('embedded-child'),
  );
  if (!child) throw new Error('the embedded engine does not run');
  return child.pid;
}
