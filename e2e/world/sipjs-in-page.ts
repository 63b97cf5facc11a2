import { Web } from 'sip.js';

/** What the page lets a test do; it runs in the browser, bundled by `sipjs-server.ts`. */
export interface SipJsInPage {
  readonly heard: string[];
  register(account: {
    readonly user: string;
    readonly password: string;
    readonly port: number;
  }): Promise<void>;
  call(uri: string): Promise<void>;
  answer(): Promise<void>;
  hold(): Promise<void>;
  unhold(): Promise<void>;
  /** A key by INFO with `application/dtmf-relay`. */
  press(key: string): Promise<void>;
  hangup(): Promise<void>;
  /** Takes its contact back from the registrar. */
  leave(): Promise<void>;
}

let phone: Web.SimpleUser | undefined;
const heard: string[] = [];

function running(): Web.SimpleUser {
  if (!phone) throw new Error('SIP.js is not registered');
  return phone;
}

const inPage: SipJsInPage = {
  heard,
  async register({ user, password, port }) {
    const audio = document.querySelector('audio');
    phone = new Web.SimpleUser(`ws://127.0.0.1:${port}`, {
      aor: `sip:${user}@127.0.0.1:${port}`,
      media: { constraints: { audio: true, video: false }, ...(audio && { remote: { audio } }) },
      userAgentOptions: { authorizationUsername: user, authorizationPassword: password, logLevel: 'error' },
      delegate: {
        onCallReceived: () => void heard.push('ringing'),
        onCallAnswered: () => void heard.push('answered'),
        onCallHangup: () => void heard.push('over'),
        onCallHold: (isHeld) => void heard.push(isHeld ? 'held' : 'resumed'),
        onCallDTMFReceived: (tone) => void heard.push(`key ${tone}`),
        onRegistered: () => void heard.push('registered'),
        onUnregistered: () => void heard.push('unregistered'),
      },
    });
    await phone.connect();
    await phone.register();
  },
  call: (uri) => running().call(uri),
  answer: () => running().answer(),
  hold: () => running().hold(),
  unhold: () => running().unhold(),
  press: (key) => running().sendDTMF(key),
  hangup: () => running().hangup(),
  leave: () => phone?.unregister() ?? Promise.resolve(),
};

Object.assign(window, { sipJs: inPage });
