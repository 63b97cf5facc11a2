import { createHash } from 'node:crypto';

/** The instance of an account's user agent here (RFC 5626 §4.1): always the same, and nobody else's. A UUID by name (RFC 9562 §5.8). */
export function instanceOf(installation: string, account: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([installation, account]))
    .digest('hex');
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return `urn:uuid:${parts.join('-')}-${hash.slice(20, 32)}`;
}
