import type { Candidate, Jsep } from '@soft-handset/protocol';

/** What the Janus API knows of a plugin; as in Janus, it acknowledges a message and hears events later. */
export interface JanusPlugin {
  /** `janus.plugin.sipserver` */
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly version: number;
  readonly versionString: string;
  attach(handle: PluginHandle): PluginInstance;
}

/** The handle as its plugin sees it: the way out to the handset. All of it is safe to call after detach (nothing happens). */
export interface PluginHandle {
  readonly id: number;
  readonly sessionId: number;
  readonly opaqueId: string | undefined;
  /** IP address of the client, for logs and for rules that depend on where it is. */
  readonly remoteAddress: string;
  /** `{janus: "event", plugindata: {plugin, data}, jsep?, transaction?}` */
  event(data: object, options?: { readonly transaction?: string; readonly jsep?: Jsep }): void;
  webrtcup(): void;
  media(facts: { readonly type: 'audio' | 'video'; readonly mid: string; readonly receiving: boolean }): void;
  slowlink(facts: {
    readonly media: 'audio' | 'video';
    readonly mid: string;
    readonly uplink: boolean;
    readonly lost: number;
  }): void;
  /** The PeerConnection is gone. */
  hangup(reason: string): void;
  /** The plugin has no more use for the handle: it is detached, and its client hears `detached`. */
  end(): void;
}

/** A plugin's side of a handle. None of it may throw: a throw is a bug, logged and answered with core error 490. */
export interface PluginInstance {
  message(message: { readonly transaction: string; readonly body: unknown; readonly jsep?: Jsep }): void;
  trickle(candidates: readonly Candidate[]): void;
  /** The core request `hangup`: close the PeerConnection. */
  hangup(): void;
  /** The handle goes: by request, with its session, or by time-out. Called once, last. */
  detach(): void;
}
