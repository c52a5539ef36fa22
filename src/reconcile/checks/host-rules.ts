import { failed, ok, warning, type CheckName, type Verdict } from './check-result.js';
import type { CheckedHost, ClusterFacts, HostRule } from './checked-host.js';
import { dockerVerdict } from './docker-rules.js';
import type { DiskFact } from './facts.js';
import { cgroup, modules, swap } from './kernel-rules.js';

export const hostRules: readonly (readonly [CheckName, HostRule])[] = [
  ['docker', ({ docker, isNew }) => dockerVerdict(docker, { isNew })],
  ['disk', disk],
  ['memory', memory],
  ['cgroup', cgroup],
  ['kernel-modules', modules],
  ['swap', swap],
  ['leftovers', leftovers],
];

const fullKib = 500_000; // 500 MB: less does not take the images of any version
const lowKib = 2 * 2 ** 20;
const lowMemoryKib = 2 ** 20;

function disk({ facts: { disks }, containers, mustPull }: CheckedHost): Verdict | undefined {
  const { docker, etcd } = disks;
  if (docker === undefined) return undefined;
  if (mustPull && docker.freeKib < fullKib)
    return failed(
      `the disk of Docker is full but for ${amount(docker)}, and images are to be pulled`,
      'free space (docker system df shows what Docker uses), or give Docker a larger disk',
    );
  const hasEtcd = containers.some(({ name }) => name === 'etcd');
  const low = [docker, ...(hasEtcd && etcd !== undefined ? [etcd] : [])].find(
    ({ freeKib }) => freeKib < lowKib,
  );
  if (low === undefined) return ok(`${amount(docker)} free for Docker`);
  return warning(
    `only ${amount(low)} free on the disk at ${low.mount}, where ${low === docker ? 'Docker' : 'etcd'} keeps its data`,
    'free at least 2 GiB: the kubelet evicts pods and etcd stops where a disk gets full',
  );
}

function amount({ freeKib }: DiskFact): string {
  return gibibytes(freeKib);
}

function gibibytes(kibibytes: number): string {
  return kibibytes < 2 ** 20
    ? `${Math.floor(kibibytes / 1024)} MiB`
    : `${(kibibytes / 2 ** 20).toFixed(1)} GiB`;
}

function memory({ facts: { memoryKib } }: CheckedHost): Verdict | undefined {
  if (memoryKib === undefined) return undefined;
  return memoryKib < lowMemoryKib
    ? warning(
        `only ${gibibytes(memoryKib)} of memory`,
        'give the host at least 1 GiB, 2 GiB for a control plane',
      )
    : ok(`${gibibytes(memoryKib)} of memory`);
}

/** On a host that is new to us: what would make its etcd or its components part of a cluster that is gone. */
function leftovers({ facts, isNew, isKnown }: CheckedHost, { authorities }: ClusterFacts): Verdict {
  const clean = ok('nothing of another cluster');
  if (!isNew || isKnown) return clean;
  const { authority, etcdData } = facts;
  const isForeign = authority !== undefined && !authorities.map(withoutSpace).includes(authority);
  const found = [
    ...(isForeign ? ['certificates in /etc/kubernetes/ssl'] : []),
    ...(etcdData === 'data' ? ['data in /var/lib/etcd'] : []),
  ];
  if (found.length > 0)
    return failed(
      `it has what another cluster left: ${found.join(' and ')}`,
      'if that cluster is to live, rebuild its state with rke state recover, or put its state file beside cluster.yml; if not, take it off with its rke remove, or delete /etc/kubernetes and /var/lib/etcd on the host',
    );
  if (etcdData === 'closed')
    return warning(
      'its /var/lib/etcd is not empty, and may hold data of another cluster',
      'look into it as root; delete it unless it is needed',
    );
  return clean;
}

const withoutSpace = (text: string): string => text.replace(/\s/g, '');
