import type { SoftHandset } from '../src/index.ts';
import { FakeHandler } from './fake-handler.ts';
import type { FakeScript } from './fake-handler.ts';

/** What stands around a scene: the element, its handler once signed in, and a clock that only `pass` moves. */
export interface Stage {
  element: SoftHandset;
  handler: () => FakeHandler;
  pass: (ms: number) => void;
  press: (name: string) => Promise<void>;
}

export interface Scene {
  script?: FakeScript;
  microphone?: 'granted' | 'refused' | 'missing' | 'unknown';
  insecure?: boolean;
  /** No call yet. */
  isFresh?: boolean;
  play: (stage: Stage) => Promise<void> | void;
}

const zh = (element: SoftHandset): boolean => element.language !== 'en';
const fire = (element: SoftHandset) => ({
  telNumber: '6001',
  displayName: zh(element) ? '城北消防站' : 'North Fire Station',
  notifyType: 'call_dispatch',
});
const citizen = (element: SoftHandset) => ({
  telNumber: '13900002288',
  displayName: zh(element) ? '张建国' : 'Daniel Okafor',
});

/** Some calls that lie behind, so that lists are not empty. */
export async function haveHistory({ element, handler, pass }: Stage): Promise<void> {
  const fake = handler();
  fake.incoming({ telNumber: '6305', displayName: zh(element) ? '吴思远' : 'Nina Rossi' });
  pass(20_000);
  fake.hangUpByPeer(487);
  await element.dial('13900002288');
  pass(8000);
  fake.pickUp();
  pass(151_000);
  fake.hangUpByPeer();
  pass(1_000_000);
  fake.incoming({
    telNumber: '6210',
    displayName: zh(element) ? '孙振海' : 'Peter Novak',
    notifyType: 'self_call_handle',
  });
  fake.pickUp();
  pass(54_000);
  fake.hangUpByPeer();
  pass(700_000);
  fake.incoming(fire(element));
  pass(3000);
  await element.answer();
  pass(372_000);
  fake.hangUpByPeer();
  pass(1_500_000);
  fake.incoming({ telNumber: '6120', displayName: zh(element) ? '李敏' : 'Maria Lindqvist' });
  pass(20_000);
  fake.hangUpByPeer(487);
  pass(300_000);
  await element.hangup();
}

async function talk(stage: Stage, video = false): Promise<void> {
  await incoming(stage, {
    ...(video ? {} : fire(stage.element)),
    ...(video ? { telNumber: '6210', displayName: zh(stage.element) ? '孙振海' : 'Peter Novak', video } : {}),
  });
  await stage.element.answer({ video });
  stage.pass(video ? 438_000 : 277_000);
}

async function incoming(
  { handler, pass }: Stage,
  call: Parameters<FakeHandler['incoming']>[0],
): Promise<void> {
  handler().incoming(call);
  pass(3000);
  await Promise.resolve();
}

async function refusedCall(stage: Stage, code: number, reason: string): Promise<void> {
  await stage.element.dial('6305');
  stage.handler().ring();
  stage.pass(3000);
  stage.handler().hangUpByPeer(code, reason);
}

async function press({ element }: Stage, selector: string): Promise<void> {
  element.renderRoot.querySelector<HTMLElement>(selector)?.click();
  await element.updateComplete;
}

