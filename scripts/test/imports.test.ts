import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/*
 * Imports point one way: phone -> handset -> protocol <- gateway -> {sip, media}, exchange -> {sip, media}, media -> protocol, testkit -> gateway;
 * inside the gateway main -> gateway -> janus-api <- sipserver -> call -> {sip, media}; janus-api takes its part of the configuration as it is.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));

const packagesAllowed: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sip: [],
  media: ['protocol'],
  gateway: ['protocol', 'sip', 'media'],
  exchange: ['sip', 'media'],
  handset: ['protocol'],
  phone: ['handset'],
  testkit: ['gateway', 'protocol', 'sip', 'media'],
  'soft-handset': ['gateway'],
};

/** Folders of the gateway and what each may import of its neighbours and of our packages. */
const gatewayAllowed: Readonly<
  Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] }>
> = {
  'janus-api': { rooms: ['config'], packages: ['protocol'] },
  call: { rooms: [], packages: ['protocol', 'sip', 'media'] },
  sipserver: { rooms: ['call', 'janus-api'], packages: ['protocol', 'sip', 'media'] },
};

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
}

for (const [name, allowed] of Object.entries(packagesAllowed)) {
  test(`${name} imports of ours only ${allowed.join(', ') || 'nothing'}`, () => {
    const strangers = importsBelow(`packages/${name}/src`).filter(({ specifier }) => {
      const other = ourPackage(specifier);
      return other !== undefined && !allowed.includes(other);
    });

    expect(strangers).toEqual([]);
  });

  test(`${name} reaches into no other package by a relative path`, () => {
    const outside = importsBelow(`packages/${name}/src`).filter(({ file, specifier }) => {
      if (!specifier.startsWith('.')) return false;
      return !normalize(join(dirname(file), specifier)).startsWith(`packages/${name}/`);
    });

    expect(outside).toEqual([]);
  });
}

describe('inside the gateway', () => {
  for (const [room, { rooms, packages }] of Object.entries(gatewayAllowed)) {
    test(`${room}/ imports only its own files, ${[...rooms, ...packages].join(', ')}`, () => {
      const strangers = importsBelow(`packages/gateway/src/${room}`).filter(({ file, specifier }) => {
        const other = ourPackage(specifier);
        if (other !== undefined) return !packages.includes(other);
        if (!specifier.startsWith('.')) return false;
        const [, , , first = ''] = normalize(join(dirname(file), specifier)).split('/');
        return first.includes('.') ? !sharedFiles.has(first) : first !== room && !rooms.includes(first);
      });

      expect(strangers).toEqual([]);
    });
  }

  test('what a call does is decided without a socket, a clock or an SDP parser', () => {
    const imports = importsBelow('packages/gateway/src/call').filter(({ file }) =>
      file.endsWith('/call-state.ts'),
    );

    expect(
      imports.filter(({ specifier }) => !specifier.startsWith('./') && ourPackage(specifier) !== 'protocol'),
    ).toEqual([]);
  });
});

/** Plain data and types that every room may know. */
const sharedFiles: ReadonlySet<string> = new Set(['account.ts', 'clock.ts', 'log.ts', 'version.ts']);

test('the guard sees imports at all', () => {
  expect(
    importsBelow('packages/gateway/src').some(({ specifier }) => specifier === '@soft-handset/sip'),
  ).toBe(true);
});

function importsBelow(folder: string): Import[] {
  return typescriptFiles(join(root, folder)).flatMap((path) => {
    const file = relative(root, path);
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const specifier = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/.exec(text)?.[1];
        return specifier === undefined ? [] : [{ file, line: index + 1, specifier }];
      });
  });
}

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return typescriptFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function ourPackage(specifier: string): string | undefined {
  return /^@soft-handset\/([\w-]+)/.exec(specifier)?.[1];
}
