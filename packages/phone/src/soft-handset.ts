import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { actionsOf } from './actions.ts';
import { browserMicrophone } from './browser/microphone.ts';
import type { MicrophoneGate } from './browser/microphone.ts';
import { isHandheld, secureAddress, serverOf } from './browser/surroundings.ts';
import { isFree } from './call-model.ts';
import { FocusDesk } from './desk/focus-desk.ts';
import { fitPicture } from './desk/picture-desk.ts';
import { HandsetDesk } from './handset-desk.ts';
import type { CallHistory } from './history/call-history.ts';
import { chooseLanguage, messages } from './i18n/messages.ts';
import type { Language } from './i18n/messages.ts';
import { LazyViews } from './lazy-views.ts';
import { watchKeys } from './page-keys.ts';
import type { KeysMode } from './page-keys.ts';
import type { CreateHandler } from './phone.ts';
import type { PhoneState } from './phone-model.ts';
import { readKept, storeOf } from './prefs.ts';
import type { Theme } from './prefs.ts';
import { styles } from './styles/index.ts';
import type { View } from './view.ts';
import { phoneFrame } from './views/phone-frame.ts';

const wideFrom = 860;

/** The page secret of the account, or the token of a one-time link. */
export interface LogInProof {
  readonly secret?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * A whole telephone as one element. The host gives it a height; it lays itself out by its own size.
 *
 * Attributes: `server` (`wss://host/janus`; default: where the page came from), `account`, `lang` (`zh-CN`, `en`),
 * `theme` (`light`, `dark`, `contrast`; default: the system's), `layout` (`column`: never wide), `keys` (`page`: it is
 * the whole page, `inside`: keys count where the focus is inside, `off`).
 * Methods: `logIn`, `logOut`, `dial`, `answer`, `hangup`. Properties: `state`, `handler` (the SDK's), `createHandler`,
 * `microphone`, `openHistory`.
 * Events: see `SoftHandsetEvents`. Looks: the custom properties `--sh-*` of `styles/tokens.ts` and `themes.ts`.
 */
export class SoftHandset extends LitElement {
  static override styles = styles;
  static override properties = {
    server: {},
    account: {},
    language: { attribute: 'lang' },
    theme: { reflect: true },
    layout: { reflect: true },
    keys: {},
    createHandler: { attribute: false },
    microphone: { attribute: false },
    openHistory: { attribute: false },
    clock: { attribute: false },
  };

  declare server: string | undefined;
  declare account: string | undefined;
  declare language: string | undefined;
  declare theme: Theme | undefined;
  declare layout: 'column' | undefined;
  declare keys: KeysMode;
  /** Makes the SoftHandler; a host or a test may bring its own. */
  declare createHandler: CreateHandler;
  declare microphone: MicrophoneGate;
  /** Where calls are kept between visits: IndexedDB of the browser, unless the host brings its own. */
  declare openHistory: () => Promise<CallHistory>;
  declare clock: () => number;

  #isWide = false;
  #shown: PhoneState | undefined;
  #open: (() => void)[] = [];
  readonly #lazy = new LazyViews(() => this.requestUpdate());
  readonly #focus = new FocusDesk(() => this.shadowRoot);
  #desk = this.#newDesk();
  #act = actionsOf(this.#desk);

  constructor() {
    super();
    this.keys = 'inside';
    this.createHandler = async (options) =>
      (await import('@soft-handset/handset')).createSoftHandler(options);
    this.microphone = browserMicrophone(navigator);
    this.openHistory = async () => (await import('./history/stored-history.ts')).storedHistory();
    this.clock = Date.now;
  }

  get state(): PhoneState {
    return this.#desk.phone.state;
  }

  /** The SDK's handler while somebody is signed in. */
  get handler(): HandsetDesk['phone']['handler'] {
    return this.#desk.phone.handler;
  }

  /** Settles when the server has taken the number or refused it; `state.line` says which. */
  async logIn(account: string, proof: string | LogInProof = {}): Promise<void> {
    const { secret, token } = typeof proof === 'string' ? { secret: proof } : proof;
    await this.#desk.logIn(account, secret, token);
  }

  async logOut(): Promise<void> {
    this.#desk.forget();
    await this.#desk.phone.signOut();
  }

  async dial(number: string, options: { video?: boolean } = {}): Promise<void> {
    await this.#desk.phone.call(number, options.video ?? false);
  }

  async answer(options: { video?: boolean } = {}): Promise<void> {
    await this.#desk.phone.answer(options.video ?? false);
  }

  async hangup(): Promise<void> {
    await this.#desk.phone.hangup();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#open.length > 0) return; // Only moved.
    this.#prepare();
    const { element, act } = { element: this, act: this.#act };
    this.#open = [
      this.#desk.open(),
      this.#watchSize(),
      this.#watchGestures(),
      this.#watchClock(),
      watchKeys({ element, act, mode: () => this.keys, state: () => this.state }),
    ];
    this.#signInAgain();
  }

  /** Out of the page for good: everything is given back. An element that is only moved goes on. */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    queueMicrotask(() => {
      if (this.isConnected) return;
      for (const close of this.#open) close();
      this.#open = [];
      this.#desk = this.#newDesk();
      this.#act = actionsOf(this.#desk);
    });
  }

  protected override willUpdate(): void {
    this.#focus.remember();
    // The page that it fills speaks its language.
    if (this.keys === 'page') document.documentElement.lang = this.#language;
    // On the element itself: the sizes are worked out there.
    const { scale } = this.#desk.prefs;
    if (scale !== undefined) this.style.setProperty('--sh-scale', String(scale));
  }

  protected override updated(_changed: PropertyValues): void {
    const before = this.#shown ?? this.state;
    this.#shown = this.state;
    if (before !== this.state) this.#focus.follow(before, this.state);
  }

  protected override render(): TemplateResult {
    const { said, toast } = this.#desk;
    return html`<div class="handset" lang=${this.#language}>
      ${phoneFrame(this.#view())} ${toast ? html`<div class="toast" role="status">${toast}</div>` : nothing}
      <div class="vh" aria-live="polite">${said.urgent ? '' : said.words}</div>
      <div class="vh" aria-live="assertive">${said.urgent ? said.words : ''}</div>
    </div>`;
  }

  get #language(): Language {
    return chooseLanguage(this.language ? [this.language] : navigator.languages);
  }

  #view(): View {
    const { phone, prefs, form, devices, watch, picture, litKey, soundFacts } = this.#desk;
    const handheld = isHandheld(navigator);
    return {
      state: phone.state,
      t: messages[this.#language],
      language: this.#language,
      theme: this.theme,
      prefs,
      form,
      now: this.clock(),
      wide: this.#isWide,
      handheld,
      canFlip: handheld && (phone.handler?.deviceControl.hasMultiVideoDevice ?? false),
      canSwitchSpeaker: handheld && (phone.handler?.deviceControl.hasSpeakerSwitch ?? false),
      sound: watch,
      soundFacts,
      devices,
      picture,
      localStream: phone.handler?.localStream ?? null,
      remoteStream: phone.handler?.remoteStream ?? null,
      litKey,
      address: { host: location.host, secure: secureAddress(location) },
      lazy: this.#lazy,
      act: this.#act,
    };
  }

  #newDesk(): HandsetDesk {
    return new HandsetDesk({
      createHandler: (options) => this.createHandler(options),
      microphone: () => this.microphone,
      openHistory: () => this.openHistory(),
      now: () => this.clock(),
      messages: () => messages[this.#language],
      language: () => this.#language,
      isWide: () => this.#isWide,
      setTheme: (theme) => (this.theme = theme),
      setLanguage: (language) => (this.language = language),
      emit: ({ name, detail }) =>
        this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true })),
      changed: () => this.requestUpdate(),
    });
  }

  /** Attributes come before what was remembered. */
  #prepare(): void {
    const { prefs, form } = this.#desk;
    this.theme ??= prefs.theme;
    this.language ??= prefs.language;
    const server = this.server ?? (form.server || serverOf(location));
    this.#desk.editForm({ server, account: this.account ?? form.account });
  }

  /** A reload of a tab that was told to stay signed in. */
  #signInAgain(): void {
    const kept = readKept(storeOf('sessionStorage'));
    if (!kept || (this.account !== undefined && this.account !== kept.account)) return;
    this.#desk.editForm({ keep: kept.token === undefined });
    void this.logIn(kept.account, kept);
  }

  #watchSize(): () => void {
    const observer = new ResizeObserver(([entry]) => {
      const picture = this.renderRoot.querySelector<HTMLVideoElement>('video.remote');
      if (picture) fitPicture(picture);
      const isWide = this.layout !== 'column' && (entry?.contentRect.width ?? 0) >= wideFrom;
      if (isWide === this.#isWide) return;
      this.#isWide = isWide;
      this.#desk.followDevices();
      this.requestUpdate();
    });
    observer.observe(this);
    return () => observer.disconnect();
  }

  /** The first gesture anywhere on the page lets it sound. */
  #watchGestures(): () => void {
    const stop = (): void => {
      for (const type of ['pointerdown', 'keydown']) window.removeEventListener(type, unlock, true);
    };
    const unlock = (): void => {
      if (this.state.audioUnlocked) stop();
      else void this.#desk.unlock();
    };
    for (const type of ['pointerdown', 'keydown']) window.addEventListener(type, unlock, true);
    return stop;
  }

  /** Timers tick while there is a call. */
  #watchClock(): () => void {
    const timer = setInterval(() => {
      if (!isFree(this.state.call)) this.requestUpdate();
    }, 500);
    return () => clearInterval(timer);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'soft-handset': SoftHandset;
  }
}
