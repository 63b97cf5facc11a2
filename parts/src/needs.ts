import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The programs that tests run, their modules, and the Debian package each comes from. */
const packages = {
  janus: 'janus',
  sipp: 'sip-tester',
  kamailio: 'kamailio',
  'kamailio-tls': 'kamailio-tls-modules',
  'kamailio-websocket': 'kamailio-websocket-modules',
  baresip: 'baresip-core',
  linphonec: 'linphone-nogtk',
  chromium: 'chromium',
  'janus-demos': 'janus-demos',
  rtpengine: 'rtpengine-daemon',
} as const;

export type PartName = keyof typeof packages;

/** Modules: they lie where libraries do. */
const libraries: Partial<Record<PartName, string>> = {
  'kamailio-tls': 'kamailio/modules/tls.so',
  'kamailio-websocket': 'kamailio/modules/websocket.so',
};

/** What stands at one place. */
const files: Partial<Record<PartName, string>> = { 'janus-demos': '/usr/share/janus/demos/siptest.html' };

/** The path of the program, module or file, if this machine has it. */
export function findPart(name: PartName): string | undefined {
  const file = files[name];
  if (file !== undefined) return existsSync(file) ? file : undefined;
  const library = libraries[name];
  if (library !== undefined) return libraryPath(library);
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

/** Under `/usr/lib`, or under the folder of an architecture there. */
export function libraryPath(file: string): string | undefined {
  const folders = [
    '/usr/lib64',
    '/usr/lib',
    ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name)),
  ];
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
