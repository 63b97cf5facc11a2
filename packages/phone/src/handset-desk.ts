import type { Desk } from './actions.ts';
import { announcement } from './announcement.ts';
import type { MicrophoneGate } from './browser/microphone.ts';
import { PageSound, keyToneMs } from './browser/sound.ts';
import { completeServer, secureAddress } from './browser/surroundings.ts';
import { TitleFlash } from './browser/title-flash.ts';
import { hasPicture, isFree } from './call-model.ts';
import type { CallRecord } from './call-record.ts';
import { DeviceDesk } from './desk/device-desk.ts';
import { HistoryDesk } from './desk/history-desk.ts';
import { PictureDesk } from './desk/picture-desk.ts';
import { SoundWatch } from './desk/sound-watch.ts';
import { eventsBetween } from './element-events.ts';
import type { SoftHandsetEvent } from './element-events.ts';
import type { CallHistory } from './history/call-history.ts';
import type { Language, Messages } from './i18n/messages.ts';
import { nameOf } from './parts/band.ts';
import { Phone } from './phone.ts';
import type { CreateHandler } from './phone.ts';
import type { Microphone, PhoneState } from './phone-model.ts';
import { readPrefs, storeOf, writeKept, writePrefs } from './prefs.ts';
import type { KeptSignIn, Prefs, Theme } from './prefs.ts';
import { linkTo } from './sign-in-link.ts';
import type { SignInForm } from './view.ts';

const toastMs = 6000;

/** What the desk asks of the element it works for. */
export interface DeskHost {
  createHandler: CreateHandler;
  microphone: () => MicrophoneGate;
  openHistory: () => Promise<CallHistory>;
  now: () => number;
  messages: () => Messages;
  language: () => Language;
  isWide: () => boolean;
  setTheme: (theme: Theme | undefined) => void;
  setLanguage: (language: Language) => void;
  emit: (event: SoftHandsetEvent) => void;
  changed: () => void;
}

/** The phone and the page around it: form, preferences, sound, devices, pictures, and what a change of the phone brings about. */
export class HandsetDesk implements Desk {
  readonly phone: Phone;
  readonly sound = new PageSound();
  readonly devices: DeviceDesk;
  readonly watch: SoundWatch;
  readonly picture: PictureDesk;
  readonly history: HistoryDesk;
  prefs: Prefs = readPrefs(storeOf('localStorage'));
  form: SignInForm;
  litKey = '';
  soundFacts = false;
  toast = '';
  said = { words: '', urgent: false };

  readonly #host: DeskHost;
  readonly #title = new TitleFlash(document);
  #tryingDevices = false;

  constructor(host: DeskHost) {
    this.#host = host;
    const changed = (): void => host.changed();
    this.devices = new DeviceDesk(changed, this.sound);
    this.watch = new SoundWatch(changed);
    this.picture = new PictureDesk(changed);
    this.history = new HistoryDesk({
      open: host.openHistory,
      loaded: (records) => this.#showHistory(records),
      notKept: () => this.phone.tell({ type: 'historyNotKept' }),
    });
    const { account = '', server = '', keepSignedIn: keep = false } = this.prefs;
    this.form = { account, secret: '', server, keep, revealed: false, serverOpen: false, empty: false };
    this.phone = new Phone(
      {
        createHandler: host.createHandler,
        askMicrophone: () => askMicrophone(host.microphone()),
        now: () => host.now(),
        after: (ms, action) => {
          const timer = setTimeout(action, ms);
          return () => clearTimeout(timer);
        },
        changed: (state, before) => this.#follow(state, before),
      },
      isSecureContext,
    );
    this.phone.classicCall = this.prefs.classicCall ?? false;
  }

  /** Begins to watch what the page cannot know by itself. The function returned ends it. */
  open(): () => void {
    const look = (): void => void this.#lookForDevices();
    const unwatch = this.#host.microphone().watch(look);
    look();
    return () => {
      unwatch();
      this.watch.stop();
      this.picture.stop();
      this.devices.stopTrying();
      this.#title.stop();
      this.sound.close();
      this.history.close();
      void this.phone.close();
    };
  }

  editForm(change: Partial<SignInForm>): void {
    this.form = { ...this.form, ...change };
    this.#host.changed();
  }

  signIn(): void {
    const account = this.form.account.trim();
    if (account === '') return this.editForm({ empty: true });
    void this.unlock();
    void this.logIn(account, this.form.secret || undefined);
  }

