import type { PageSound } from './browser/sound.ts';
import { isFree } from './call-model.ts';
import type { HistoryDesk } from './desk/history-desk.ts';
import type { DeviceDesk } from './desk/device-desk.ts';
import type { Phone } from './phone.ts';
import { cleanNumber } from './number.ts';
import type { Language } from './i18n/messages.ts';
import type { Prefs, Theme } from './prefs.ts';
import type { Actions, SignInForm } from './view.ts';

/** What the element does itself when a view asks. */
export interface Desk {
  readonly phone: Phone;
  readonly sound: PageSound;
  readonly devices: DeviceDesk;
  readonly form: SignInForm;
  editForm(change: Partial<SignInForm>): void;
  signIn(): void;
  forget(): void;
  unlock(): Promise<void>;
  lightKey(key: string): void;
  toggleSoundFacts(): void;
  say(words: 'copied' | 'notCopied'): void;
  openSecond(): Promise<void>;
  setPrefs(change: Partial<Prefs>): void;
  setTheme(theme: Theme | undefined): void;
  setLanguage(language: Language): void;
  secureAddress(): string;
  readonly history: HistoryDesk;
}

/** The things the views may ask for, over the phone and the page around it. */
export function actionsOf(desk: Desk): Actions {
  const { phone } = desk;
  return {
    editForm: (change) => desk.editForm(change),
    signIn: () => desk.signIn(),
    signOut: () => {
      desk.forget();
      void phone.signOut();
    },
    retry: () => void phone.retry(),
    allowMicrophone: () => void phone.useMicrophone(),
    unlockAudio: () => void desk.unlock(),
    closeNotice: () => phone.tell({ type: 'noticeClosed' }),
    openSecure: () => location.assign(desk.secureAddress()),
    copy: (text) => void copy(desk, text),
    setNumber: (text) => phone.tell({ type: 'numberChanged', number: cleanNumber(text) }),
    press: (key) => pressKey(desk, key),
    erase: (all) =>
      phone.tell({ type: 'numberChanged', number: all ? '' : phone.state.dialled.slice(0, -1) }),
    call: (video, number) => void phone.call(number ?? phone.state.dialled, video),
    openSecond: () => void desk.openSecond(),
    answer: (video) => void phone.answer(video),
    hangup: () => void phone.hangup(),
    toggleMute: () => toggleMute(phone),
    toggleCamera: () => void phone.toggleCamera(),
    flipCamera: () => void phone.flipCamera(),
    toggleLoudspeaker: () => toggleLoudspeaker(phone),
    toggleDrawer: (drawer) => phone.tell({ type: 'drawerToggled', drawer }),
    showTab: (tab) => phone.tell({ type: 'tabChosen', tab }),
    openDevices: (open) => phone.tell({ type: 'devicesToggled', open }),
    toggleSoundFacts: () => desk.toggleSoundFacts(),
    touchPlate: () => phone.tell({ type: 'plateTouched' }),
    closePlate: () => phone.tell({ type: 'plateClosed' }),
    editNumber: (number) => {
      phone.tell({ type: 'plateClosed' });
      phone.tell({ type: 'numberChanged', number: cleanNumber(number) });
    },
    chooseDevice: (kind, id) => void chooseDevice(desk, kind, id),
    setPrefs: (change) => desk.setPrefs(change),
    setTheme: (theme) => desk.setTheme(theme),
    setLanguage: (language) => desk.setLanguage(language),
    changeRecents: (recents) => phone.tell({ type: 'recentsChanged', recents }),
    removeRecord: (record) => desk.history.remove(record),
    clearRecords: () => {
      phone.tell({ type: 'recentsChanged', recents: { isClearing: false } });
      desk.history.clear();
    },
  };
}

/** A key of the pad: a digit of the number, or in a call a tone. */
function pressKey(desk: Desk, key: string): void {
  const { phone } = desk;
  desk.lightKey(key);
  if (phone.state.call.name === 'talking') {
    desk.sound.keyTone(key);
    void phone.sendTone(key);
  } else if (isFree(phone.state.call)) {
    phone.tell({ type: 'plateClosed' });
    phone.tell({ type: 'numberChanged', number: cleanNumber(phone.state.dialled + key) });
  }
}

function toggleMute(phone: Phone): void {
  const { call } = phone.state;
  if (call.name === 'talking' || call.name === 'calling') phone.mute(!call.muted);
}

function toggleLoudspeaker(phone: Phone): void {
  const { call } = phone.state;
  if (call.name === 'talking') void phone.useLoudspeaker(!call.loudspeaker);
}

async function chooseDevice(
  desk: Desk,
  kind: Parameters<Actions['chooseDevice']>[0],
  id: string,
): Promise<void> {
  if (await desk.devices.choose(desk.phone.handler, kind, id))
    desk.setPrefs({ devices: desk.devices.chosen });
}

/** The clipboard may be forbidden, and is absent without https: what stands on the page can be selected. */
async function copy(desk: Desk, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    desk.say('copied');
  } catch {
    desk.say('notCopied');
  }
}
