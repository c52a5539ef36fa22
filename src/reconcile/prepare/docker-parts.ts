import { quoteForShell } from '../../core/shell-quote.js';
import {
  findDistribution,
  knownDistributions,
  type FoundDistribution,
  type OsRelease,
  type PackageManager,
} from './distributions.js';
import { addRepository, installDocker } from './package-commands.js';
import type { PartPlan, SurveyedHost, Wanted } from './surveyed-host.js';
import type { ByHand, PrepareStep } from './prepare-step.js';

const why = 'every component of the cluster is a container of Docker';

/** Installs Docker where it is missing, starts it, and lets the user use it. */
export function docker(host: SurveyedHost, { dockerMinors }: Pick<Wanted, 'dockerMinors'>): PartPlan {
  const { state, dockerSocket } = host;
  const { dockerVersion, hasSnap, running } = state;
  if (dockerVersion !== undefined) {
    const unsupported = refuseVersion(dockerVersion, dockerMinors);
    return [...unsupported, ...(running.has('dockerd') ? [] : [start]), ...joinGroup(host)];
  }
  if (hasSnap)
    return [
      byHand('Docker was installed from a snap, and its containers cannot use the directories of the host', {
        fix: 'run `sudo snap remove docker` on the host if nothing needs its containers, then run `rke prepare` again',
      }),
    ];
  if (running.has('kubelet'))
    return [
      byHand('a kubelet runs without Docker: the host is a node of another Kubernetes', {
        fix: 'remove the other Kubernetes from the host first',
      }),
    ];
  if (dockerSocket !== undefined)
    return [
      byHand(
        `cluster.yml has docker_socket ${dockerSocket}, and rke prepare installs Docker with its usual socket`,
        {
          fix: 'remove `docker_socket` from cluster.yml, or install the Docker that has this socket',
        },
      ),
    ];
  return [...install(host, dockerMinors), ...joinGroup(host)];
}

const byHand = (message: string, { fix }: { readonly fix: string }): ByHand => ({
  part: 'docker',
  message,
  why,
  fix,
});

/** Docker that is there is left alone: its containers would stop. */
function refuseVersion(version: string, minors: readonly string[] | undefined): ByHand[] {
  const minor = version.split('.').slice(0, 2).join('.');
  if (minors === undefined || minors.includes(minor)) return [];
  return [
    byHand(`Docker ${version} is installed, which this Kubernetes version does not support`, {
      fix: `drain the node if it has one, and install one of ${supported(minors)}; or accept this one with --ignore-docker-version`,
    }),
  ];
}

/** The newest ones, in full they are 20. */
const supported = (minors: readonly string[]): string => minors.slice(-4).join(', ');

function install({ state }: SurveyedHost, minors: readonly string[] | undefined): PartPlan {
  const found = findDistribution(state.os);
  const { prettyName } = state.os;
  if (found === undefined)
    return [
      byHand(`rke prepare does not know how to install Docker on ${prettyName}`, {
        fix: `install Docker ${minors === undefined ? '' : `(one of ${supported(minors)}) `}with the packages of the distribution, and run \`rke prepare\` again for the rest; it knows ${knownDistributions}`,
      }),
    ];
  const minor = found.source.minors.findLast((one) => minors === undefined || minors.includes(one));
  if (minor === undefined)
    return [
      byHand(`no Docker for ${prettyName} is one that this Kubernetes version supports`, {
        fix: `use another release of the distribution or a newer \`kubernetes_version\`, or accept another Docker (${found.source.minors.at(-1) ?? ''}) with --ignore-docker-version`,
      }),
    ];
  return [...repository(found, state), installStep(found, minor, state.os), start];
}

function repository(found: FoundDistribution, { os, hasRepository }: SurveyedHost['state']): PrepareStep[] {
  if (found.source.from === 'distribution' || hasRepository) return [];
  return [
    {
      part: 'docker-repository',
      title: 'add the repository of docker.com',
      why: 'the packages of the distribution are not of a version that Kubernetes was tested with',
      commands: addRepository(found, os),
      check: 'the repository is in the sources of packages',
      limitSeconds: 300,
    },
  ];
}

const installStep = (found: FoundDistribution, minor: string, os: OsRelease): PrepareStep => ({
  part: 'docker',
  title: `install Docker ${minor}`,
  why,
  commands: installDocker(found, minor),
  check: 'dockerd is there, in a version that is supported',
  limitSeconds: 900,
  hint: hints[found.manager](os),
});

const hints: Readonly<Record<PackageManager, (os: OsRelease) => string>> = {
  apt: () => 'if an installation was interrupted, run `sudo dpkg --configure -a` on the host',
  dnf: () => 'if packages are in conflict with it, remove them (`sudo dnf remove podman buildah runc`)',
  zypper: ({ versionId }) =>
    `on SLES, activate the module with Docker (\`sudo SUSEConnect -p sle-module-containers/${versionId}/x86_64\`)`,
};

const start: PrepareStep = {
  part: 'docker-service',
  title: 'start Docker, now and at boot',
  why,
  commands: ['systemctl enable --now docker'],
  check: 'dockerd runs',
  limitSeconds: 120,
};

/** In a group that gives root: so it is a step, shown like all others. */
function joinGroup({ state, dockerSocket }: SurveyedHost): PrepareStep[] {
  const { user, isRoot, mayUseDocker, groups } = state;
  if (isRoot || mayUseDocker || groups.includes('docker') || dockerSocket !== undefined) return [];
  return [
    {
      part: 'docker-group',
      title: `add user ${user} to the group docker`,
      why: 'rke uses Docker as this user; members of the group can do what root can',
      commands: [`usermod -aG docker ${quoteForShell(user)}`],
      check: `${user} is in the group docker`,
      limitSeconds: 30,
    },
  ];
}
