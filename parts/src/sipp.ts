import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { requirePart } from './needs.ts';
import type { Part } from './parts.ts';
import { freeRtpPorts, freeSipPort, isBound, loopback } from './ports.ts';
import { makeTempDir } from './temp-dir.ts';
import { within } from './until.ts';

export interface SippOptions {
  /** The text of a scenario, or the name of one that sipp has itself. */
  readonly scenario: string;
  /** Where a caller sends its INVITE. */
  readonly remotePort?: number;
  /** The user part a caller calls. */
  readonly service?: string;
  /** Ends after so many calls; a called sipp without it goes on until it is closed. */
  readonly calls?: number;
  readonly callsPerSecond?: number;
  readonly transport?: 'udp' | 'tcp';
  readonly port?: number;
  /** Sends every RTP packet back. Without it the ports are closed and ICMP ends calls of a Janus. */
  readonly rtpEcho?: boolean;
  /** Off for benchmarks: then `messages` stays empty. */
  readonly trace?: boolean;
  /** More of sipp's own arguments. */
  readonly args?: readonly string[];
}

export interface SippResult {
  /** 0: every call went as the scenario says. */
  readonly exitCode: number | null;
  readonly succeeded: number;
  readonly failed: number;
  /** Why calls failed, in sipp's words. */
  readonly errors: string;
}

/** A SIP message in the order in which sipp saw it. */
export interface SippMessage {
  readonly direction: 'sent' | 'received';
  readonly text: string;
}

export interface Sipp extends Part {
  readonly port: number;
  /** Audio; video is two above. */
  readonly rtpPort: number;
  /** `sip:<user>@127.0.0.1:<port>` */
  uri(user: string): string;
  /** Waits for sipp's own end, as it comes with `calls`. @throws when it takes longer */
  finished(timeoutMs?: number): Promise<SippResult>;
  /** Everything it has sent and received until now. */
  messages(): Promise<readonly SippMessage[]>;
  readonly child: Child;
}

const builtIn = ['uac', 'uas'];

/** Runs a scripted SIP peer on loopback, in a directory of its own. */
export async function startSipp(options: SippOptions): Promise<Sipp> {
  const command = requirePart('sipp');
  const directory = await makeTempDir('sipp');
  const file = (name: string): string => join(directory.path, name);
  const { transport = 'udp' } = options;
  const port = options.port ?? (await freeSipPort());
  const rtpPort = await freeRtpPorts(4);
  if (!builtIn.includes(options.scenario)) await writeFile(file('scenario.xml'), options.scenario);

  const child = await startChild({
    name: 'sipp',
    command,
    cwd: directory.path,
    args: [
      ...(builtIn.includes(options.scenario) ? ['-sn', options.scenario] : ['-sf', file('scenario.xml')]),
      ...['-i', loopback, '-p', `${port}`, '-t', transport === 'udp' ? 'u1' : 't1'],
      ...['-mi', loopback, '-mp', `${rtpPort}`, '-nostdin', '-trace_err', '-error_file', file('errors')],
      ...['-trace_stat', '-stf', file('statistics'), '-fd', '1'],
      ...(options.trace === false ? [] : ['-trace_msg', '-message_file', file('messages')]),
      ...(options.rtpEcho === false ? [] : ['-rtp_echo']),
      ...(options.calls === undefined ? [] : ['-m', `${options.calls}`]),
      ...(options.callsPerSecond === undefined ? [] : ['-r', `${options.callsPerSecond}`]),
      ...(options.service === undefined ? [] : ['-s', options.service]),
      ...(options.args ?? []),
      ...(options.remotePort === undefined ? [] : [`${loopback}:${options.remotePort}`]),
    ],
    // A caller may have finished before we look.
    ready: async () => options.remotePort !== undefined || isBound(transport, port),
  }).catch(async (cause: unknown) => {
    await directory.close();
    throw cause;
  });

  return {
    child,
    port,
    rtpPort,
    uri: (user) => `sip:${user}@${loopback}:${port}`,
    finished: async (timeoutMs = 30_000) => {
      const { code } = await within(timeoutMs, 'sipp has finished', child.ended).catch(
        async (cause: unknown) => {
          throw new Error(`${String(cause)}\n${await lastWords()}`, { cause });
        },
      );
      return {
        exitCode: code,
        ...(await readStatistics(file('statistics'))),
        errors: await read(file('errors')),
      };
    },
    messages: async () => parseMessages(await read(file('messages'))),
    close: async () => {
      await child.close();
      await directory.close();
    },
  };

  async function lastWords(): Promise<string> {
    return `${await read(file('errors'))}\n${(await read(file('messages'))).slice(-3_000)}`;
  }
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** The last row of sipp's table, whose columns are named in the first. */
async function readStatistics(path: string): Promise<Pick<SippResult, 'succeeded' | 'failed'>> {
  const rows = (await read(path)).trim().split('\n');
  const names = rows[0]?.split(';') ?? [];
  const last = rows.at(-1)?.split(';') ?? [];
  const column = (name: string): number => Number(last[names.indexOf(name)] ?? 0);
  return { succeeded: column('SuccessfulCall(C)'), failed: column('FailedCall(C)') };
}

/** sipp writes a line of dashes with the time, a line such as `UDP message received [365] bytes :`, and the message. */
function parseMessages(log: string): readonly SippMessage[] {
  return log.split(/^-{10,} .*$/m).flatMap((entry) => {
    const [, direction, text] = /message (sent|received)[^\n]*\n\n([\s\S]*)/.exec(entry) ?? [];
    if (direction === undefined || text === undefined) return [];
    return [{ direction: direction as SippMessage['direction'], text: text.trimEnd() }];
  });
}