/** The list of calls, when its view has been fetched. */
async function showCalls(stage: Stage): Promise<void> {
  const tabs = [...stage.element.renderRoot.querySelectorAll<HTMLElement>('.tab')];
  tabs.at(-2)?.click();
  while (!stage.element.renderRoot.querySelector('.recents'))
    await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Every view, reached the way a person reaches it. */
export const scenes: Record<string, Scene> = {
  login: { play: () => undefined },
  'login-wrong': { script: { registerCode: 1001 }, play: () => undefined },
  'login-link-used': { script: { registerCode: 1011 }, play: () => undefined },
  idle: { play: () => undefined },
  'first-steps': {
    script: { exchange: { echo: '600', address: '192.0.2.10:5060', secondHandset: true } },
    isFresh: true,
    play: () => undefined,
  },
  'first-steps-all-in-use': {
    script: {
      exchange: { echo: '600', address: '192.0.2.10:5060', secondHandset: true },
      secondCode: 'wrong-state',
    },
    isFresh: true,
    play: () => undefined,
  },
  'idle-number': {
    play: async ({ element }) => {
      for (const key of '6120') element.renderRoot.querySelector<HTMLElement>(`[data-key='${key}']`)?.click();
      await element.updateComplete;
    },
  },
  recents: { play: showCalls },
  'recents-missed': {
    play: async (stage) => {
      await showCalls(stage);
      await press(stage, '.tools .seg button:last-child');
    },
  },
  'recents-nothing-found': {
    play: async (stage) => {
      await showCalls(stage);
      const field = stage.element.renderRoot.querySelector<HTMLInputElement>('.tools input');
      if (field) field.value = '4711';
      field?.dispatchEvent(new InputEvent('input'));
      await stage.element.updateComplete;
    },
  },
  'recents-clearing': {
    play: async (stage) => {
      await showCalls(stage);
      await press(stage, '.tools .small');
    },
  },
  'recents-empty': { isFresh: true, play: showCalls },
  incoming: { play: (stage) => incoming(stage, citizen(stage.element)) },
  'incoming-dispatch': { play: (stage) => incoming(stage, fire(stage.element)) },
  'incoming-video': {
    play: (stage) =>
      incoming(stage, {
        telNumber: '6210',
        displayName: zh(stage.element) ? '孙振海' : 'Peter Novak',
        video: true,
      }),
  },
  'incoming-auto': {
    play: (stage) => incoming(stage, { ...citizen(stage.element), notifyType: 'self_call_handle' }),
  },
  outgoing: {
    play: async ({ element, handler, pass }) => {
      await element.dial('6120');
      handler().ring();
      pass(9000);
    },
  },
  incall: { play: (stage) => talk(stage) },
  'incall-muted': {
    play: async (stage) => {
      await talk(stage);
      await stage.press('F9');
    },
  },
  'incall-keypad': {
    play: async (stage) => {
      await stage.element.dial('12345');
      stage.handler().pickUp();
      stage.pass(48_000);
      await stage.press('k');
      for (const key of '21047') await stage.press(key);
    },
  },
  'incall-device': {
    play: async (stage) => {
      await talk(stage);
      await stage.press('d');
    },
  },
  'incall-lost': {
    play: async (stage) => {
      await talk(stage);
      stage.handler().setConnection('lost');
    },
  },
  video: { play: (stage) => talk(stage, true) },
  'video-keypad': {
    play: async (stage) => {
      await talk(stage, true);
      await stage.press('k');
    },
  },
  'video-camera-off': {
    play: async (stage) => {
      await talk(stage, true);
      await stage.press('v');
    },
  },
  devices: { play: (stage) => stage.press('d') },
  settings: { play: ({ element }) => clickTab(element, -1) },
  records: { play: ({ element }) => clickTab(element, -2) },
  ready: { play: ({ element }) => element.renderRoot.querySelector<HTMLElement>('.bar-state')?.click() },
  lost: { play: ({ handler }) => handler().setConnection('lost') },
  'ended-busy': { play: (stage) => refusedCall(stage, 486, 'Busy Here') },
  'ended-404': { play: (stage) => refusedCall(stage, 404, 'Not Found') },
  'ended-480': { play: (stage) => refusedCall(stage, 480, 'Temporarily Unavailable') },
  'ended-488': {
    play: async (stage) => {
      await stage.element.dial('6210', { video: true });
      stage.handler().hangUpByPeer(488, 'Not Acceptable Here');
    },
  },
  'ended-503': { play: (stage) => refusedCall(stage, 503, 'Service Unavailable') },
  'ended-normal': {
    play: async (stage) => {
      await talk(stage);
      await stage.element.hangup();
    },
  },
  missed: {
    play: async (stage) => {
      await incoming(stage, citizen(stage.element));
      stage.handler().hangUpByPeer(487);
    },
  },
  'mic-refused': { microphone: 'refused', play: () => undefined },
  'mic-missing': { microphone: 'missing', play: () => undefined },
  'not-https': { insecure: true, play: () => undefined },
  elsewhere: { script: { registerCode: 9001 }, play: () => undefined },
  'not-allowed': { script: { registerCode: 1004 }, play: () => undefined },
};

function clickTab(element: SoftHandset, at: number): void {
  [...element.renderRoot.querySelectorAll<HTMLElement>('.tab')].at(at)?.click();
}
