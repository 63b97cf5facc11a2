import type { HandsetCore } from './handset-core.ts';
import type { SipEvent } from './janus-handler.ts';
import { messagesIn, stateIn } from './notify-bodies.ts';
import type { ExtensionState } from './watch-types.ts';

interface Watched {
  /** Of the subscription: NOTIFYs carry it. */
  readonly callId: string;
  state: ExtensionState;
}

/** Follows extensions and the mail box: subscribes, and says what changes. */
export class Watch {
  readonly #core: HandsetCore;
  readonly #watched = new Map<string, Watched>();
  #followsMessages = false;

  constructor(core: HandsetCore) {
    this.#core = core;
    // A fresh session of the server knows nothing of them.
    core.on('registration', ({ state }) => {
      if (state === 'registering') this.#isLost = true;
      else if (state === 'registered' && this.#isLost) this.#again();
    });
  }

  #isLost = false;

  /** These and no others. Rejects with the first refusal; the others are followed all the same. */
  async follow(extensions: readonly string[]): Promise<void> {
    const gone = [...this.#watched.keys()].filter((number) => !extensions.includes(number));
    const added = extensions.filter((number) => !this.#watched.has(number));
    for (const number of gone) this.#watched.delete(number);
    for (const number of added) this.#watched.set(number, { callId: newCallId(), state: 'unknown' });
    const { handler } = this.#core.lines.primary;
    await Promise.allSettled(
      gone.map((number) => handler.send({ request: 'unsubscribe', event: 'dialog', to: number })),
    );
    const results = await Promise.allSettled(added.map((number) => this.#subscribe(number)));
    const refusal = results.find((result) => result.status === 'rejected');
    if (refusal !== undefined) throw refusal.reason;
  }

  async followMessages(): Promise<void> {
    this.#followsMessages = true;
    await this.#core.lines.primary.handler.send({ request: 'subscribe', event: 'message-summary' });
  }

  handle({ event, callId }: SipEvent): void {
    if (event.event !== 'notify') return;
    if (event.notify === 'message-summary') {
      const messages = messagesIn(event.content);
      if (messages !== undefined) this.#core.emit('messagesWaiting', messages);
      return;
    }
    const state = stateIn(event['content-type'], event.content);
    for (const [number, watched] of this.#watched)
      if (watched.callId === callId && state !== undefined && state !== watched.state) {
        watched.state = state;
        this.#core.emit('extension', { number, state });
      }
  }

  async #subscribe(number: string): Promise<void> {
    const call_id = this.#watched.get(number)?.callId ?? newCallId();
    await this.#core.lines.primary.handler.send({
      request: 'subscribe',
      event: 'dialog',
      to: number,
      call_id,
    });
  }

  #again(): void {
    this.#isLost = false;
    const failed = (error: unknown): void => this.#core.connection.debug('not followed again', error);
    for (const number of this.#watched.keys()) this.#subscribe(number).catch(failed);
    if (this.#followsMessages) this.followMessages().catch(failed);
  }
}

function newCallId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
