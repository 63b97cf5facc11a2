import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hasProgram, run, say } from './run.mjs';

/** Real programs that come from Debian's packages: program name -> package. */
export const debianParts = {
  janus: 'janus',
  kamailio: 'kamailio',
  sipp: 'sip-tester',
  baresip: 'baresip-core',
  chromium: 'chromium',
};

/**
 * Installs missing programs, on Debian and as root; elsewhere it only tells what is missing.
 * @param {(keyof typeof debianParts)[]} programs
 * @returns {string[]} the programs that are still missing
 */
export function ensureDebianParts(programs) {
  const missing = programs.filter((program) => !hasProgram(program));
  if (missing.length === 0) return [];
  if (!isDebian() || process.getuid?.() !== 0) return missing;
  const packages = missing.map((program) => debianParts[program]);
  say(`installing Debian packages: ${packages.join(' ')}`);
  withoutServices(() => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], { quiet: true, env });
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { quiet: true, env });
  });
  return programs.filter((program) => !hasProgram(program));
}

/** The line that tells a person what to do. */
export function howToInstall(programs) {
  const packages = programs.map((program) => debianParts[program]).join(' ');
  return `on Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages}`;
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
