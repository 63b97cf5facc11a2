import { afterEach, beforeEach, vi } from 'vitest';
import { createSoftHandler } from '../../src/soft-handler.ts';
import {
  SoftHandlerEvent,
  type SoftHandler,
  type SoftHandlerEvents,
  type SoftHandlerOptions,
} from '../../src/soft-handler-types.ts';
import { fakeBrowser, type FakeBrowser } from './browser.ts';
import { settle, type Asked } from './fake-server.ts';
import { freshJanus } from './janus-js.ts';

type Heard = {
  [N in keyof SoftHandlerEvents]: [event: N, payload: SoftHandlerEvents[N]];
}[keyof SoftHandlerEvents];

const live = new Set<SoftHandler>();

/** A fake clock and a fake browser for each test of the file; what a test leaves open is ended after it. */
export function useFakes(): void {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(async () => {
    for (const handset of live) void handset.destroy();
    live.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.replaceChildren();
  });
}

/** Events that say how a call stands; the noise of connection, streams and media is left out. */
const quiet = new Set(['connection', 'localstream', 'remotestream', 'mediaState', 'devices']);

export interface Bench extends FakeBrowser {
  handset: SoftHandler;
  /** What the page heard since the last look, in order. */
  heard: () => Heard[];
  heardAll: Heard[];
  /** The text of a description with these media. */
  offer: (...kinds: ('audio' | 'video')[]) => { type: 'offer'; sdp: string };
  answer: (...kinds: ('audio' | 'video')[]) => { type: 'answer'; sdp: string };
}

export function options(configs: Partial<SoftHandlerOptions['configs']> = {}): SoftHandlerOptions {
  return {
    configs: { janusUrl: 'wss://gateway/janus', language: 'en', ...configs },
    registerInfo: { username: '1001', displayName: 'One', secret: 'page-secret' },
  };
}

/** As a page does it; ended when the test is over. */
export async function openHandset(asked: SoftHandlerOptions): Promise<SoftHandler> {
  const handset = await createSoftHandler(asked, freshJanus().api);
  live.add(handset);
  return handset;
}

/** A handset that is connected and, unless told otherwise, registered. */
export async function handsetOf(
  configs: Partial<SoftHandlerOptions['configs']> = {},
  prepare: (browser: FakeBrowser) => void = () => undefined,
): Promise<Bench> {
  const browser = fakeBrowser();
  prepare(browser);
  const handset = await openHandset(options(configs));
  const heardAll: Heard[] = [];
  for (const event of Object.values(SoftHandlerEvent))
    handset.on(event, (payload) => heardAll.push([event, payload] as Heard));
  let told = 0;
  const bench: Bench = {
    ...browser,
    handset,
    heardAll,
    heard: () => {
      const fresh = heardAll.slice(told).filter(([event]) => !quiet.has(event));
      told = heardAll.length;
      return fresh;
    },
    offer: (...kinds) => ({ type: 'offer', sdp: sdpOf(kinds) }),
    answer: (...kinds) => ({ type: 'answer', sdp: sdpOf(kinds) }),
  };
  if (configs.autoRegister !== false) await registers(bench);
  return bench;
}

export async function registers({ server, heard }: Bench): Promise<Asked> {
  await vi.advanceTimersByTimeAsync(1);
  const asked = await server.hears('register');
  await server.says('registering', {}, { to: asked });
  await server.says('registered', { username: 'sip:1001@pbx', register_sent: true }, { to: asked });
  heard();
  return asked;
}

/** A return call that the peer has answered. */
export async function inReturnCall(bench: Bench, video = false): Promise<void> {
  const { handset, server, offer, heard } = bench;
  const placed = handset.newcall('6001', { video });
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId: 'c1', to: asked });
  await placed;
  const jsep = video ? offer('audio', 'video') : offer('audio');
  await server.says('new_accepted', {}, { callId: 'c1', jsep, to: asked });
  const accept = await server.hears('new_accept');
  await server.says('accept_reply', {}, { callId: 'c1', to: accept });
  await settle();
  heard();
}

export const incoming = {
  username: 'sip:6001@pbx',
  displayname: 'Six',
  callee: '1001',
  audio: true,
  video: false,
  type: 'user_call_user',
};

function sdpOf(kinds: readonly string[]): string {
  return ['v=0\r\n', ...kinds.map((kind) => `m=${kind} 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\n`)].join('');
}
