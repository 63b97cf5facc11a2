import { Call, type CallParty, type CallPorts } from './call.ts';
import { HandsetError } from './handset-error.ts';
import type { SipEvent } from './janus-handler.ts';
import type { Directions } from './media.ts';
import type { SoftHandlerEvents } from './soft-handler-types.ts';
import { telNumber } from './tel-number.ts';

export interface CallsPorts extends Omit<CallPorts, 'over' | 'oweHangup'> {
  /** What a call that nobody was asked about sends and receives. */
  readonly directionsByDefault: (party: CallParty) => Directions;
  /** No call is left. */
  readonly allOver: () => void;
}

/**
 * The calls of the handset: one that runs or rings, and those that were hung up and wait for the server's word.
 * A second call that comes in is refused as busy.
 */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #callPorts: CallPorts;
  readonly #calls = new Set<Call>();
  readonly #owedHangups = new Set<string>();

  constructor(ports: CallsPorts) {
    this.#ports = ports;
    this.#callPorts = {
      ...ports,
      oweHangup: (callId) => void this.#owedHangups.add(callId),
      over: (call) => this.#over(call),
    };
  }

  /** The call that has not been hung up. */
  get current(): Call | undefined {
    return [...this.#calls].find(({ state }) => state !== 'ending');
  }

  need(): Call {
    const call = this.current;
    if (call === undefined) throw HandsetError.of('wrong-state');
    return call;
  }

  async place(
    kind: 'return' | 'classic',
    number: string,
    directions: Directions,
  ): Promise<{ callId: string }> {
    await this.#lastOver();
    if (this.current !== undefined) throw HandsetError.of('wrong-state');
    return this.#add({ kind, number }).place(directions);
  }

  async answer(call: Call, directions: Directions): Promise<void> {
    await this.#lastOver();
    await call.answer(directions);
  }

  handle(message: SipEvent): void {
    if (message.event.event === 'incomingcall') this.#incoming(message);
    else this.#callOf(message)?.handle(message);
  }

  /** The server has forgotten them all. */
  lost(): void {
    this.#owedHangups.clear();
    for (const call of [...this.#calls]) call.lost();
  }

  /** The server hears again: what was hung up meanwhile is told. */
  payHangups(): void {
    for (const callId of this.#owedHangups) {
      this.#ports.handler.send({ request: 'hangup', call_id: callId }).catch((error: unknown) => {
        this.#ports.handler.debug('the call was gone already', error);
      });
    }
    this.#owedHangups.clear();
  }

  #incoming({ event, callId, jsep }: SipEvent): void {
    if (event.event !== 'incomingcall' || callId === undefined) return;
    // The server repeats itself after a reconnect.
    if ([...this.#calls].some((call) => call.callId === callId)) return;
    if (this.current !== undefined) return this.#refuseAsBusy(callId);
    const number = telNumber(event.username);
    const call = this.#add({ kind: 'incoming', number, callId, offer: jsep, video: event.video });
    const payload = {
      callId,
      telNumber: number,
      displayName: event.displayname ?? number,
      audio: event.audio,
      video: event.video,
      notifyType: event.type,
      ...(event.diverted_by && {
        divertedBy: event.diverted_by.map(({ username, displayname, reason }) => ({
          telNumber: telNumber(username),
          displayName: displayname ?? telNumber(username),
          ...(reason !== undefined && { reason }),
        })),
      }),
    };
    if (event.type === 'self_call_handle') return this.#answerByItself(call, payload);
    call.ring({ isSilent: false });
    this.#ports.emit('incomingcall', payload);
  }

  #answerByItself(call: Call, payload: SoftHandlerEvents['incomingcall']): void {
    call.ring({ isSilent: true });
    this.#ports.emit('incomingcall/autoAnswer', payload);
    // The page may have refused it just now.
    if (call.state !== 'ringing-in') return;
    this.answer(call, this.#ports.directionsByDefault(call.party)).catch((error: unknown) => {
      this.#ports.fault(HandsetError.from(error, 'media-failed'));
    });
  }

  /** The server may have refused it already: then it says so, and that is as well. */
  #refuseAsBusy(callId: string): void {
    this.#ports.handler
      .send({ request: 'decline', code: 486, call_id: callId })
      .catch((error: unknown) => this.#ports.handler.debug('the second call was not declined', error));
  }

  #callOf({ callId, event }: SipEvent): Call | undefined {
    const calls = [...this.#calls];
    const named = calls.find((call) => callId !== undefined && call.callId === callId);
    if (named !== undefined) return named;
    if (event.event === 'calling') return calls.find((call) => call.callId === undefined);
    // A server that leaves the name away speaks of the only call, or of the one that ends.
    if (callId !== undefined) return undefined;
    const isEnd = event.event === 'hangingup' || event.event === 'haningup';
    return (isEnd ? calls.find(({ state }) => state === 'ending') : undefined) ?? this.current;
  }

  /** There is one peer connection: a call that still ends has it. */
  async #lastOver(): Promise<void> {
    const ending = [...this.#calls].filter(({ state }) => state === 'ending');
    await Promise.all(ending.map(({ isOver }) => isOver));
  }

  #add(party: CallParty): Call {
    const call = new Call(party, this.#callPorts);
    this.#calls.add(call);
    return call;
  }

  #over(call: Call): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#ports.allOver();
  }
}
