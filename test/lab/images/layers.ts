import { chmod, copyFile, mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { debianMirror, installPackages, isDebianAsRoot } from '../debian.js';
import { LabError, hasProgram, must } from '../process.js';
import { CACHE, type Log } from '../settings.js';
import { hashOf } from './hash.js';

/** A layer on disk: a gzipped tar. */
export interface Layer {
  readonly file: string;
}

/** What a layer has at a path: a file of this machine, a link, or an empty folder. */
export type Content = { readonly from: string } | { readonly link: string } | { readonly folder: true };

const layers = join(CACHE.root, 'layers');

/** Debian's programs that the images rely on: shell, iptables, what the kubelet and Calico call, BusyBox for nc and httpd. */
const basePackages = [
  ...[
    'bash',
    'coreutils',
    'findutils',
    'grep',
    'sed',
    'mawk',
    'tar',
    'gzip',
    'procps',
    'util-linux',
    'mount',
    'kmod',
  ],
  ...['iptables', 'ebtables', 'ipset', 'iproute2', 'conntrack', 'ethtool', 'socat', 'acl', 'ca-certificates'],
  ...['busybox-static', 'bird', 'runit'],
];

/** The layer under all images that need more than one static program. */
export async function baseLayer(log: Log): Promise<Layer> {
  return debianLayer('base', { suite: 'bookworm', packages: basePackages, log });
}

export interface DebianLayer {
  readonly suite: string;
  readonly packages: readonly string[];
  /** Placed above the packages. */
  readonly contents?: Readonly<Record<string, Content>>;
  /** Directories that every user may write to, with all below them. */
  readonly writable?: readonly string[];
  /** Programs that may use ports below 1024 whoever runs them. The packages must have `setcap`. */
  readonly lowPorts?: readonly string[];
  readonly log: Log;
}

/** A layer of Debian packages. */
export async function debianLayer(
  name: string,
  { suite, packages, contents = {}, writable = [], lowPorts = [], log }: DebianLayer,
): Promise<Layer> {
  const parts = [...packages, ...(await describeContents(contents)), ...writable, ...lowPorts];
  return cached(`${name}-${hashOf(...parts)}`, async (target) => {
    if (!(await hasProgram('debootstrap'))) {
      if (!(await isDebianAsRoot()))
        throw new LabError(
          'debootstrap is missing, and only on Debian as root can the lab install it itself',
        );
      await installPackages(['debootstrap'], log);
    }
    log(`making the layer ${name} of images from Debian packages`);
    const root = `${target}.root`;
    await rm(root, { recursive: true, force: true });
    await must('debootstrap', [
      '--variant=minbase',
      `--include=${packages.join(',')}`,
      suite,
      root,
      await debianMirror(),
    ]);
    for (const waste of [
      'var/cache/apt',
      'var/lib/apt/lists',
      'usr/share/doc',
      'usr/share/man',
      'usr/share/locale',
    ])
      await rm(join(root, waste), { recursive: true, force: true });
    for (const [path, content] of Object.entries(contents)) await place(join(root, path), content);
    for (const path of writable) {
      await mkdir(join(root, path), { recursive: true });
      await must('chmod', ['-R', 'a+rwX', join(root, path)]);
    }
    for (const path of lowPorts) await must('chroot', [root, 'setcap', 'cap_net_bind_service=+ep', path]);
    await pack(root, target);
    await rm(root, { recursive: true, force: true });
  });
}

/** A layer of the given paths (absolute in the image). */
export async function filesLayer(name: string, contents: Readonly<Record<string, Content>>): Promise<Layer> {
  const parts = await describeContents(contents);
  return cached(`${name}-${hashOf(...parts)}`, async (target) => {
    const root = `${target}.root`;
    await rm(root, { recursive: true, force: true });
    for (const [path, content] of Object.entries(contents)) await place(join(root, path), content);
    await pack(root, target);
    await rm(root, { recursive: true, force: true });
  });
}

function describeContents(contents: Readonly<Record<string, Content>>): Promise<string[]> {
  return Promise.all(
    Object.entries(contents).map(
      async ([path, content]) =>
        `${path} ${JSON.stringify(content)} ${'from' in content ? await fingerprint(content.from) : ''}`,
    ),
  );
}

async function place(path: string, content: Content): Promise<void> {
  await mkdir('folder' in content ? path : dirname(path), { recursive: true });
  if ('link' in content) {
    await rm(path, { force: true });
    await symlink(content.link, path);
  }
  if ('from' in content) {
    await copyFile(content.from, path);
    await chmod(path, 0o755);
  }
}

/** Programs are kept under a name that says their content, so size and time are enough to know them by. */
async function fingerprint(file: string): Promise<string> {
  const { size } = await stat(file);
  return `${file}:${size}:${size < 100_000 ? await must('sha256sum', [file]) : ''}`;
}

async function cached(name: string, make: (target: string) => Promise<void>): Promise<Layer> {
  const file = join(layers, `${name}.tar.gz`);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(layers, { recursive: true });
    await make(`${file}.new`);
    await rename(`${file}.new`, file);
  }
  return { file };
}

/** The same content gives the same bytes, so a registry that has a layer is not given it again. */
async function pack(root: string, target: string): Promise<void> {
  const same = '--sort=name --mtime=@0 --pax-option=delete=atime,delete=ctime --owner=0 --group=0';
  const tar = `tar -C '${root}' ${same} --numeric-owner --xattrs --xattrs-include=security.capability -c .`;
  // A low level: nodes unpack these many times on few cores, and the network is this machine's own.
  await must('bash', ['-o', 'pipefail', '-c', `${tar} | gzip -n -3 > '${target}'`]);
}
