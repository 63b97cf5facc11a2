import { TimerSet } from './clock.ts';
import type { Flow, ResponseOptions, ServerTransaction } from './contract.ts';
import type { Core } from './core.ts';
import { makeResponse } from './make.ts';
import type { SipRequest, SipResponse } from './message.ts';

/** The way back (RFC 3261 §18.2.2). Trouble is told to `onFailed`, never thrown. */
export interface ServerWire {
  readonly reliable: boolean;
  readonly flow: Flow;
  onFailed?: () => void;
  send(response: SipResponse): void;
}

interface Owner {
  readonly core: Core;
  readonly wire: ServerWire;
  /** Takes the transaction out of the tables. */
  readonly removed: () => void;
}

/** What both kinds of server transaction share: responses are made once, kept for retransmissions, and never sent twice by the owner. */
export abstract class RunningServerTransaction implements ServerTransaction {
  readonly request: SipRequest;
  /** The tag of our responses. */
  readonly toTag: string;
  onCancel?: (cancel: SipRequest) => void;
  /** For our own layers: no response can reach the peer any more. */
  onTransportFailed?: () => void;
  protected readonly owner: Owner;
  protected readonly timers: TimerSet;
  protected last: SipResponse | undefined;
  #state: ServerTransaction['state'];

  constructor(request: SipRequest, owner: Owner, state: 'trying' | 'proceeding') {
    this.#state = state;
    this.request = request;
    this.owner = owner;
    this.timers = new TimerSet(owner.core.clock);
    this.toTag = owner.core.random(8);
    owner.wire.onFailed = () => this.#transportFailed();
  }

  /** The same request once more. */
  abstract retransmitted(): void;
  protected abstract send(response: SipResponse): void;

  get state(): ServerTransaction['state'] {
    return this.#state;
  }

  get flow(): Flow {
    return this.owner.wire.flow;
  }

  /** Whether no final response has been given. */
  get isOpen(): boolean {
    return this.state === 'trying' || this.state === 'proceeding';
  }

  /** @throws SipError `invalid-header` if the options hold one */
  make(status: number, options: ResponseOptions = {}): SipResponse {
    const response = makeResponse(this.request, status, { toTag: this.toTag, ...options });
    const { userAgent } = this.owner.core;
    if (userAgent !== undefined) response.headers.set('Server', userAgent);
    return response;
  }

  respond(status: number, options: ResponseOptions = {}): void {
    this.owner.core.guard('respond', () => this.forward(this.make(status, options)));
  }

  forward(response: SipResponse): void {
    const { core } = this.owner;
    if (this.isOpen || (this.state === 'accepted' && isSuccess(response))) {
      core.guard('response', () => this.send(response));
    } else {
      core.log.debug(
        { method: this.request.method, status: response.status, state: this.state },
        'late response dropped',
      );
    }
  }

  /** Ends without a word to anybody. */
  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.timers.stopAll();
    this.owner.removed();
  }

  #transportFailed(): void {
    if (this.state === 'terminated') return;
    this.terminate();
    this.onTransportFailed?.();
  }

  protected move(state: Exclude<ServerTransaction['state'], 'terminated'>): void {
    this.#state = state;
  }

  protected repeatLast(): void {
    this.owner.core.count('retransmissionsReceived');
    if (this.last) this.owner.wire.send(this.last);
  }
}

/**
 * INVITE at the server (RFC 3261 §17.2.1, RFC 6026 §7.1). A 2xx is repeated by who sent it, all else from here.
 *
 *   proceeding ──3xx-6xx──▶ completed ──ACK──▶ confirmed ──timer I──▶ terminated
 *        └──────2xx──────▶ accepted ──timer L──▶ terminated
 */
export class InviteServerTransaction extends RunningServerTransaction {
  constructor(request: SipRequest, owner: Owner) {
    super(request, owner, 'proceeding');
  }

  retransmitted(): void {
    if (this.state === 'proceeding' || this.state === 'completed') this.repeatLast();
    else this.owner.core.count('retransmissionsReceived');
  }

  /** The ACK to our 3xx-6xx. */
  acknowledged(): void {
    if (this.state !== 'completed') return;
    this.move('confirmed');
    this.timers.stopAll();
    if (this.owner.wire.reliable) this.terminate();
    else this.timers.start('I', this.owner.core.timers.t4, () => this.terminate());
  }

  protected send(response: SipResponse): void {
    const { core, wire } = this.owner;
    this.last = response;
    if (isSuccess(response)) {
      if (this.state !== 'accepted') this.timers.start('L', core.timers.timerH, () => this.terminate());
      this.move('accepted');
    } else if (response.status >= 300) {
      this.move('completed');
      if (!wire.reliable) this.#repeatAfter(core.timers.t1);
      this.timers.start('H', core.timers.timerH, () => {
        core.count('timerH');
        this.terminate();
      });
    }
    wire.send(response);
  }

  #repeatAfter(delayMs: number): void {
    const { core, wire } = this.owner;
    this.timers.start('G', delayMs, () => {
      core.count('retransmissionsSent');
      this.#repeatAfter(Math.min(2 * delayMs, core.timers.t2));
      if (this.last) wire.send(this.last);
    });
  }
}

/**
 * Any other request at the server (RFC 3261 §17.2.2).
 *
 *   trying ──1xx──▶ proceeding ──final──▶ completed ──timer J──▶ terminated
 */
export class NonInviteServerTransaction extends RunningServerTransaction {
  constructor(request: SipRequest, owner: Owner) {
    super(request, owner, 'trying');
    // RFC 4320 §4.2: after timer F no response is of use to the client; an owner who forgot must not leave the transaction behind.
    this.timers.start('F', owner.core.timers.timerF + owner.core.timers.t4, () => {
      owner.core.count('unansweredRequests');
      this.terminate();
    });
  }

  retransmitted(): void {
    this.repeatLast();
  }

  protected send(response: SipResponse): void {
    const { core, wire } = this.owner;
    this.last = response;
    this.move('proceeding');
    if (response.status >= 200) {
      this.move('completed');
      this.timers.stopAll();
    }
    wire.send(response);
    if (this.state !== 'completed') return;
    if (wire.reliable) this.terminate();
    else this.timers.start('J', core.timers.timerF, () => this.terminate());
  }
}

function isSuccess(response: SipResponse): boolean {
  return response.status >= 200 && response.status < 300;
}
