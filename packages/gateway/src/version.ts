import { readFileSync } from 'node:fs';

/** The version in package.json, which stands beside both src/ and dist/. */
export const version: string = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
