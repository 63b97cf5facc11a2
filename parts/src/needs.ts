import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs that tests run, and the Debian package each comes from. */
const packages = {
  janus: 'janus',
  sipp: 'sip-tester',
  kamailio: 'kamailio',
  baresip: 'baresip-core',
  chromium: 'chromium',
} as const;

export type PartName = keyof typeof packages;

/** The path of the program, if this machine has it. */
export function findPart(name: PartName): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** @throws an Error that says which package is missing */
export function requirePart(name: PartName): string {
  const path = findPart(name);
  if (path === undefined) throw new Error(`${name} is not installed (Debian package ${packages[name]})`);
  return path;
}

/** A sentence about what is missing, or nothing. */
export function missingParts(names: readonly PartName[]): string | undefined {
  const missing = names.filter((name) => findPart(name) === undefined);
  if (missing.length === 0) return undefined;
  return `not installed: ${missing.map((name) => packages[name]).join(', ')}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
