import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, run, say } from './run.mjs';

/** Real programs, and modules of them, that come from Debian's packages: name -> package. */
export const debianParts = {
  janus: 'janus',
  kamailio: 'kamailio',
  'kamailio-tls': 'kamailio-tls-modules',
  'kamailio-websocket': 'kamailio-websocket-modules',
  sipp: 'sip-tester',
  baresip: 'baresip-core',
  linphonec: 'linphone-nogtk',
  chromium: 'chromium',
  'janus-demos': 'janus-demos',
  rtpengine: 'rtpengine-daemon',
};

/** What has no program of its own is there when its file is, in one of the folders for libraries. */
const libraryFiles = {
  'kamailio-tls': 'kamailio/modules/tls.so',
  'kamailio-websocket': 'kamailio/modules/websocket.so',
};

/** The same for what stands at one place. */
const files = { 'janus-demos': '/usr/share/janus/demos/siptest.html' };

/**
 * Installs missing programs, on Debian and as root; elsewhere it only tells what is missing.
 * @param {(keyof typeof debianParts)[]} programs
 * @returns {string[]} the programs that are still missing
 */
export function ensureDebianParts(programs) {
  const missing = programs.filter((program) => !hasPart(program));
  if (missing.length === 0) return [];
  if (!isDebian() || process.getuid?.() !== 0) return missing;
  const packages = missing.map((program) => debianParts[program]);
  say(`installing Debian packages: ${packages.join(' ')}`);
  withoutServices(() => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], { quiet: true, env });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { quiet: true, env });
  });
  return programs.filter((program) => !hasPart(program));
}

/** The line that tells a person what to do. */
export function howToInstall(programs) {
  const packages = programs.map((program) => debianParts[program]).join(' ');
  return `on Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages}`;
}

function hasPart(name) {
  if (files[name] !== undefined) return existsSync(files[name]);
  const file = libraryFiles[name];
  return file === undefined ? hasProgram(name) : hasLibraryFile(file);
}

/** `/usr/lib`, or the folder of an architecture in it. */
function hasLibraryFile(file) {
  const folders = ['/usr/lib64', '/usr/lib', ...readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`)];
  return folders.some((folder) => existsSync(join(folder, file)));
}

function isDebian() {
  return (
    existsSync('/etc/debian_version') &&
    readFileSync('/etc/debian_version', 'utf8') !== '' &&
    hasProgram('apt-get')
  );
}

/** We start Janus and the rest ourselves: their packages must not start services with configurations that are not ours. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}
