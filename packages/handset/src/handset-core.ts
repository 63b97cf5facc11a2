import { isHeldHere, isUp } from './call-state.ts';
import type { CallParty } from './call-core.ts';
import type { CallOptions } from './call-types.ts';
import type { HandsetCall } from './call.ts';
import { canCapture } from './capture.ts';
import { createDevices } from './core-devices.ts';
import { lineMaker } from './core-lines.ts';
import type { Devices } from './devices.ts';
import { Emitter } from './emitter.ts';
import { HandsetError } from './handset-error.ts';
import type { HandsetEvents, HandsetOptions } from './handset-types.ts';
import type { JanusApi } from './janus-api.ts';
import { JanusConnection } from './janus-connection.ts';
import type { SipEvent } from './janus-handler.ts';
import { within } from './limit.ts';
import { Lines } from './lines.ts';
import type { Containers } from './media-elements.ts';
import { directionsOf, hasVideo, type Directions } from './media.ts';
import { browserLanguage, type Language } from './messages.ts';
import { Ring } from './ring.ts';
import type { MediaConfig } from './soft-handler-types.ts';
import { telNumber } from './tel-number.ts';

export interface CoreEvents extends HandsetEvents {
  /** Of the account's own line, as the server says it. */
  sip: SipEvent;
  added: HandsetCall;
  incoming: { readonly call: HandsetCall; readonly answersItself: boolean };
}

/** How long a page that goes away waits for the server. */
const goodbyeLimitMs = 2_000;
/** How long a call waits for another to be held. */
const holdLimitMs = 2_000;

/** The engine under both surfaces: wires connection, lines, devices and tones together. */
export class HandsetCore extends Emitter<CoreEvents> {
  readonly connection: JanusConnection;
  readonly devices: Devices;
  readonly lines: Lines;
  readonly language: Language;
  readonly ring: Ring;
  readonly options: HandsetOptions;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #tellStarted: () => void = () => undefined;
  readonly #hasStarted = new Promise<void>((resolve) => (this.#tellStarted = resolve));
  #isDestroyed = false;

