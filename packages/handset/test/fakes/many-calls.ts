import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { Call } from '../../src/call-types.ts';
import { createHandset } from '../../src/handset.ts';
import type { Handset, HandsetEvents, HandsetOptions } from '../../src/handset-types.ts';
import { fakeBrowser, type FakeBrowser } from './browser.ts';
import { settle, type Asked } from './fake-server.ts';
import { incoming } from './handset.ts';
import { freshJanus } from './janus-js.ts';

const live = new Set<Handset>();

/** A fake clock for each test of the file; handsets that a test leaves open are ended after it. */
export function useHandsets(): void {
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

export interface ManyCalls extends FakeBrowser {
  handset: Handset;
  /** Names of the handset's events about calls, and the states of each call, in their order. */
  log: string[];
  events: { [N in keyof HandsetEvents]?: HandsetEvents[N][] };
}

const sdp = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sendrecv\r\n';
export const offer = { type: 'offer', sdp } as const;
export const answer = { type: 'answer', sdp } as const;

const told = [
  'registration',
  'missedCall',
  'message',
  'messagesWaiting',
  'extension',
  'conference',
  'error',
  'devices',
  'notify',
] as const;

/** A handset that is registered, with a handle to spare where it has call waiting. Handles are 7, 8, 9 ... */
export async function manyCalls(options: Partial<HandsetOptions> = {}): Promise<ManyCalls> {
  const browser = fakeBrowser();
  const handset = await createHandset(
    {
      server: 'wss://gateway/janus',
      account: { username: '1001', secret: 'page-secret' },
      language: 'en',
      ...options,
    },
    freshJanus().api,
  );
  live.add(handset);
  const bench: ManyCalls = { ...browser, handset, log: [], events: {} };
  handset.on('incoming', ({ call }) => bench.log.push(`incoming ${call.remote.number}`));
  handset.on('calls', ({ changed }) => {
    const line = `${changed.remote.number} ${changed.state}`;
    if (bench.log.at(-1) !== line) bench.log.push(line);
  });
  for (const name of told)
    handset.on(name, (payload) => {
      const before: unknown[] = bench.events[name] ?? [];
      Object.assign(bench.events, { [name]: [...before, payload] });
    });
  browser.server.letsIn = true;
  await vi.advanceTimersByTimeAsync(1);
  await settle();
  return bench;
}

/** A return call that is answered; the request that placed it. */
export async function callsOut(bench: ManyCalls, number: string, callId: string): Promise<[Call, Asked]> {
  const { handset, server } = bench;
  const placed = handset.call(number);
  const asked = await server.hears('new_call');
  await server.says('calling', {}, { callId, to: asked });
  const call = await placed;
  await server.says('new_accepted', {}, { callId, jsep: offer, to: asked });
  const accept = await server.hears('new_accept');
  await server.says('accept_reply', {}, { callId, to: accept });
  expect(call.state).toBe('active');
  return [call, asked];
}

/** A call rings at a handle, or at several. */
export async function rings(
  bench: ManyCalls,
  callId: string,
  number: string,
  ...handles: number[]
): Promise<void> {
  for (const on of handles)
    await bench.server.says(
      'incomingcall',
      { ...incoming, username: `sip:${number}@pbx`, displayname: number },
      { callId, jsep: offer, on },
    );
}
