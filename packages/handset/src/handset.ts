import type { HandsetCall } from './call.ts';
import { isHeldHere, isUp } from './call-state.ts';
import type { Call, CallOptions } from './call-types.ts';
import type { Conference } from './conference-types.ts';
import type { HandsetDevices } from './device-types.ts';
import { HandsetCore } from './handset-core.ts';
import { HandsetError } from './handset-error.ts';
import type { Account, Handset, HandsetEvents, HandsetOptions, RegistrationState } from './handset-types.ts';
import { loadJanus, type JanusApi } from './janus-api.ts';
import { accountHandlers } from './account-events.ts';
import { extensionsOf, secondHandset } from './exchange.ts';
import { dispatch } from './sip-events.ts';
import type { Extension } from './soft-handler-types.ts';
import type { Watch } from './watch.ts';
import { version } from './version.ts';

/**
 * Connects, attaches the plugin and, unless `autoRegister` is false, goes on to register. Rejects with a HandsetError when no
 * server answers (`not-connected`, `timeout`) or none lets us in (1004).
 */
export async function createHandset(options: HandsetOptions, janus?: JanusApi): Promise<Handset> {
  const core = new HandsetCore(options, janus ?? (await loadJanus()));
  const handset = new CoreHandset(core);
  await core.start();
  return handset;
}

/** The modern surface. */
class CoreHandset implements Handset {
  readonly version = version;
  readonly #core: HandsetCore;
  #conference: Conference | undefined;
  #watch: Promise<Watch> | undefined;

  constructor(core: HandsetCore) {
    this.#core = core;
    const handlers = accountHandlers({ emit: core.emit.bind(core) });
    core.on('sip', (message) => {
      dispatch(handlers, message);
      void this.#watch?.then((watch) => watch.handle(message));
    });
  }

  get connection(): HandsetEvents['connection']['state'] {
    return this.#core.connection.state;
  }

  get registration(): RegistrationState {
    return this.#core.lines.primary.registration.state;
  }

  get username(): string {
    return this.#core.lines.primary.registration.username;
  }

  get calls(): readonly Call[] {
    return this.#core.lines.calls;
  }

  get conferenceNow(): Conference | undefined {
    return this.#conference;
  }

  get devices(): HandsetDevices {
    return this.#core.devices;
  }

  register(account?: Account): Promise<void> {
    const { lines, asked } = this.#core;
    return asked(() => {
      lines.dropSpares();
      const { registration } = lines.primary;
      return registration.register(account ?? registration.account);
    });
  }

  unregister(): Promise<void> {
    const { lines, asked } = this.#core;
    return asked(async () => {
      await Promise.allSettled(lines.calls.map((call) => call.hangup()));
      lines.dropSpares();
      await lines.primary.registration.unregister();
    });
  }

  call(number: string, options?: CallOptions): Promise<Call> {
    return this.#core.asked(() => this.#core.place(number, options));
  }

  swap(a: Call, b: Call): Promise<void> {
    return this.#core.asked(async () => {
      const [first, second] = [this.#own(a), this.#own(b)];
      const running = isHeldHere(first.state) ? second : first;
      const waiting = running === first ? second : first;
      await running.hold();
      await waiting.resume();
    });
  }

  conference(calls: readonly Call[]): Promise<Conference> {
    return this.#core.asked(async () => {
      const { startConference } = await import('./conference.ts');
      if (this.#conference !== undefined) throw HandsetError.of('wrong-state');
      const conference = await startConference(
        calls.map((call) => this.#own(call)),
        () => this.#tellConference(undefined),
      );
      this.#tellConference(conference);
      return conference;
    });
  }

  watch(extensions: readonly string[]): Promise<void> {
    return this.#core.asked(async () => (await this.#watching()).follow(extensions));
  }

  watchMessages(): Promise<void> {
    return this.#core.asked(async () => (await this.#watching()).followMessages());
  }

  sendMessage(to: string, content: string, contentType = 'text/plain'): Promise<{ messageId: string }> {
    const { asked, lines } = this.#core;
    return asked(async () => {
      const note = { uri: to, content, content_type: contentType };
      const { callId } = await lines.primary.handler.send({ request: 'message', ...note });
      return { messageId: callId ?? '' };
    });
  }

  extensions(): Promise<Extension[]> {
    return this.#core.asked(() => extensionsOf(this.#core.lines.primary.handler));
  }

  secondHandset(): Promise<{ account: string; token: string }> {
    return this.#core.asked(() => secondHandset(this.#core.lines.primary.handler));
  }

  destroy(): Promise<void> {
    return this.#core.destroy();
  }

  on<N extends keyof HandsetEvents>(event: N, listener: (payload: HandsetEvents[N]) => void): () => void {
    return this.#core.isDestroyed ? () => undefined : this.#core.on(event, listener);
  }

  off<N extends keyof HandsetEvents>(event: N, listener: (payload: HandsetEvents[N]) => void): void {
    this.#core.off(event, listener);
  }

  /** A call of this handset that is up; any other is a `wrong-state`. */
  #own({ id }: Call): HandsetCall {
    const call = this.#core.lines.calls.find((one) => one.id === id);
    if (call === undefined || !isUp(call.state)) throw HandsetError.of('wrong-state');
    return call;
  }

  #tellConference(conference: Conference | undefined): void {
    this.#conference = conference;
    this.#core.emit('conference', { conference });
  }

  #watching(): Promise<Watch> {
    this.#watch ??= import('./watch.ts').then(({ Watch }) => new Watch(this.#core));
    return this.#watch;
  }
}