  constructor(options: HandsetOptions, janus: JanusApi, containers: Containers = {}) {
    super();
    const { server, account, iceServers = [], ringFile, language, debug = false } = options;
    const { callWaiting = true, maxCalls = 8 } = options;
    this.options = options;
    this.language = language ?? browserLanguage();
    janus.init(debug);
    this.connection = new JanusConnection({
      janus,
      servers: [server].flat(),
      token: account.token,
      iceServers: [...iceServers],
    });
    this.devices = createDevices(this);
    this.ring = new Ring({
      ringFile,
      blocked: () => this.fault(HandsetError.of('sound-blocked')),
      failed: (error) => this.connection.debug('the ring', error),
    });
    this.lines = new Lines(account, {
      callWaiting,
      maxCalls,
      make: lineMaker(this, janus, containers),
      failed: (error) => this.connection.debug('a line to spare', error),
    });
    this.connection.on('state', (state) => this.#connectionChanged(state));
    this.connection.on('renewed', () => this.#renewed());
  }

  get isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  async start(): Promise<void> {
    try {
      await this.lines.primary.handler.attach();
      await this.connection.open();
    } catch (error) {
      await this.destroy();
      throw this.localised(error);
    }
    if (!this.#registersItself) this.#tellStarted();
    // In a task of its own: the page adds its listeners first.
    this.#startTimer = setTimeout(() => this.#started(), 0);
  }

  /** Settles at `calling`. */
  async place(called: string, { kind = 'return', media, referId }: CallOptions = {}): Promise<HandsetCall> {
    await this.#needRegistration();
    const number = called.trim();
    if (number === '') throw HandsetError.of('wrong-state');
    const name = telNumber(number);
    const remote = { number: name, displayName: name, uri: number, type: 'user_call_user' };
    const party: CallParty = { kind, remote, referId };
    const line = await this.lines.reserve();
    return line.calls.place(party, async (call) => {
      this.emit('added', call);
      await this.holdOthers(call);
      await call.setup.place(this.directions(party, media));
    });
  }

  async destroy(): Promise<void> {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    clearTimeout(this.#startTimer);
    this.#tellStarted();
    this.devices.close();
    this.ring.close();
    if (this.connection.state === 'up') await this.#sayGoodbye();
    for (const line of this.lines.all) line.close();
    await this.connection.close();
    this.clear();
  }

  /** What the page asks for: faults in its language, and nothing after the end. */
  readonly asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      if (this.#isDestroyed) throw HandsetError.of('closed');
      return await work();
    } catch (error) {
      throw this.localised(error);
    }
  };

  readonly fault = (error: HandsetError): void => {
    const { code, message } = error.in(this.language);
    this.emit('error', { code, message });
  };

  localised(error: unknown): HandsetError {
    return HandsetError.from(error, 'media-failed').in(this.language);
  }

  /** Calls and registration end together: nobody waits longer than the limit. */
  async #sayGoodbye(): Promise<void> {
    const { primary, calls } = this.lines;
    const goodbyes = [
      ...calls.map((call) => call.setup.hangup(goodbyeLimitMs)),
      ...(primary.registration.isRegistered ? [primary.registration.unregister(goodbyeLimitMs)] : []),
    ];
    for (const result of await Promise.allSettled(goodbyes)) {
      if (result.status === 'rejected') this.connection.debug('not confirmed', result.reason);
    }
  }

  #started(): void {
    if (!canCapture()) this.fault(HandsetError.of('not-secure'));
    void this.devices.update();
    if (this.#registersItself) this.#registerAgain();
    this.#tellStarted();
  }

  get #registersItself(): boolean {
    return this.options.autoRegister ?? true;
  }

  #registerAgain(): void {
    // A refusal is told as `registration`; what else goes wrong has no event of its own.
    this.lines.primary.registration.again().catch((error: unknown) => {
      const fault = HandsetError.from(error, 'not-registered');
      if (typeof fault.code !== 'number') this.fault(fault);
    });
  }

  async #needRegistration(): Promise<void> {
    const { registration } = this.lines.primary;
    if (this.connection.state !== 'up') throw HandsetError.of('not-connected');
    await this.#hasStarted;
    if (!registration.isRegistered) await registration.attempt;
    if (!registration.isRegistered) throw HandsetError.of(this.#isDestroyed ? 'closed' : 'not-registered');
  }

  /** What is not said is sound both ways, and video where the page wants it and the caller offers it. */
  readonly directions = ({ kind, offer, offered }: CallParty, media?: MediaConfig): Directions => {
    const isWanted = this.devices.isCameraWanted ?? this.options.video ?? false;
    const isOffered = offer === undefined ? offered?.video === true : hasVideo(offer.sdp);
    return directionsOf(media, { video: isWanted && (kind !== 'incoming' || isOffered) });
  };

  /**
   * A peer that does not let itself be held hears nothing of the other call all the same: our microphone there is off at once. So nobody who
   * rings waits long for one who is silent.
   */
  readonly holdOthers = async (call: HandsetCall): Promise<void> => {
    if (this.options.autoHold === false) return;
    const others = this.lines.calls.filter(
      ({ id, state }) => id !== call.id && isUp(state) && !isHeldHere(state),
    );
    const held = others.map((other) =>
      other.holdNow().catch((error: unknown) => {
        other.mute();
        other.core.report(error);
      }),
    );
    await within(holdLimitMs, Promise.all(held)).catch((error: unknown) =>
      this.connection.debug('not held yet', error),
    );
  };

  #connectionChanged(state: HandsetEvents['connection']['state']): void {
    this.emit('connection', { state });
    if (state === 'up') for (const { calls } of this.lines.all) calls.payHangups();
  }

  #renewed(): void {
    const { all, primary } = this.lines;
    for (const line of all) line.lost();
    this.lines.dropSpares();
    if (primary.registration.isWanted) this.#registerAgain();
  }
}
