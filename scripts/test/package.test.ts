import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is bundled into the package `soft-handset`. */
const bundled = ['protocol', 'sip', 'media', 'gateway', 'exchange'];

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
}

test('the package depends on what the packages in it depend on: copy a new dependency to packages/soft-handset/package.json', () => {
  const needed = bundled.flatMap((name) =>
    Object.entries(manifestOf(name).dependencies ?? {}).filter(
      ([other]) => !other.startsWith('@soft-handset/'),
    ),
  );

  expect(manifestOf('soft-handset').dependencies).toEqual(Object.fromEntries(needed));
});

test('the package has the version of what is in it', () => {
  for (const name of bundled) expect(manifestOf(name).version).toBe(manifestOf('soft-handset').version);
});
