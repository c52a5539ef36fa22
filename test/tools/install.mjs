// Runs before the npm scripts: installs the locked dependencies when node_modules is missing or older than the lock file,
// so that every script works on a fresh clone. Needs nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lock = `${root}package-lock.json`;
// npm writes this file at the end of every install.
const installed = `${root}node_modules/.package-lock.json`;
// A link leads to the packages of another checkout: `npm ci` would empty them under everything that runs there.
const isShared = lstatSync(`${root}node_modules`, { throwIfNoEntry: false })?.isSymbolicLink() === true;

if (!existsSync(installed) || (!isShared && statSync(installed).mtimeMs < statSync(lock).mtimeMs)) {
  process.stderr.write('installing the locked npm dependencies\n');
  const { status } = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
