import { existsSync, readFileSync } from 'node:fs';
import { fail, must, root, say } from './run.mjs';

/** Installs what the lock file names, unless it is there already. */
export function ensureDependencies() {
  checkNode();
  const wanted = readFileSync(`${root}package-lock.json`, 'utf8');
  if (isInstalled(JSON.parse(wanted))) return;
  say('installing dependencies from the lock file');
  must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or newer is needed, this is ${process.versions.node}`);
}

/** npm keeps a copy of the lock file of what it installed; packages for other platforms are missing in it. */
function isInstalled(lock) {
  const hidden = `${root}node_modules/.package-lock.json`;
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || wanted.link || !path.includes('node_modules/')) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : wanted.optional === true;
  });
}
