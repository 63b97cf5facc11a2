import { join } from 'node:path';
import { readFileSync } from 'node:fs';

/** The version in package.json, which stands beside both src/ and dist/. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
