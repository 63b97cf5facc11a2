import type { Jsep, SipserverRequestBody } from '@soft-handset/protocol';
import { nextCallState, type CallEvent, type CallState } from './call-state.ts';
import type { CallEnd, CallEvents, Remote } from './call-types.ts';
import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import type { JanusJsep } from './janus-api.ts';
import type { JanusHandler, SipEvent } from './janus-handler.ts';
import type { LocalMedia } from './local-media.ts';
import { Negotiation } from './negotiation.ts';

export interface CallParty {
  readonly kind: 'return' | 'classic' | 'incoming';
  readonly remote: Remote;
  readonly callId?: string | undefined;
  /** The caller's offer; an INVITE can come without. */
  readonly offer?: Jsep | undefined;
  /** What the caller wishes. */
  readonly offered?: { readonly audio: boolean; readonly video: boolean };
  readonly referId?: number | undefined;
}

export interface CorePorts {
  /** Of the call in its handset; later calls have higher ones. */
  readonly number: number;
  readonly handler: JanusHandler;
  readonly media: LocalMedia;
  readonly isPhone: boolean;
  /** What the user hears of it before there is sound. */
  readonly sound: (core: CallCore, sound: 'ring' | 'ringback' | undefined) => void;
  readonly fault: (error: HandsetError) => void;
  /** In the language of the page. */
  readonly words: (error: HandsetError) => string;
  /** The code in words, in the language of the page. */
  readonly reason: (code: number, detail: string) => string;
  /** The user hung up while the server could not be told. */
  readonly oweHangup: (callId: string) => void;
  readonly changed: (core: CallCore) => void;
  readonly over: (core: CallCore) => void;
}

/** What all parts of a call share: its state, its name, its way to the server, its listeners. */
export class CallCore extends Emitter<CallEvents> {
  readonly id: string;
  readonly party: CallParty;
  readonly ports: CorePorts;
  readonly negotiation: Negotiation;
  /** Settles when it is over; never rejects. */
  readonly isOver: Promise<void>;
  remote: Remote;
  callId: string | undefined;
  startedAt: number | undefined;
  end: CallEnd | undefined;
  #tellOver: () => void = () => undefined;
  #state: CallState = 'idle';

  constructor(party: CallParty, ports: CorePorts) {
    super();
    this.party = party;
    this.ports = ports;
    this.id = `call-${ports.number}`;
    this.remote = party.remote;
    this.callId = party.callId;
    this.isOver = new Promise((resolve) => (this.#tellOver = resolve));
    this.negotiation = new Negotiation(ports.handler, ports.media, ports.isPhone);
  }

  get state(): CallState {
    return this.#state;
  }

  /** False, and nothing happens, where the table has no such step. */
  move(event: CallEvent): boolean {
    const before = this.#state;
    const state = nextCallState(before, event);
    if (state === undefined) return false;
    this.#state = state;
    if (event === 'confirmed') this.startedAt = Date.now();
    this.emit('state', { state, before });
    this.ports.changed(this);
    return true;
  }

  need(event: CallEvent): void {
    if (!this.move(event)) throw HandsetError.of(this.#state === 'ended' ? 487 : 'wrong-state');
  }

  /** Once: false where it was over before. `tellEnd` follows when all is put away. */
  finish(end: CallEnd): boolean {
    if (nextCallState(this.#state, 'ended') === undefined) return false;
    this.end = end;
    return this.move('ended');
  }

  tellEnd(): void {
    if (this.end !== undefined) this.emit('ended', this.end);
    this.#tellOver();
  }

  send(body: SipserverRequestBody, jsep?: JanusJsep, limitMs?: number): Promise<SipEvent> {
    return this.ports.handler.send(body, jsep, limitMs);
  }

  /** The call's name in a request. */
  named(): { call_id?: string } {
    return this.callId === undefined ? {} : { call_id: this.callId };
  }

  readonly report = (thrown: unknown): void => {
    const error = HandsetError.from(thrown, 'media-failed');
    this.emit('error', { code: error.code, message: this.ports.words(error) });
    this.ports.fault(error);
  };
}
