import { failed, ok, warning, type CheckName, type Verdict } from './check-result.js';
import type { CheckedHost, ClusterFacts, HostRule } from './checked-host.js';
import { dockerVerdict, storageDriverVerdict } from './docker-rules.js';
import type { DiskFact } from './facts.js';
import { cgroup, modules, swap, sysctl } from './kernel-rules.js';

export const hostRules: readonly (readonly [CheckName, HostRule])[] = [
  ['docker', ({ docker, isNew }) => dockerVerdict(docker, { isNew })],
  ['storage-driver', ({ docker }) => storageDriverVerdict(docker)],
  ['disk', disk],
  ['memory', memory],
  ['cgroup', cgroup],
  ['kernel-modules', modules],
  ['sysctl', sysctl],
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
      `only ${amount(docker)} free for Docker at ${docker.mount}, and images must be pulled`,
      'free space (`docker system df` shows what Docker uses), or move Docker to a larger disk',
    );
  const hasEtcd = containers.some(({ name }) => name === 'etcd');
  const low = [docker, ...(hasEtcd && etcd !== undefined ? [etcd] : [])].find(
    ({ freeKib }) => freeKib < lowKib,
  );
  if (low === undefined) return ok(`${amount(docker)} free for Docker`);
  return warning(
    `only ${amount(low)} free on the disk at ${low.mount}, where ${low === docker ? 'Docker' : 'etcd'} keeps its data`,
    'free at least 2 GiB: on a full disk the kubelet evicts pods and etcd stops',
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

/** On a new host: certificates or data that would make its components part of another cluster. */
function leftovers({ facts, isNew, isKnown }: CheckedHost, { caCertificates }: ClusterFacts): Verdict {
  const clean = ok('nothing left by another cluster');
  if (!isNew || isKnown) return clean;
  const { caCertificate, etcdData } = facts;
  const isForeign = caCertificate !== undefined && !caCertificates.map(withoutSpace).includes(caCertificate);
  const found = [
    ...(isForeign ? ['certificates in /etc/kubernetes/ssl'] : []),
    ...(etcdData === 'data' ? ['data in /var/lib/etcd'] : []),
  ];
  if (found.length > 0)
    return failed(
      `another cluster left ${found.join(' and ')}`,
      'to keep that cluster, rebuild its state with `rke state recover`, or put its state file next to cluster.yml; otherwise run `rke remove` with its cluster.yml, or delete /etc/kubernetes and /var/lib/etcd on the host',
    );
  if (etcdData === 'closed')
    return warning(
      '/var/lib/etcd is not empty and may have data of another cluster',
      'check it as root (`sudo ls /var/lib/etcd/member`), and delete it if it is not needed',
    );
  return clean;
}

const withoutSpace = (text: string): string => text.replace(/\s/g, '');
