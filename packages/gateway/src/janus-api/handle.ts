import type { Candidate, Jsep } from '@soft-handset/protocol';
import type { Log } from '../log.ts';
import type { JanusPlugin, PluginHandle, PluginInstance } from './plugin.ts';
import type { Session } from './session.ts';

export interface HandleOptions {
  readonly id: number;
  readonly session: Session;
  readonly plugin: JanusPlugin;
  readonly opaqueId: string | undefined;
  readonly remoteAddress: string;
  readonly log: Log;
}

/**
 * One attachment of a session to a plugin: what the plugin sees of the client, and what the client sees of the plugin.
 * A plugin that throws has a bug: it is logged here with its stack, once, and the call returns false.
 */
export class Handle implements PluginHandle {
  readonly id: number;
  readonly sessionId: number;
  readonly opaqueId: string | undefined;
  readonly remoteAddress: string;
  readonly #options: HandleOptions;
  #instance: PluginInstance | undefined;
  #isGone = false;

  constructor(options: HandleOptions) {
    this.id = options.id;
    this.sessionId = options.session.id;
    this.opaqueId = options.opaqueId;
    this.remoteAddress = options.remoteAddress;
    this.#options = options;
  }

  /** Ties the handle to its plugin. */
  attach(): boolean {
    const attached = this.#guard('attach', () => {
      this.#instance = this.#options.plugin.attach(this);
    });
    this.#isGone = !attached;
    return attached;
  }

  message(transaction: string, body: unknown, jsep: Jsep | undefined): boolean {
    return this.#guard('message', () =>
      this.#instance?.message({ transaction, body, ...(jsep && { jsep }) }),
    );
  }

  trickle(candidates: readonly Candidate[]): boolean {
    return this.#guard('trickle', () => this.#instance?.trickle(candidates));
  }

  /** The client asks to close the PeerConnection. */
  hangupByClient(): boolean {
    return this.#guard('hangup', () => this.#instance?.hangup());
  }

  /** The last call to the plugin; nothing it says afterwards is heard. */
  detach(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#guard('detach', () => this.#instance?.detach());
    this.#instance = undefined;
  }

  /** The end of the handle by itself. */
  end(): void {
    if (this.#isGone) return;
    const { session } = this.#options;
    session.handles.delete(this.id);
    this.detach();
    session.deliver({ janus: 'detached', ...this.#from() });
  }

  event(data: object, options: { readonly transaction?: string; readonly jsep?: Jsep } = {}): void {
    if (this.#isGone) return;
    this.#options.session.deliver({
      janus: 'event',
      ...this.#from(),
      ...(options.transaction !== undefined && { transaction: options.transaction }),
      plugindata: { plugin: this.#options.plugin.name, data: { ...data } },
      ...(options.jsep && { jsep: options.jsep }),
    });
  }

  webrtcup(): void {
    if (!this.#isGone) this.#options.session.deliver({ janus: 'webrtcup', ...this.#from() });
  }

  media(facts: {
    readonly type: 'audio' | 'video';
    readonly mid: string;
    readonly receiving: boolean;
  }): void {
    if (!this.#isGone) this.#options.session.deliver({ janus: 'media', ...this.#from(), ...facts });
  }

  slowlink(facts: {
    readonly media: 'audio' | 'video';
    readonly mid: string;
    readonly uplink: boolean;
    readonly lost: number;
  }): void {
    if (!this.#isGone) this.#options.session.deliver({ janus: 'slowlink', ...this.#from(), ...facts });
  }

  hangup(reason: string): void {
    if (!this.#isGone) this.#options.session.deliver({ janus: 'hangup', ...this.#from(), reason });
  }

  #from(): { readonly session_id: number; readonly sender: number } {
    return { session_id: this.sessionId, sender: this.id };
  }

  #guard(what: string, run: () => void): boolean {
    try {
      run();
      return true;
    } catch (error) {
      const { log, plugin } = this.#options;
      log.error(
        { err: error, plugin: plugin.name, what, sessionId: this.sessionId, handleId: this.id },
        'plugin threw',
      );
      return false;
    }
  }
}
