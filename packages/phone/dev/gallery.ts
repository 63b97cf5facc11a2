import './gallery-window.ts';
import { memoryHistory } from '../src/history/call-history.ts';
import { SoftHandset } from '../src/index.ts';
import { FakeHandler } from './fake-handler.ts';
import { fakeDevices, fakePicture, fakeReport } from './fake-media.ts';
import { haveHistory, scenes } from './scenes.ts';
import type { Scene } from './scenes.ts';

/* One scene in one language and theme: gallery.html?scene=incall&lang=en&theme=dark. Without a scene: a list. */

const query = new URLSearchParams(location.search);
const name = query.get('scene') ?? '';
const scene = scenes[name];
if (scene) await show(scene);
else
  document.body.innerHTML = Object.keys(scenes)
    .map((key) => `<a href="?scene=${key}">${key}</a><br>`)
    .join('');

async function show(scene: Scene): Promise<void> {
  localStorage.clear();
  sessionStorage.clear();
  let now = new Date(2026, 2, 4, 14, 2).getTime();
  let handler: FakeHandler | undefined;
  if (scene.insecure) Object.defineProperty(window, 'isSecureContext', { value: false });
  const element = new SoftHandset();
  element.language = query.get('lang') ?? 'zh-CN';
  const theme = query.get('theme');
  if (theme) element.setAttribute('theme', theme);
  element.keys = 'page';
  element.clock = () => now;
  const microphone = scene.microphone ?? 'granted';
  element.microphone = {
    check: () => Promise.resolve(microphone),
    ask: () => Promise.resolve(microphone),
    watch: () => () => undefined,
  };
  // Scenes share a browser, and must not see one another's calls.
  const history = memoryHistory();
  element.openHistory = () => Promise.resolve(history);
  element.createHandler = (options) => {
    handler = new FakeHandler(
      {
        localStream: (video) => fakePicture('local', video),
        remoteStream: (video) => fakePicture('remote', video),
        report: fakeReport,
        devices: fakeDevices(element.language !== 'en'),
        multiCamera: true,
        ...scene.script,
      },
      options,
    );
    return Promise.resolve(handler);
  };
  const stage = {
    element,
    handler: (): FakeHandler => {
      if (!handler) throw new Error('nobody has signed in');
      return handler;
    },
    pass: (ms: number) => (now += ms),
    press: async (key: string) => {
      window.dispatchEvent(new KeyboardEvent('keydown', { key }));
      await element.updateComplete;
    },
  };
  document.body.append(element);
  window.dispatchEvent(new PointerEvent('pointerdown'));
  if (name !== 'login' && !scene.insecure) await element.logIn('1001', '12345678');
  if (element.state.line.name === 'up' && query.get('history') !== 'no' && !scene.isFresh)
    await haveHistory(stage);
  element.renderRoot.querySelector<HTMLElement>('.choose.even .big.plain')?.click();
  await element.updateComplete;
  await scene.play(stage);
  await element.updateComplete;
  window.gallery = stage;
}
