import type { CallRecord } from './call-record.ts';
import type { LazyViews } from './lazy-views.ts';
import type { PhoneState, Recents, Tab, Drawer } from './phone-model.ts';
import type { Language, Messages } from './i18n/messages.ts';
import type { DeviceDesk } from './desk/device-desk.ts';
import type { PictureDesk } from './desk/picture-desk.ts';
import type { SoundWatch } from './desk/sound-watch.ts';
import type { DeviceKind, Prefs, Theme } from './prefs.ts';

/** What the log-in form holds while it is being filled in. */
export interface SignInForm {
  account: string;
  secret: string;
  server: string;
  keep: boolean;
  revealed: boolean;
  serverOpen: boolean;
  /** Pressed without a number. */
  empty: boolean;
}

/** Everything a view may ask for. */
export interface Actions {
  editForm(change: Partial<SignInForm>): void;
  signIn(): void;
  signOut(): void;
  retry(): void;
  allowMicrophone(): void;
  unlockAudio(): void;
  closeNotice(): void;
  openSecure(): void;
  copy(text: string): void;
  setNumber(text: string): void;
  press(key: string): void;
  erase(all?: boolean): void;
  call(video: boolean, number?: string): void;
  openSecond(): void;
  answer(video: boolean): void;
  hangup(): void;
  toggleMute(): void;
  toggleCamera(): void;
  flipCamera(): void;
  toggleLoudspeaker(): void;
  toggleDrawer(drawer: Drawer): void;
  showTab(tab: Tab): void;
  openDevices(open: boolean): void;
  toggleSoundFacts(): void;
  touchPlate(): void;
  closePlate(): void;
  editNumber(number: string): void;
  chooseDevice(kind: DeviceKind, id: string): void;
  setPrefs(change: Partial<Prefs>): void;
  setTheme(theme: Theme | undefined): void;
  setLanguage(language: Language): void;
  changeRecents(change: Partial<Recents>): void;
  removeRecord(record: CallRecord): void;
  clearRecords(): void;
}

/** What the views are made from: the model, the words, what the page measures, and what one can do. */
export interface View {
  readonly state: PhoneState;
  readonly t: Messages;
  readonly language: Language;
  readonly theme: Theme | undefined;
  readonly prefs: Prefs;
  readonly form: SignInForm;
  readonly now: number;
  /** Rail, list and stage side by side. */
  readonly wide: boolean;
  /** A phone: earpiece and loudspeaker, front and back camera. */
  readonly handheld: boolean;
  readonly canFlip: boolean;
  readonly canSwitchSpeaker: boolean;
  readonly sound: SoundWatch;
  readonly soundFacts: boolean;
  readonly devices: DeviceDesk;
  readonly picture: PictureDesk;
  readonly localStream: MediaStream | null;
  readonly remoteStream: MediaStream | null;
  /** The key whose tone sounds. */
  readonly litKey: string;
  readonly address: { host: string; secure: string };
  readonly lazy: LazyViews;
  readonly act: Actions;
}
