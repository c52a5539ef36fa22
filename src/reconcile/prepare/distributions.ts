/** How packages are installed. */
export type PackageManager = 'apt' | 'dnf' | 'zypper';

/** Where a release of a distribution gets Docker from. */
export interface DockerSource {
  /** The packages of the distribution itself, or the repository of Docker. */
  readonly from: 'distribution' | 'docker.com';
  /** Minor versions that can be had there, oldest first. */
  readonly minors: readonly string[];
  /** Packages of the distribution; those of docker.com are the same everywhere. */
  readonly packages: readonly string[];
}

interface Distribution {
  readonly manager: PackageManager;
  /** Directory of the distribution at download.docker.com, if Docker comes from there. */
  readonly repository?: string;
  /** Packages with modules that the kernel of a small installation lacks; absent if no package helps without another kernel. */
  readonly modulePackages?: readonly string[];
  /** By VERSION_ID of os-release, or the part of it before the dot. */
  readonly releases: Readonly<Record<string, DockerSource>>;
}

const debian = (minor: string, ...more: readonly string[]): DockerSource => ({
  from: 'distribution',
  minors: [minor],
  // Kernels of Debian have AppArmor on, and Docker starts no container without the parser of its profiles.
  packages: ['docker.io', 'apparmor', 'ca-certificates', ...more],
});
const dockerCom = (...minors: readonly string[]): DockerSource => ({
  from: 'docker.com',
  minors,
  packages: [],
});

const recent = ['26.0', '26.1', '27.0', '27.1', '27.2'];
const older = ['20.10', '23.0', '24.0', '25.0'];

const enterprise: Distribution = {
  manager: 'dnf',
  repository: 'centos',
  modulePackages: ['kernel-modules-$(uname -r)', 'kernel-modules-extra-$(uname -r)'],
  releases: {
    '8': dockerCom(...older, '26.0', '26.1'),
    '9': dockerCom(...older, ...recent),
  },
};

const suse: Distribution = {
  manager: 'zypper',
  // The repository keeps the updates of all years, so an older version can be asked for.
  releases: { '15': { from: 'distribution', minors: [...older, ...recent], packages: ['docker'] } },
};

/**
 * The distributions that `rke prepare` knows, by ID of os-release. A distribution that is like another one (ID_LIKE) is not
 * listed for that: its packages and their versions are its own (Amazon Linux is "like" Fedora). See decision 35.
 */
const distributions: Readonly<Record<string, Distribution>> = {
  debian: {
    manager: 'apt',
    releases: { '11': debian('20.10'), '12': debian('20.10'), '13': debian('26.1', 'docker-cli') },
  },
  ubuntu: {
    manager: 'apt',
    repository: 'ubuntu',
    modulePackages: ['linux-modules-extra-$(uname -r)'],
    releases: {
      '20.04': dockerCom(...older, ...recent),
      '22.04': dockerCom(...older, ...recent),
      '24.04': dockerCom(...recent),
    },
  },
  rhel: enterprise,
  centos: enterprise,
  rocky: enterprise,
  almalinux: enterprise,
  ol: enterprise,
  'opensuse-leap': suse,
  sles: suse,
};

/** Names of the distributions that `rke prepare` knows, for messages. */
export const knownDistributions =
  'Debian 11 to 13, Ubuntu 20.04, 22.04 and 24.04, RHEL, CentOS, Rocky, Alma and Oracle Linux 8 and 9, openSUSE Leap 15 and SLES 15';

/** os-release(5) of a host; '' for what it does not have. */
export interface OsRelease {
  readonly id: string;
  readonly versionId: string;
  readonly codename: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly prettyName: string;
}

/** What is known of the distribution of a host. */
export interface FoundDistribution extends Omit<Distribution, 'releases'> {
  /** The release as the table has it: `9` for 9.4. */
  readonly release: string;
  readonly source: DockerSource;
}

/** undefined for a distribution, or a release of one, that is not in the table. */
export function findDistribution({ id, versionId }: OsRelease): FoundDistribution | undefined {
  const found = Object.hasOwn(distributions, id) ? distributions[id] : undefined;
  if (found === undefined) return undefined;
  const { releases, ...rest } = found;
  const release = [versionId, versionId.split('.')[0] ?? ''].find((name) => Object.hasOwn(releases, name));
  const source = release === undefined ? undefined : releases[release];
  return release === undefined || source === undefined ? undefined : { ...rest, release, source };
}
