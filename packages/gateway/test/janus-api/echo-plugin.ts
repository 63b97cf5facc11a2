import type { Candidate, Jsep } from '@soft-handset/protocol';
import type { JanusPlugin, PluginHandle, PluginInstance } from '../../src/janus-api/plugin.ts';

/** What the plugin was told on one handle. */
export interface EchoInstance {
  readonly handle: PluginHandle;
  readonly messages: { readonly transaction: string; readonly body: unknown; readonly jsep?: Jsep }[];
  readonly candidates: Candidate[];
  hangups: number;
  detaches: number;
}

/** A plugin that answers each message at once with what it got, and throws when it is asked to. */
export class EchoPlugin implements JanusPlugin {
  readonly name: string;
  readonly description = 'Echo';
  readonly author = 'Test';
  readonly version = 1;
  readonly versionString = '0.0.1';
  readonly instances: EchoInstance[] = [];

  constructor(name = 'janus.plugin.sipserver') {
    this.name = name;
  }

  attach(handle: PluginHandle): PluginInstance {
    if (handle.opaqueId === 'throw') throw new Error('attach was asked to throw');
    const seen: EchoInstance = { handle, messages: [], candidates: [], hangups: 0, detaches: 0 };
    this.instances.push(seen);
    if (handle.opaqueId === 'greet') handle.event({ sip: 'event', result: { event: 'hello' } });
    return {
      message: (message) => {
        seen.messages.push(message);
        const { request, count = 1 } = message.body as { request?: string; count?: number };
        if (request === 'throw') throw new Error('message was asked to throw');
        for (let number = 1; number <= count; number++) {
          handle.event(
            { sip: 'event', result: { event: 'echo', number } },
            {
              transaction: message.transaction,
              ...(message.jsep && { jsep: { ...message.jsep, type: 'answer' } }),
            },
          );
        }
      },
      trickle: (candidates) => void seen.candidates.push(...candidates),
      hangup: () => {
        seen.hangups += 1;
        handle.hangup('Janus API');
      },
      detach: () => {
        seen.detaches += 1;
        if (handle.opaqueId === 'throw at the end') throw new Error('detach was asked to throw');
        handle.event({ sip: 'event', result: { event: 'too late' } });
      },
    };
  }

  get last(): EchoInstance {
    return this.instances.at(-1)!;
  }
}
