import type { CallParty, CorePorts } from './call-core.ts';
import { isOver } from './call-state.ts';
import { HandsetCall, type CallPorts } from './call.ts';
import { HandsetError } from './handset-error.ts';
import type { SipEvent } from './janus-handler.ts';
import { telNumber } from './tel-number.ts';

export interface CallsPorts extends Omit<
  CallPorts,
  'number' | 'over' | 'oweHangup' | 'ready' | 'changed' | 'sound'
> {
  readonly nextNumber: () => number;
  readonly sound: (call: HandsetCall, sound: Parameters<CorePorts['sound']>[1]) => void;
  readonly changed: (call: HandsetCall) => void;
  /** `busy`: it is refused; `elsewhere`: another line of ours shows it already. */
  readonly verdict: (callId: string) => 'ring' | 'busy' | 'elsewhere';
  /** A call that asks to be answered by itself may be: nobody talks. */
  readonly mayAnswerItself: () => boolean;
  readonly incoming: (call: HandsetCall, answersItself: boolean) => void;
  /** No call is left. */
  readonly allOver: () => void;
}

/**
 * The calls of one line, which has one peer connection: one that runs or rings, and those that were hung up and wait
 * for the server's word.
 */
export class Calls {
  readonly #ports: CallsPorts;
  readonly #calls = new Set<HandsetCall>();
  readonly #owedHangups = new Set<string>();
  /** Rings here too, and is another line's. */
  #shadow: string | undefined;
  /** A call of ours is about to begin here. */
  #isReserved = false;

  constructor(ports: CallsPorts) {
    this.#ports = ports;
  }

  /** The call that has not been hung up. */
  get current(): HandsetCall | undefined {
    return [...this.#calls].find(({ state }) => !isOver(state));
  }

  /** The call that the streams belong to: one that still ends has the peer connection. */
  get withMedia(): HandsetCall | undefined {
    return [...this.#calls].find(({ state }) => state === 'ending') ?? this.current;
  }

  /** The server would take or place a call here. */
  get isFree(): boolean {
    return this.current === undefined && this.#shadow === undefined && !this.#isReserved;
  }

  /** Nothing of an earlier call is left either. */
  get isEmpty(): boolean {
    return this.#calls.size === 0 && this.isFree;
  }

  /** For `place`, which must follow. */
  reserve(): void {
    this.#isReserved = true;
  }

  /** Settles at `calling`. */
  async place(party: CallParty, start: (call: HandsetCall) => Promise<void>): Promise<HandsetCall> {
    await this.#lastOver();
    this.#isReserved = false;
    // One may have come in meanwhile.
    if (!this.isFree) throw HandsetError.of('wrong-state');
    const call = this.#add(party);
    await start(call);
    return call;
  }

  handle(message: SipEvent): void {
    const { event, callId } = message;
    if (event.event === 'incomingcall') return this.#incoming(message);
    const isEnd = event.event === 'hangup' || event.event === 'hangingup';
    if (isEnd && callId === this.#shadow) this.#shadow = undefined;
    this.#callOf(message)?.handle(message);
  }

  /** The server has forgotten them all. */
  lost(): void {
    this.#owedHangups.clear();
    this.#shadow = undefined;
    for (const call of [...this.#calls]) call.setup.lost();
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
    const verdict = this.current === undefined ? this.#ports.verdict(callId) : 'busy';
    if (verdict === 'elsewhere') {
      this.#shadow = callId;
      return;
    }
    if (verdict === 'busy') return this.#refuseAsBusy(callId);
    const call = this.#add(partyOf(event, callId, jsep));
    const answersItself = event.type === 'self_call_handle' && this.#ports.mayAnswerItself();
    call.setup.ring({ isSilent: answersItself });
    this.#ports.incoming(call, answersItself);
    // The page may have refused it just now.
    if (!answersItself || call.state !== 'ringing-in') return;
    call.answer().catch((error: unknown) => call.core.report(error));
  }

  /** The server may have refused it already: then it says so, and that is as well. */
  #refuseAsBusy(callId: string): void {
    this.#ports.handler
      .send({ request: 'decline', code: 486, call_id: callId })
      .catch((error: unknown) => this.#ports.handler.debug('the second call was not declined', error));
  }

  #callOf({ callId, event }: SipEvent): HandsetCall | undefined {
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
    await Promise.all(ending.map(({ core }) => core.isOver));
  }

  #add(party: CallParty): HandsetCall {
    const call: HandsetCall = new HandsetCall(party, {
      ...this.#ports,
      number: this.#ports.nextNumber(),
      ready: () => this.#lastOver(),
      sound: (_, sound) => this.#ports.sound(call, sound),
      changed: () => this.#ports.changed(call),
      oweHangup: (callId) => void this.#owedHangups.add(callId),
      over: () => this.#over(call),
    });
    this.#calls.add(call);
    return call;
  }

  #over(call: HandsetCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#ports.allOver();
  }
}

function partyOf(
  event: Extract<SipEvent['event'], { event: 'incomingcall' }>,
  callId: string,
  offer: CallParty['offer'],
): CallParty {
  const { username, displayname, diverted_by: diverted, type, audio, video } = event;
  const number = telNumber(username);
  return {
    kind: 'incoming',
    callId,
    offer,
    offered: { audio, video },
    remote: {
      number,
      displayName: displayname ?? number,
      uri: username,
      type,
      ...(diverted && {
        divertedBy: diverted.map((one) => ({
          number: telNumber(one.username),
          displayName: one.displayname ?? telNumber(one.username),
          ...(one.reason !== undefined && { reason: one.reason }),
        })),
      }),
    },
  };
}
