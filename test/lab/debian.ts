import { readFile } from 'node:fs/promises';
import { LabError, must, run } from './process.js';
import type { Log } from './settings.js';

const quiet = { DEBIAN_FRONTEND: 'noninteractive' };

/** True if the lab may install missing packages on this machine. */
export async function isDebianAsRoot(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID="?debian"?$/m.test(release) && process.getuid?.() === 0;
}

/** Installs the missing packages. */
export async function installPackages(packages: readonly string[], log: Log): Promise<void> {
  const listed = await run('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Abbrev}\n', ...packages]);
  const missing = packages.filter((name) => !listed.stdout.includes(`${name} ii`));
  if (missing.length === 0) return;
  log(`installing ${missing.join(', ')}`);
  const options = ['-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  const install = (): Promise<string> => must('apt-get', ['install', ...options, ...missing], { env: quiet });
  try {
    await install();
  } catch {
    // The usual reason is a missing or outdated package list.
    await must('apt-get', ['update', '-q'], { env: quiet });
    await install();
  }
}

/** The Debian mirror of this machine, also used for other suites. */
export async function debianMirror(): Promise<string> {
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)';
  const targets = await must('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const fields = targets.split('\n').map((line) => line.split('|'));
  const mirror = fields.find(
    ([origin, label, part]) => origin === 'Debian' && label === 'Debian' && part === 'main',
  )?.[3];
  if (mirror === undefined)
    throw new LabError('no Debian mirror among the apt sources of this machine (run apt-get update)');
  return mirror;
}
