import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { freeRtpPorts, freeSipPort, loopback } from './ports.ts';
import { makeTempDir } from './temp-dir.ts';
import { listen, toneWav, type Heard } from './tone.ts';
import { until } from './until.ts';

export interface LinphoneOptions {
  readonly user: string;
  readonly registrar: { readonly port: number; readonly password: string };
  /** What it says all the time, in Hz. */
  readonly frequency: number;
}

/** Linphone's console phone on loopback, registered over UDP; it is told what to do as a person would. */
export interface Linphone extends Part {
  /** Waits until it prints that, after what was waited for before. */
  says(text: string, timeoutMs?: number): Promise<void>;
  dial(uri: string): Promise<void>;
  answer(): Promise<void>;
  /** Waits until the call is up, and then speaks and listens: files can be had in a call only. */
  speaks(): Promise<void>;
  hangup(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  /** One key, by RFC 4733. */
  presses(key: string): Promise<void>;
  /** What the other side says: the last second of it. */
  sound(): Promise<Heard | undefined>;
}

export async function startLinphone({ user, registrar, frequency }: LinphoneOptions): Promise<Linphone> {
  const command = requirePart('linphonec');
  const home = await makeTempDir('linphone');
  const [tone, heard] = [join(home.path, 'tone.wav'), join(home.path, 'heard.wav')];
  await mkdir(join(home.path, '.local/share/linphone'), { recursive: true });
  await writeFile(tone, toneWav(frequency, 60));
  await writeFile(join(home.path, 'config'), config(await freeSipPort(), await freeRtpPorts(2)));
  const child = await startChild({
    name: 'linphonec',
    command,
    args: ['-c', join(home.path, 'config'), '-d', '0'],
    env: { ...process.env, HOME: home.path },
    ready: ({ output }) => output.includes('linphonec>'),
  }).catch(async (cause: unknown) => {
    await home.close();
    throw cause;
  });
  const { tell, says } = converse(child);
  const resumesFiles = async (): Promise<void> => {
    await tell(`play ${tone}`);
    await tell(`record ${heard}`);
  };
  const server = `sip:${loopback}:${registrar.port}`;
  const close = async (): Promise<void> => {
    await child.close();
    await home.close();
  };
  try {
    await tell('soundcard use files');
    await tell(`register sip:${user}@${loopback}:${registrar.port} ${server} ${registrar.password}`);
    // It prints no word of it unless it is asked.
    await until('linphonec is registered', async () => {
      await tell('status register');
      return child.output.includes('registered, identity');
    });
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    says,
    dial: (uri) => tell(`call ${uri}`),
    answer: () => tell('answer'),
    speaks: async () => {
      await says('Media streams established');
      await resumesFiles();
    },
    hangup: () => tell('terminate'),
    hold: () => tell('pause'),
    resume: async () => {
      await tell('resume');
      await resumesFiles();
    },
    presses: (key) => tell(key),
    sound: () => lastSecondOf(heard),
    close,
  };
}

function converse(child: Child): {
  tell: (words: string) => Promise<void>;
  says: Linphone['says'];
} {
  let at = 0;
  return {
    // It reads its next command when it has shown the prompt.
    tell: async (words) => {
      child.write(`${words}\n`);
      await until(`linphonec reads ${words}`, () => child.output.includes(words));
    },
    says: async (text, timeoutMs = 10_000) => {
      at = await until(
        `linphonec says ${text}`,
        () => {
          const found = child.output.indexOf(text, at);
          return found < 0 ? undefined : found + text.length;
        },
        { timeoutMs },
      ).catch((cause: unknown) => {
        throw new Error(`${String(cause)}\n${child.output.slice(-2_000)}`, { cause });
      });
    },
  };
}

const opusRate = 48_000;

async function lastSecondOf(file: string): Promise<Heard | undefined> {
  const wav = await readFile(file).catch(() => undefined);
  if (!wav) return undefined;
  // It writes the header when the call is over.
  const samples = new Int16Array(wav.length >> 1).map((_none, at) => wav.readInt16LE(2 * at));
  return listen(samples.subarray(-opusRate), opusRate);
}

function config(sipPort: number, rtpPort: number): string {
  const sections = {
    sip: {
      sip_port: sipPort,
      sip_tcp_port: 0,
      sip_tls_port: 0,
      guess_hostname: 0,
      use_ipv6: 0,
      use_info: 0,
      use_rfc2833: 1,
      // With gruu its Contact has no port, and no ACK finds it.
      supported: 'replaces',
    },
    net: { firewall_policy: 0 },
    rtp: { audio_rtp_port: rtpPort },
    sound: { echocancellation: 0 },
    video: { enabled: 0, automatically_initiate: 0, automatically_accept: 0 },
  };
  return Object.entries(sections)
    .map(([name, keys]) => [
      `[${name}]`,
      ...Object.entries(keys).map(([key, value]) => `${key}=${value}`),
      '',
    ])
    .flat()
    .join('\n');
}
