import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Part } from '@soft-handset/parts';
import type { Jsep } from '@soft-handset/protocol';
import type { FromLoad, LoadFacts, ToLoad } from './media-messages.ts';
import { goFirst, loadCore } from './media-side.ts';

type Question = Extract<ToLoad, { question: number }>;
type Answer = Extract<FromLoad, { question: number }>;
type WithoutNumber<T> = T extends unknown ? Omit<T, 'question'> : never;

/** The load generator's process, `media-load.ts`, as `media.ts` sees it. */
export class MediaGenerator implements Part {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastQuestion = 0;
  /** Where all phones are. */
  readonly phone: Promise<{ readonly address: string; readonly port: number }>;

  constructor() {
    const file = fileURLToPath(new URL('./media-load.js', import.meta.url));
    this.#process = spawn('taskset', ['-c', `${loadCore}`, process.execPath, file], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    if (this.#process.pid !== undefined) void goFirst(this.#process.pid);
    this.phone = new Promise((resolve, reject) => {
      this.#process.on('message', (message) => {
        const news = message as FromLoad;
        if (news.says === 'up') resolve(news.phone);
        else this.#waiting.get(news.question)?.(news);
      });
      this.#process.once('error', reject);
      this.#process.once('exit', (code, signal) => {
        const why = `the load generator ended: ${signal ?? `exit code ${code}`}`;
        reject(new Error(why));
        for (const [question, settle] of this.#waiting) settle({ says: 'failed', question, why });
      });
    });
    this.phone.catch(() => undefined);
  }

  async answer(offer: Jsep): Promise<Jsep> {
    const answered = await this.#ask({ do: 'answer', offer });
    if (answered.says !== 'answered') throw new Error(`the load generator says ${answered.says}`);
    return answered.answer;
  }

  async connect(): Promise<void> {
    await this.#ask({ do: 'connect' });
  }

  async run(ms: number): Promise<LoadFacts> {
    const ran = await this.#ask({ do: 'run', ms });
    if (ran.says !== 'ran') throw new Error(`the load generator says ${ran.says}`);
    return ran.facts;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.disconnect();
    await exited;
  }

  #ask(what: WithoutNumber<Question>): Promise<Answer> {
    const question = (this.#lastQuestion += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(question, (answer) => {
        this.#waiting.delete(question);
        if (answer.says === 'failed') reject(new Error(answer.why));
        else resolve(answer);
      });
      this.#process.send({ ...what, question });
    });
  }
}
