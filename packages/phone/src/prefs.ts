import type { Language } from './i18n/messages.ts';

export type Theme = 'light' | 'dark' | 'contrast';
export type DeviceKind = 'microphone' | 'camera' | 'speaker';

/** What a browser remembers between visits. Never a secret. */
export interface Prefs {
  account?: string;
  server?: string;
  language?: Language;
  theme?: Theme | undefined;
  /** Text size: 1, 1.15 or 1.3. */
  scale?: number;
  classicCall?: boolean;
  /** Keep the secret for this tab, so that a reload signs in by itself. */
  keepSignedIn?: boolean;
  devices?: Partial<Record<DeviceKind, string>>;
  /** When the missed calls of an account were looked at last: the end of the newest one, in ms. */
  missedSeen?: Record<string, number>;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const key = 'soft-handset';

export function readPrefs(store: Store | undefined): Prefs {
  const value = readJson(store);
  return typeof value === 'object' && value !== null ? value : {};
}

export function writePrefs(store: Store | undefined, prefs: Prefs): void {
  write(store, prefs);
}

/** The log-in that a reload of this tab may use. */
export interface KeptSignIn {
  account: string;
  secret?: string;
  /** Of a login that a one-time link has made: nobody could type it again. */
  token?: string;
}

export function readKept(store: Store | undefined): KeptSignIn | undefined {
  const value = readJson(store) as Partial<KeptSignIn> | null | undefined;
  if (typeof value?.account !== 'string' || !value.account) return undefined;
  const { account, secret, token } = value;
  return {
    account,
    ...(typeof secret === 'string' && { secret }),
    ...(typeof token === 'string' && { token }),
  };
}

export function writeKept(store: Store | undefined, kept: KeptSignIn | undefined): void {
  write(store, kept);
}

/** Private windows and embedded browsers may refuse storage altogether, by throwing on the name alone. */
export function storeOf(name: 'localStorage' | 'sessionStorage'): Store | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}

function readJson(store: Store | undefined): unknown {
  try {
    return JSON.parse(store?.getItem(key) ?? 'null');
  } catch {
    return undefined; // Somebody else's text under our name is as good as none.
  }
}

function write(store: Store | undefined, value: object | undefined): void {
  try {
    if (value) store?.setItem(key, JSON.stringify(value));
    else store?.removeItem(key);
  } catch {
    return; // A full or forbidden store: the page works, it only forgets.
  }
}
