import { quoteForShell } from '../../core/shell-quote.js';
import type { FoundDistribution, OsRelease, PackageManager } from './distributions.js';

/** Fingerprints of the keys that sign Docker's repositories: https://docs.docker.com/engine/install/ (ubuntu, rhel). */
const signingKeys = {
  apt: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
  dnf: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
} as const;

export const aptKeyring = '/etc/apt/keyrings/rke-docker.gpg';
export const aptList = '/etc/apt/sources.list.d/rke-docker.list';
const rpmKey = '/etc/pki/rpm-gpg/RPM-GPG-KEY-rke-docker';
export const dnfList = '/etc/yum.repos.d/rke-docker.repo';

/** Another program may install something at the same time: apt, dnf and zypper then wait for it, within the limit of the step. */
const managers: Readonly<Record<PackageManager, (packages: string) => string[]>> = {
  apt: (packages) => [
    'export DEBIAN_FRONTEND=noninteractive',
    'apt-get -q update',
    `apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install ${packages}`,
  ],
  dnf: (packages) => [`dnf -q -y --setopt=install_weak_deps=False install ${packages}`],
  zypper: (packages) => [
    'export ZYPP_LOCK_TIMEOUT=300',
    `zypper --non-interactive install --no-recommends ${packages}`,
  ],
};

/** Installs packages. @param packages may have `$(uname -r)` */
export function installPackages(manager: PackageManager, packages: readonly string[]): string[] {
  return managers[manager](packages.map((name) => `"${name}"`).join(' '));
}

/** Installs a minor version of Docker, newest patch. Its version is kept by later updates of the host. */
export function installDocker({ manager, source }: FoundDistribution, minor: string): string[] {
  const { packages } = source;
  if (manager === 'zypper') {
    const [major = '', second = ''] = minor.split('.');
    const below = `docker<${major}.${Number(second) + 1}`;
    return [...managers.zypper(quoteForShell(below)), 'zypper --non-interactive addlock docker'];
  }
  if (source.from === 'distribution') return managers[manager](packages.join(' '));
  const engine = ['docker-ce', 'docker-ce-cli'];
  if (manager === 'apt')
    return [
      ...managers.apt([...engine.map((name) => `'${name}=5:${minor}.*'`), 'containerd.io'].join(' ')),
      `apt-mark hold ${engine.join(' ')}`,
    ];
  // The repository is off otherwise, so that an update of the host does not bring a version that is not supported.
  return managers.dnf(
    `--enablerepo=rke-docker ${[...engine.map((name) => `'${name}-${minor}.*'`), 'containerd.io'].join(' ')}`,
  );
}

/**
 * Adds the repository of Docker. Of the key that is downloaded only the one with the known fingerprint is taken, so a key that was
 * exchanged on the way, or added, is not trusted.
 */
export function addRepository(
  { manager, repository = '', release }: FoundDistribution,
  os: OsRelease,
): string[] {
  const address = `https://download.docker.com/linux/${repository}`;
  if (manager === 'apt')
    return [
      ...managers.apt('ca-certificates curl gnupg'),
      ...takeKey(`${address}/gpg`, '', { fingerprint: signingKeys.apt, file: aptKeyring }),
      `echo ${quoteForShell(`deb [signed-by=${aptKeyring}] ${address} ${os.codename} stable`)} >${aptList}`,
    ];
  const lines = [
    '[rke-docker]',
    'name=Docker',
    `baseurl=${address}/${release}/$basearch/stable`,
    'enabled=0',
    'gpgcheck=1',
    `gpgkey=file://${rpmKey}`,
  ];
  return [
    // curl (or curl-minimal, which is in conflict with it) and gpg are part of every installation, since dnf needs them.
    ...takeKey(`${address}/gpg`, '--armor ', { fingerprint: signingKeys.dnf, file: rpmKey }),
    `printf '%s\\n' ${lines.map(quoteForShell).join(' ')} >${dnfList}`,
  ];
}

function takeKey(
  address: string,
  armor: string,
  { fingerprint, file }: { readonly fingerprint: string; readonly file: string },
): string[] {
  const gpg = 'gpg --homedir "$keys" --batch --quiet';
  return [
    'keys="$(mktemp -d)"',
    `curl -fsSL --max-time 60 -o "$keys/downloaded" ${address}`,
    `${gpg} --import "$keys/downloaded"`,
    `${gpg} ${armor}--export ${fingerprint} >"$keys/checked"`,
    `[ -s "$keys/checked" ] || { echo "the key at ${address} is not the one of Docker (${fingerprint})"; exit 1; }`,
    `install -D -m 644 "$keys/checked" ${file}`,
    'rm -rf "$keys"',
  ];
}
