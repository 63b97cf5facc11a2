import type { Log, UserAgent } from '@soft-handset/sip';
import type { Handset } from './handset.ts';
import type { Note } from './note.ts';
import { NoteQueue } from './note-queue.ts';

/** A MESSAGE outside any call. */
export interface PagerMessage {
  /** A SIP URI. */
  readonly target: string;
  readonly note: Note;
  readonly callId?: string;
}

const mostTargets = 64;

/** The messages of a line outside its calls: RFC 3428 §8, to each address one after the other. */
export class PagerMessages {
  readonly #agent: Pick<UserAgent, 'request'>;
  readonly #log: Log;
  readonly #queues = new Map<string, NoteQueue>();

  constructor(agent: Pick<UserAgent, 'request'>, log: Log) {
    this.#agent = agent;
    this.#log = log;
  }

  /** False: too many wait already. */
  send(
    handset: Handset,
    {
      target,
      note,
      callId,
      displayName,
    }: PagerMessage & { readonly callId: string; readonly displayName: string | undefined },
    transaction: string,
  ): boolean {
    const { contentType, content: body, headers } = note;
    const queue = this.#queueTo(target);
    return (
      queue?.add({
        note,
        send: () =>
          this.#agent.request('MESSAGE', target, {
            callId,
            body,
            contentType,
            ...(headers && { headers }),
            ...(displayName !== undefined && { displayName }),
          }),
        tell: (news) => handset.hearsNote(news, { callId, transaction }),
        refuse: () => undefined, // Only what belongs to a call can lose its dialog.
      }) ?? false
    );
  }

  #queueTo(target: string): NoteQueue | undefined {
    const known = this.#queues.get(target);
    if (known || this.#queues.size >= mostTargets) return known;
    const queue = new NoteQueue(this.#log, () => this.#queues.delete(target));
    this.#queues.set(target, queue);
    return queue;
  }
}
