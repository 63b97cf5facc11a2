import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { baresipAccount, baresipConfig, type BaresipAccount } from './baresip-config.ts';
import { startChild, type Child } from './child.ts';
import { requirePart } from './needs.ts';
import { readNetstrings, toNetstring } from './netstring.ts';
import type { Part } from './parts.ts';
import { freeRtpPorts, freeSipPort, freeTcpPort, isBound, loopback } from './ports.ts';
import { makeTempDir } from './temp-dir.ts';
import { listen, readWav, type Heard } from './tone.ts';
import { until } from './until.ts';

export interface BaresipOptions extends BaresipAccount {
  /** What it says all the time, in Hz. */
  readonly frequency?: number;
}

/** Something that has happened in baresip, in its own words: `CALL_INCOMING`, `CALL_ESTABLISHED`, `REGISTER_OK` ... */
export interface BaresipEvent {
  readonly type: string;
  readonly peeruri?: string;
  readonly param?: string;
}

/** A SIP phone on loopback that can be told what to do. */
export interface Baresip extends Part {
  readonly port: number;
  /** Its own address, for those who call it without a registrar. */
  readonly uri: string;
  readonly events: readonly BaresipEvent[];
  /** Waits for the next event of that type that nobody has waited for yet. */
  hears(type: string, timeoutMs?: number): Promise<BaresipEvent>;
  dial(uri: string): Promise<void>;
  accept(): Promise<void>;
  hangup(): Promise<void>;
  /** Puts the call on hold with a re-INVITE, or takes it back. */
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** Asks the far end to call somebody else (REFER); a refusal comes as `TRANSFER_FAILED`. */
  transfer(uri: string): Promise<void>;
  /** Keys, pressed and let go one after the other (RFC 4733). Those of the far end come as `CALL_DTMF_START`, by INFO too. */
  presses(keys: string): Promise<void>;
  /** What the other side says: the last second of what it would have played. Baresip 1.0 takes its ear off at the first re-INVITE; `received` still counts. */
  sound(): Promise<Heard | undefined>;
  /** How many RTP packets of its call have come so far. */
  received(): Promise<number>;
  readonly child: Child;
}

interface Reply {
  readonly response?: boolean;
  readonly ok?: boolean;
  readonly data?: string;
  readonly token?: string;
}

export async function startBaresip(options: BaresipOptions): Promise<Baresip> {
  const command = requirePart('baresip');
  const directory = await makeTempDir('baresip');
  // It listens for TLS beside it, whether somebody wants that or not.
  const port = await freeSipPort({ tls: true });
  const controlPort = await freeTcpPort();
  const recordings = join(directory.path, 'heard');
  await mkdir(recordings);
  const rtpPort = await freeRtpPorts(8);
  const config = baresipConfig({
    port,
    controlPort,
    rtpPort,
    recordings,
    frequency: options.frequency ?? 440,
  });
  await writeFile(join(directory.path, 'config'), config);
  for (const empty of ['accounts', 'contacts']) await writeFile(join(directory.path, empty), '');

  const child = await startChild({
    name: 'baresip',
    command,
    args: ['-f', directory.path],
    ready: () => isBound('tcp', controlPort),
  }).catch(async (cause: unknown) => {
    await directory.close();
    throw cause;
  });
  const control = connect(controlPort, loopback);
  const closeAll = async (): Promise<void> => {
    control.destroy();
    await child.close();
    await directory.close();
  };
  const { ask, events, hears } = converse(control);
  const does = async (command: string, params?: string): Promise<void> => {
    await ask(command, params);
  };
  try {
    await until('the control port of baresip is open', () => control.readyState === 'open');
    // Not from the file of accounts: it would register before anybody listens to its events.
    await ask('uanew', baresipAccount(options, port));
  } catch (cause) {
    await closeAll();
    throw cause;
  }

  return {
    port,
    uri: `sip:${options.user}@${loopback}:${port}`,
    child,
    events,
    hears,
    dial: (uri) => does('dial', uri),
    accept: () => does('accept'),
    hangup: () => does('hangup'),
    hold: () => does('hold'),
    resume: () => does('resume'),
    transfer: (uri) => does('transfer', uri),
    presses: (keys) => does('sndcode', keys),
    sound: () => lastHeard(recordings),
    received: async () => Number(/ rcvd=(\d+)/.exec(await ask('audio_debug'))?.[1] ?? 0),
    close: closeAll,
  };
}

function converse(control: Socket): Pick<Baresip, 'events' | 'hears'> & {
  ask: (command: string, params?: string) => Promise<string>;
} {
  const events: BaresipEvent[] = [];
  const unheard: BaresipEvent[] = [];
  const replies: Reply[] = [];
  let asked = 0;
  control.on('error', () => undefined); // It has ended; every wait below runs into its limit.
  readNetstrings(control, (text) => {
    const message = JSON.parse(text) as Reply | BaresipEvent;
    if ('type' in message) {
      events.push(message);
      unheard.push(message);
    } else replies.push(message);
  });
  return {
    events,
    hears: (type, timeoutMs = 10_000) =>
      until(
        `baresip says ${type}`,
        () => {
          const index = unheard.findIndex((event) => event.type === type);
          return index < 0 ? undefined : unheard.splice(0, index + 1).at(-1);
        },
        { timeoutMs },
      ),
    ask: async (command, params = '') => {
      const token = `${(asked += 1)}`;
      control.write(toNetstring(JSON.stringify({ command, params, token })));
      const reply = await until(`baresip has done ${command}`, () =>
        replies.find((one) => one.token === token),
      );
      if (reply.ok === false) throw new Error(`baresip refuses ${command}: ${reply.data ?? ''}`);
      return reply.data ?? '';
    },
  };
}

/** The last second of the newest recording of decoded sound. */
async function lastHeard(recordings: string): Promise<Heard | undefined> {
  const newest = (await readdir(recordings))
    .filter((name) => name.endsWith('-dec.wav'))
    .sort()
    .at(-1);
  if (newest === undefined) return undefined;
  const { samples, sampleRate } = readWav(await readFile(join(recordings, newest)));
  return listen(samples.subarray(-sampleRate), sampleRate);
}
