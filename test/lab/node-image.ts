import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianMirror, installPackages, isDebianAsRoot } from './debian.js';
import { lines, type Docker } from './docker.js';
import { withLock } from './lock.js';
import { must, run } from './process.js';
import {
  CACHE,
  DOCKER_VERSIONS,
  IN_NODE,
  LABEL,
  NODE_FILES,
  type DockerVersion,
  type Log,
} from './settings.js';

/** The packages of a node; registry and DNS are for the services container, which uses the same image. */
const PACKAGES = [
  ...[
    'docker.io',
    'openssh-server',
    'iptables',
    'iproute2',
    'ca-certificates',
    'curl',
    'jq',
    'procps',
    'kmod',
  ],
  ...['conntrack', 'ebtables', 'ipset', 'socat', 'docker-registry', 'dnsmasq-base'],
];

/** The name of the image of nodes with a Docker version, built if the engine does not have it yet. */
export async function ensureNodeImage(docker: Docker, version: DockerVersion, log: Log): Promise<string> {
  const suite = DOCKER_VERSIONS[version];
  // After bookworm, Debian has a separate package for the command line.
  const packages = suite === 'bookworm' ? PACKAGES : [...PACKAGES, 'docker-cli'];
  const files = await readFiles();
  const baseKey = digest([suite, ...packages, files.get('provision') ?? '']);
  const name = `rke-lab/node:${version}-${digest([baseKey, ...[...files].flat()])}`;
  if (await docker.has('image', name)) return name;
  return withLock(`node-image-${version}`, async () => {
    if (await docker.has('image', name)) return name;
    const base = `rke-lab/base:${suite}-${baseKey}`;
    if (!(await docker.has('image', base))) await makeBase(docker, { suite, packages, base, log });
    await addFiles(docker, base, name);
    await removeOthers(docker, name);
    await removeOthers(docker, base);
    return name;
  });
}

interface Base {
  readonly suite: string;
  readonly packages: readonly string[];
  readonly base: string;
  readonly log: Log;
}

async function makeBase(docker: Docker, wanted: Base): Promise<void> {
  if (!(await isDebianAsRoot())) {
    await baseFromImage(docker, wanted);
    return;
  }
  const tar = join(CACHE.base, `${wanted.base.replace(/.*:/, '')}.tar`);
  if ((await run('test', ['-f', tar])).code !== 0) await debootstrap(tar, wanted);
  await docker.run(['image', 'import', '--change', `LABEL ${LABEL}=1`, tar, wanted.base]);
}

/** Debian, built from its packages in 40 s. The tree is kept as a tar, so that a new engine need not build it again. */
async function debootstrap(tar: string, { suite, packages, log }: Base): Promise<void> {
  await installPackages(['debootstrap', 'debian-archive-keyring'], log);
  log(`building the base of nodes from Debian ${suite} packages (about a minute, once)`);
  const root = await mkdtemp(join(tmpdir(), 'rke-lab-'));
  try {
    const include = `--include=${packages.join(',')}`;
    const onLine = eachStageOnce((stage) => log(`  ${suite}: ${stage}`));
    await must('debootstrap', ['--variant=minbase', include, suite, root, await debianMirror()], { onLine });
    await must('chroot', [root, 'sh', '-s'], {
      input: await readFile(join(NODE_FILES, 'provision'), 'utf8'),
    });
    await mkdir(CACHE.base, { recursive: true });
    await must('tar', ['-C', root, '--one-file-system', '-cf', `${tar}.part`, '.']);
    await rename(`${tar}.part`, tar);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** It prints "I: Unpacking …" for each of 150 packages. */
function eachStageOnce(show: (stage: string) => void): (line: string) => void {
  const shown = new Set<string>();
  return (line) => {
    const stage = /^I: (\w+)/.exec(line)?.[1];
    if (stage === undefined || shown.has(stage)) return;
    shown.add(stage);
    show(line.slice(3));
  };
}

/** If debootstrap cannot run, the image starts from that of Debian: such a machine has a network to pull it. */
async function baseFromImage(docker: Docker, { suite, packages, base, log }: Base): Promise<void> {
  log(`building the base of nodes on the image debian:${suite}-slim (a minute or two, once)`);
  const build = `rke-lab-build-${process.pid}`;
  const install = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const script = `export DEBIAN_FRONTEND=noninteractive; ${install} && sh -s <<'END'\n${await readFile(join(NODE_FILES, 'provision'), 'utf8')}END\n`;
  const label = ['--label', `${LABEL}=1`];
  try {
    await docker.run([
      'run',
      '--name',
      build,
      '--network',
      'host',
      ...label,
      `debian:${suite}-slim`,
      'sh',
      '-c',
      script,
    ]);
    await docker.run(['commit', '--change', `LABEL ${LABEL}=1`, build, base]);
  } finally {
    await docker.try(['rm', '-fv', build]);
  }
}

/** Without `docker build`, because a builder is not available everywhere and requires a network. */
async function addFiles(docker: Docker, base: string, name: string): Promise<void> {
  const container = await docker.run(['create', '--label', `${LABEL}=1`, base, '/bin/true']);
  try {
    await docker.run(['cp', `${NODE_FILES}.`, `${container}:${IN_NODE}`]);
    const changes = [`ENTRYPOINT ["${IN_NODE}/entry"]`, 'CMD []', `LABEL ${LABEL}=1`];
    await docker.run(['commit', ...changes.flatMap((change) => ['--change', change]), container, name]);
  } finally {
    await docker.try(['rm', '-fv', container]);
  }
}

/** Removes images built from older sources, except those in use. */
async function removeOthers(docker: Docker, name: string): Promise<void> {
  const kind = name.slice(0, name.lastIndexOf('-'));
  const all = lines(await docker.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']));
  for (const other of all)
    if (other.startsWith(`${kind}-`) && other !== name) await docker.try(['image', 'rm', other]);
}

async function readFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of (await readdir(NODE_FILES)).toSorted()) {
    files.set(name, await readFile(join(NODE_FILES, name), 'utf8'));
  }
  return files;
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
