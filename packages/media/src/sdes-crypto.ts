import { masterBytes, saltBytes, type SrtpKey, type SrtpSuite } from './srtp-keys.ts';

/** One `a=crypto` (RFC 4568 §4): what a side would encrypt what it sends with. */
export interface SdesCrypto {
  readonly tag: number;
  readonly key: SrtpKey;
}

/** In the order in which they are offered. */
export const suites: readonly SrtpSuite[] = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'];
const maxMkiBytes = 128;

/** Those of the values of `a=crypto` lines that can be used, in their order. */
export function readCryptos(values: readonly string[]): readonly SdesCrypto[] {
  return values.flatMap((value) => readCrypto(value) ?? []);
}

function readCrypto(value: string): SdesCrypto | undefined {
  const [tag = '', name, parameters = '', ...session] = value.trim().split(/ +/);
  const suite = suites.find((each) => each === name?.toUpperCase());
  // RFC 4568 §6.3: whoever takes a line takes all its parameters; the window's size alone is a hint.
  if (!/^\d{1,9}$/.test(tag) || !suite || session.some((each) => !/^WSH=\d+$/i.test(each))) return undefined;
  const key = readInline(parameters);
  return key && { tag: Number(tag), key: { suite, ...key } };
}

/** RFC 4568 §6.1: `inline:` key and salt, a lifetime, an MKI and its length. Of several keys none is the key. */
function readInline(text: string): Omit<SrtpKey, 'suite'> | undefined {
  const match = /^inline:([A-Za-z0-9+/]{40}={0,2})(?:\|(?:2\^)?\d+)?(?:\|(\d+):(\d{1,3}))?$/i.exec(text);
  const bytes = Buffer.from(match?.[1] ?? '', 'base64');
  if (!match || bytes.length !== masterBytes + saltBytes) return undefined;
  const key = { master: bytes.subarray(0, masterBytes), salt: bytes.subarray(masterBytes) };
  const [, , id, length] = match;
  if (id === undefined || length === undefined) return key;
  const mki = mkiBytes(BigInt(id), Number(length));
  return mki && { ...key, mki };
}

function mkiBytes(id: bigint, length: number): Buffer | undefined {
  const digits = id.toString(16).padStart(2 * length, '0');
  if (length < 1 || length > maxMkiBytes || digits.length > 2 * length) return undefined;
  return Buffer.from(digits, 'hex');
}

/** The value of `a=crypto`. Without a lifetime: the longest one (RFC 3711 §9.2), which no call lives to see. */
export function writeCrypto({ tag, key: { suite, master, salt } }: SdesCrypto): string {
  return `${tag} ${suite} inline:${Buffer.concat([master, salt]).toString('base64')}`;
}
