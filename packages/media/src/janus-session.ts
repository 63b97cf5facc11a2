import { nosipPlugin, type Candidate, type Jsep, type NosipRequest } from '@soft-handset/protocol';
import { type JanusEvent, JanusLink, type JanusLinkOptions, type JanusPluginEvent } from './janus-link.ts';
import { SpareHandles } from './spare-handles.ts';

export interface JanusSessionOptions extends JanusLinkOptions {
  readonly keepaliveMs: number;
  /** Limit for what the plugin does; gathering candidates alone may take it 5 s. */
  readonly pluginTimeoutMs: number;
  /** Handles attached ahead while it is quiet; more are when many calls come. Each serves one call only. */
  readonly spareHandles: number;
  /** A session of ours that Janus may still keep from before the link was lost; it is destroyed. */
  readonly previousId?: number;
}

/** One handle of the NoSIP plugin, for one call. */
export interface NosipHandle {
  ask(body: NosipRequest, jsep?: Jsep): Promise<JanusPluginEvent>;
  trickle(candidates: readonly Candidate[]): void;
  /** Gives it back to Janus with all its ports. May be called twice; nobody waits for it. */
  detach(): void;
  /** False when Janus or the link to it has dropped it. */
  readonly isAttached: boolean;
  onEvent?: (event: JanusEvent) => void;
  /** Called once if it is dropped without having been detached. */
  onLost?: () => void;
}

/** A Janus session over one link, with its handles; ends with the link, and does not come back. */
export class JanusSession {
  readonly id: number;
  /** Resolves once, with the reason, when the session is gone. */
  readonly ended: Promise<string>;
  readonly #link: JanusLink;
  readonly #options: JanusSessionOptions;
  readonly #handles = new Map<number, Handle>();
  readonly #spares: SpareHandles<Handle>;
  #cancelKeepalive: () => void = () => undefined;
  #isClosing = false;

  private constructor(link: JanusLink, id: number, options: JanusSessionOptions) {
    this.id = id;
    this.#link = link;
    this.#options = options;
    this.#spares = new SpareHandles({
      clock: options.clock,
      least: options.spareHandles,
      attach: () => this.#attach(),
      detach: (handle) => handle.detach(),
      failed: (error) => options.log.warn('no spare handle', { error }),
    });
    this.ended = link.ended.then((why) => {
      this.#cancelKeepalive();
      // First, so that whoever hears of a lost handle finds the session gone.
      this.#isClosing = true;
      this.#spares.close();
      for (const handle of [...this.#handles.values()]) handle.drop();
      return why;
    });
    link.onEvent = (event) => this.#hear(event);
    this.#keepAlive();
  }

  /** @throws MediaError `engine-down` or `timeout`, JanusRefusal, among others if the plugin is missing */
  static async open(options: JanusSessionOptions): Promise<JanusSession> {
    const link = await JanusLink.open(options);
    try {
      const { data } = await link.ask({ janus: 'create' });
      const session = new JanusSession(link, idIn(data), options);
      if (options.previousId !== undefined) link.tell({ janus: 'destroy', session_id: options.previousId });
      session.#spares.add(await session.#attach());
      session.#spares.fill();
      return session;
    } catch (error) {
      link.end('the session could not be made');
      throw error;
    }
  }

  /** False as soon as it is closed or lost. */
  get isOpen(): boolean {
    return !this.#isClosing;
  }

  /** @throws MediaError `engine-down` or `timeout`, JanusRefusal */
  async take(): Promise<NosipHandle> {
    return this.#spares.take() ?? this.#attach();
  }

  /** One of the handles attached ahead, if there is one. */
  takeNow(): NosipHandle | undefined {
    return this.#spares.isEmpty ? undefined : this.#spares.take();
  }

  /** Destroys the session with all its handles. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#spares.close();
    await this.#link.ask({ janus: 'destroy', session_id: this.id }).catch(() => undefined);
    this.#link.end('closed');
    await this.ended;
  }

  async #attach(): Promise<Handle> {
    const fields = { janus: 'attach', session_id: this.id, plugin: nosipPlugin };
    const { data } = await this.#link.ask(fields, (late) => {
      if (late.janus === 'success') this.#detach(idIn(late.data));
    });
    const id = idIn(data);
    const handle = new Handle(id, {
      session: this.id,
      link: this.#link,
      pluginTimeoutMs: this.#options.pluginTimeoutMs,
      forget: () => this.#handles.delete(id),
    });
    this.#handles.set(id, handle);
    return handle;
  }

  #detach(id: number): void {
    this.#link.tell({ janus: 'detach', session_id: this.id, handle_id: id });
  }

  #hear(event: JanusEvent): void {
    if (event.session_id !== this.id) return;
    if (event.janus === 'timeout') this.#link.end('Janus let the session time out');
    if (!('sender' in event)) return;
    const handle = this.#handles.get(event.sender);
    if (event.janus !== 'detached') {
      handle?.onEvent?.(event);
      return;
    }
    if (!handle) return;
    handle.drop();
    this.#spares.forget(handle);
  }

  #keepAlive(): void {
    this.#cancelKeepalive = this.#options.clock.setTimeout(() => {
      this.#link.askAck({ janus: 'keepalive', session_id: this.id }).then(
        () => this.#keepAlive(),
        () => this.#link.end('Janus does not answer the keepalive'),
      );
    }, this.#options.keepaliveMs);
  }
}

interface HandleOptions {
  readonly session: number;
  readonly link: JanusLink;
  readonly pluginTimeoutMs: number;
  readonly forget: () => void;
}

class Handle implements NosipHandle {
  readonly #address: { readonly session_id: number; readonly handle_id: number };
  readonly #options: HandleOptions;
  isAttached = true;
  onEvent?: (event: JanusEvent) => void;
  onLost?: () => void;

  constructor(id: number, options: HandleOptions) {
    this.#address = { session_id: options.session, handle_id: id };
    this.#options = options;
  }

  ask(body: NosipRequest, jsep?: Jsep): Promise<JanusPluginEvent> {
    const { link, pluginTimeoutMs } = this.#options;
    return link.askPlugin({ janus: 'message', ...this.#address, body, jsep }, pluginTimeoutMs);
  }

  trickle(candidates: readonly Candidate[]): void {
    if (candidates.length === 0 || !this.isAttached) return;
    const what = candidates.length === 1 ? { candidate: candidates[0] } : { candidates };
    this.#options.link.tell({ janus: 'trickle', ...this.#address, ...what });
  }

  detach(): void {
    if (!this.#leave()) return;
    this.#options.link.tell({ janus: 'detach', ...this.#address });
  }

  drop(): void {
    if (this.#leave()) this.onLost?.();
  }

  #leave(): boolean {
    if (!this.isAttached) return false;
    this.isAttached = false;
    this.#options.forget();
    return true;
  }
}

function idIn(data: Readonly<Record<string, unknown>> | undefined): number {
  const id = data?.['id'];
  if (typeof id !== 'number') throw new Error('Janus made something without an id');
  return id;
}