  /** Remembers the number, and the secret only for this tab and only if asked to. */
  async logIn(account: string, secret: string | undefined, token?: string): Promise<void> {
    this.editForm({ account, secret: secret ?? '' });
    const server = completeServer(this.form.server, location);
    await this.phone.signIn({ account, secret, token, server, language: this.#host.language() });
    if (this.phone.state.line.name !== 'up') return;
    const { keep } = this.form;
    this.setPrefs({ account, keepSignedIn: keep, ...(this.form.server ? { server: this.form.server } : {}) });
    writeKept(storeOf('sessionStorage'), this.#toKeep(account, secret));
    this.editForm({ secret: '', revealed: false });
  }

  #toKeep(account: string, secret: string | undefined): KeptSignIn | undefined {
    const token = this.phone.loginToken;
    if (token !== undefined) return { account, token };
    return this.form.keep ? { account, ...(secret ? { secret } : {}) } : undefined;
  }

  /** The tab is opened at once, while the press counts for the browser; where it leads to is known a moment later. */
  async openSecond(): Promise<void> {
    const tab = window.open('', '_blank');
    if (!tab) return this.say('noNewTab');
    tab.opener = null;
    try {
      const link = await this.phone.handler?.secondHandset();
      if (link) tab.location.replace(linkTo(completeServer(this.form.server, location), link));
      else tab.close();
    } catch {
      tab.close();
      this.say('noFreeNumber');
    }
  }

  forget(): void {
    writeKept(storeOf('sessionStorage'), undefined);
  }

  /** In a gesture: from now on the page may sound. */
  async unlock(): Promise<void> {
    if (await this.sound.unlock()) this.phone.tell({ type: 'audioUnlocked' });
  }

  lightKey(key: string): void {
    this.litKey = key;
    this.#host.changed();
    setTimeout(() => {
      if (this.litKey === key) this.litKey = '';
      this.#host.changed();
    }, keyToneMs);
  }

  toggleSoundFacts(): void {
    this.soundFacts = !this.soundFacts;
    this.#host.changed();
  }

  say(words: 'copied' | 'notCopied' | 'noFreeNumber' | 'noNewTab'): void {
    this.toast = this.#host.messages()[words];
    this.#host.changed();
    setTimeout(() => {
      this.toast = '';
      this.#host.changed();
    }, toastMs);
  }

  setPrefs(change: Partial<Prefs>): void {
    this.prefs = { ...this.prefs, ...change };
    this.phone.classicCall = this.prefs.classicCall ?? false;
    writePrefs(storeOf('localStorage'), this.prefs);
    this.#host.changed();
  }

  setTheme(theme: Theme | undefined): void {
    this.#host.setTheme(theme);
    this.setPrefs({ theme });
  }

  setLanguage(language: Language): void {
    this.#host.setLanguage(language);
    this.setPrefs({ language });
  }

  secureAddress(): string {
    return secureAddress(location);
  }

  /** What a step of the phone brings about on the page. */
  #follow(state: PhoneState, before: PhoneState): void {
    this.said = announcement(before, state, this.#host.messages()) ?? this.said;
    if (state.call.name !== before.call.name) this.#followCall(state);
    if (hasPicture(state.call)) this.picture.wake(state.drawer !== 'none');
    if (state.line.name === 'up' && before.line.name !== 'up') void this.#lookForDevices();
    this.#followHistory(state, before);
    this.followDevices();
    for (const event of eventsBetween(before, state)) this.#host.emit(event);
    this.#host.changed();
  }

  #followHistory(state: PhoneState, before: PhoneState): void {
    const { account, call, line, seenUntil } = state;
    const signsIn = line.name === 'up' && before.line.name === 'signing-in' && !before.line.again;
    if (signsIn) this.history.show(account);
    if (call.name === 'ended' && before.call.name !== 'ended') this.history.add(call.record);
    if (seenUntil > before.seenUntil && account)
      this.setPrefs({ missedSeen: { ...this.prefs.missedSeen, [account]: seenUntil } });
  }

  #showHistory(records: readonly CallRecord[]): void {
    const until = this.prefs.missedSeen?.[this.phone.state.account] ?? 0;
    this.phone.tell({ type: 'recordsLoaded', records });
    this.phone.tell({ type: 'missedSeen', until });
  }

  #followCall({ call }: PhoneState): void {
    if (call.name === 'ringing') this.#title.start(this.#host.messages().incoming.title(nameOf(call.peer)));
    else this.#title.stop();
    const { handler } = this.phone;
    if (call.name === 'talking' && handler) {
      const isMuted = (): boolean => this.phone.state.call.name === 'talking' && this.phone.state.call.muted;
      this.watch.start(handler, isMuted);
    } else {
      this.watch.stop();
      this.picture.stop();
      this.soundFacts = false;
    }
  }

  /** The microphone is open for a try while the devices page is on the screen, and only then. */
  followDevices(): void {
    const { state } = this.phone;
    const shown =
      isFree(state.call) &&
      state.microphone === 'granted' &&
      (state.devicesOpen || (this.#host.isWide() && state.tab === 'settings'));
    if (shown === this.#tryingDevices) return;
    this.#tryingDevices = shown;
    if (shown) void this.devices.tryMicrophone();
    else this.devices.stopTrying();
  }

  async #lookForDevices(): Promise<void> {
    const microphone = await this.#host.microphone().check();
    const known = this.phone.state.microphone;
    // Where a browser cannot tell, what asking has told stays true until a device comes or goes.
    if (microphone !== 'unknown' || known === 'missing')
      this.phone.tell({ type: 'microphoneChanged', microphone });
    await this.devices.refresh(this.phone.handler);
    if (this.phone.handler) await this.devices.restore(this.phone.handler, this.prefs.devices);
  }
}

/** Granted as far as is known, else asked for. */
async function askMicrophone(gate: MicrophoneGate): Promise<Microphone> {
  const known = await gate.check();
  return known === 'granted' ? known : await gate.ask();
}
