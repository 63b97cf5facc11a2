import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { guardAgainstOrphans } from './orphans.ts';
import type { Part } from './parts.ts';
import { until, within } from './until.ts';

export interface ChildOptions {
  /** For messages and the log file. */
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Asked every 20 ms until it says yes; without it the child is ready when it runs. */
  readonly ready?: (child: Child) => boolean | Promise<boolean>;
  readonly readyTimeoutMs?: number;
  /** How long it may take to end after SIGTERM before SIGKILL comes. */
  readonly stopTimeoutMs?: number;
}

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const keptOutput = 256 * 1024;
const setpriv = '/usr/bin/setpriv';

/**
 * A program that a test runs. It has its own process group, so that `close` reaches its children too,
 * and it ends with us in every case: by `close`, by our exit hook, and, should we be killed, by the kernel.
 */
export class Child implements Part {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the program has ended, by itself or by us; never rejects. */
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;
  readonly #stopTimeoutMs: number;
  #output = '';
  #end: ChildEnd | undefined;

  constructor(spawned: ChildProcess, pid: number, options: ChildOptions) {
    this.name = options.name;
    this.pid = pid;
    this.#process = spawned;
    this.#stopTimeoutMs = options.stopTimeoutMs ?? 2_000;
    const letGo = guardAgainstOrphans(pid);
    this.ended = new Promise((resolve) => {
      spawned.once('close', (code, signal) => {
        this.#end = { code, signal };
        letGo();
        resolve(this.#end);
      });
    });
    this.#captureOutput();
  }

  /** The end of what it has written to stdout and stderr, in the order of arrival. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.hasEnded) killGroup(this.pid, signal);
  }

  /** Writes to its stdin, which stays open until the end: baresip burns a core on a closed one. */
  write(text: string): void {
    this.#process.stdin?.write(text);
  }

  async close(): Promise<void> {
    if (!this.hasEnded) {
      this.signal('SIGTERM');
      await within(this.#stopTimeoutMs, `${this.name} ends`, this.ended).catch(() => undefined);
    }
    killGroup(this.pid, 'SIGKILL');
    await within(5_000, `${this.name} is gone`, this.ended);
  }

  #captureOutput(): void {
    const directory = process.env['PARTS_LOG_DIR'];
    const file = directory ? createWriteStream(join(directory, `${this.name}-${this.pid}.log`)) : undefined;
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput);
        file?.write(text);
      });
    }
    this.#process.stdin?.on('error', () => undefined); // EPIPE: it has ended, and `ended` says so.
    void this.ended.then(() => file?.end());
  }
}

/** @throws if it cannot be started, ends before it is ready, or is not ready in time; its last words are in the message */
export async function startChild(options: ChildOptions): Promise<Child> {
  const [command, args] = endsWithParent(options.command, options.args ?? []);
  const spawned = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    spawned.once('spawn', resolve);
    spawned.once('error', (cause) => reject(new Error(`${options.name} cannot be started`, { cause })));
  });
  const child = new Child(spawned, spawned.pid ?? 0, options);
  const { ready } = options;
  if (!ready) return child;

  try {
    await until(
      `${options.name} is ready`,
      async () => {
        if (child.hasEnded) throw new Error(`${options.name} ended before it was ready`);
        return ready(child);
      },
      { timeoutMs: options.readyTimeoutMs ?? 10_000 },
    );
    return child;
  } catch (cause) {
    await child.close();
    throw new Error(`${String(cause)}\n${child.output.slice(-2_000)}`, { cause });
  }
}

/** The kernel ends the child when we are gone without having run a hook. */
function endsWithParent(command: string, args: readonly string[]): [string, readonly string[]] {
  return existsSync(setpriv) ? [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args];
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}
