/* Janode brings no types. What our tests touch of it. */
declare module 'janode' {
  import type { EventEmitter } from 'node:events';
  import type { SipPluginDescriptor, SipHandle } from 'janode/plugins/sip';

  interface Session extends EventEmitter {
    attach(plugin: SipPluginDescriptor): Promise<SipHandle>;
  }
  interface Connection extends EventEmitter {
    create(): Promise<Session>;
    close(): Promise<void>;
  }
  const Janode: {
    connect(options: {
      readonly is_admin: boolean;
      readonly address: { readonly url: string };
      readonly ws_options?: object;
    }): Promise<Connection>;
  };
  export default Janode;
}

declare module 'janode/plugins/sip' {
  import type { EventEmitter } from 'node:events';

  interface Jsep {
    readonly type: string;
    readonly sdp: string;
  }
  export interface SipHandle extends EventEmitter {
    register(account: {
      readonly username: string;
      readonly secret?: string;
      readonly display_name?: string;
    }): Promise<object>;
    call(call: { readonly uri: string; readonly jsep: Jsep }): Promise<{ readonly jsep?: Jsep }>;
    accept(answer: { readonly jsep: Jsep }): Promise<object>;
    sip_hangup(): Promise<object>;
    decline(): Promise<object>;
  }
  export interface SipPluginDescriptor {
    readonly EVENT: Readonly<Record<'SIP_INCOMING' | 'SIP_RINGING' | 'SIP_HANGUP', string>>;
  }
  const SipPlugin: SipPluginDescriptor;
  export default SipPlugin;
}
