import { spawn, type ChildProcess } from 'node:child_process';

export interface Program {
  /** `the server` */
  readonly name: string;
  /** Script and arguments, for Node. */
  readonly words: readonly string[];
  /** SIGHUP is passed on to it, where it does not come from a terminal that was closed. */
  readonly hearsHangup?: true;
}

/**
 * Runs programs of ours that live and die together, and says what they have to say when all of them are up.
 *
 * One ends, all end; a signal to us ends all, the youngest first, for it needs those before it to say goodbye. Our exit code
 * is that of the one that failed.
 */
export function runTogether(programs: readonly Program[], env: NodeJS.ProcessEnv): void {
  const children = programs.map((program) => ({
    ...program,
    process: start(program.words, env),
    greeting: undefined as string | undefined,
  }));
  let isEnding = false;
  const endNext = (signal: NodeJS.Signals): void => {
    isEnding = true;
    children.findLast((one) => isRunning(one.process))?.process.kill(signal);
  };
  for (const one of children) {
    one.process.on('message', (message) => {
      if (!isGreeting(message)) return;
      one.greeting = message.up;
      if (children.every(({ greeting }) => greeting !== undefined))
        process.stdout.write(children.map(({ greeting }) => greeting).join(''));
    });
    one.process.on('exit', (code, signal) => {
      // With exit code 1 it has said itself what was in its way.
      if (!isEnding && code !== 0 && code !== 1) say(`${one.name} ended (${signal ?? `exit code ${code}`})`);
      if (code !== 0 && (code !== null || !isEnding)) process.exitCode = code ?? 1;
      endNext('SIGTERM');
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => endNext(signal));
  process.on('SIGHUP', () => {
    if (process.stdout.isTTY) endNext('SIGTERM');
    else
      for (const one of children) if (one.hearsHangup && isRunning(one.process)) one.process.kill('SIGHUP');
  });
}

/** What a program sends when it is up: the words for whoever has started it. */
interface Greeting {
  readonly up: string;
}

function isGreeting(message: unknown): message is Greeting {
  return typeof message === 'object' && message !== null && 'up' in message && typeof message.up === 'string';
}

function start(words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  // The IPC channel tells a child when we are gone, however we went. In a process group of its own it hears the terminal's
  // Ctrl-C from us only, once.
  return spawn(process.execPath, words, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
    env,
  });
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

function say(text: string): void {
  process.stderr.write(`soft-handset: ${text}\n`);
}
