import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import type { HostFacts } from '../../src/plan/host-context.js';
import type { FlagOptions, ServiceOptions } from '../../src/plan/container/flags.js';

/**
 * The plan of RKE for a cluster.yml, with RKE's keys. Empty strings, lists and maps are omitted; `resolved` is the configuration
 * of its state file; flags are sorted, because RKE's order is random.
 */
export interface Vector {
  readonly ok: boolean;
  readonly version: string;
  readonly resolved: ClusterSpec;
  /** What differs when RKE reads the file that it wrote. */
  readonly resolvedSecondPass?: Partial<ClusterSpec>;
  readonly nodes: Readonly<Record<string, VectorNode>>;
  readonly deployedFiles: readonly {
    readonly path: string;
    readonly hosts: string;
    readonly contents: string;
  }[];
}

export interface VectorNode {
  readonly facts?: string;
  readonly prefixPath: string;
  readonly processes: Readonly<Record<string, VectorProcess>>;
  readonly rollingSnapshotContainer?: {
    readonly name: string;
    readonly body: {
      readonly Image: string;
      readonly Cmd: readonly string[];
      readonly Env?: readonly string[];
      readonly HostConfig: VectorHostConfig & { readonly Binds?: readonly string[] };
    };
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly labelsRemoved?: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints?: readonly string[];
  readonly portChecks: readonly {
    readonly address: string;
    readonly port: number;
    readonly protocol: string;
  }[];
}

export interface VectorProcess {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly binds?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly imageRegistryAuthConfig?: string;
  readonly healthCheck?: { readonly url: string };
  readonly docker: { readonly hostConfig: VectorHostConfig; readonly config?: { readonly User?: string } };
}

export interface VectorHostConfig {
  readonly NetworkMode?: string;
  readonly PidMode?: string;
  readonly Privileged?: boolean;
  readonly RestartPolicy?: { readonly Name: string };
  readonly VolumesFrom?: readonly string[];
  readonly SecurityOpt?: readonly string[];
}

/** The vectors in the repository. */
export const ownVectors = fileURLToPath(new URL('../fixtures/vectors/plans', import.meta.url));
const directory = process.env['RKE_VECTORS'] ?? ownVectors;

/** Names of all vectors, `001-minimal-one-node` and so on, sorted. */
export function vectorNames(from = directory): string[] {
  return readdirSync(from)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

export function readVector(name: string, from = directory): Vector {
  return JSON.parse(readFileSync(`${from}/${name}.json`, 'utf8')) as Vector;
}

type CatalogueOptions = Record<keyof ServiceOptions, FlagOptions | null>;

const catalogue = JSON.parse(
  readFileSync(new URL('../../src/versions/data/service-options.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, CatalogueOptions>>;

/** The catalogue's options of a version: its entry, or that of its minor version. */
export function serviceOptions(version: string): ServiceOptions {
  const found = catalogue[version] ?? catalogue[/^v\d+\.\d+/.exec(version)?.[0] ?? ''];
  if (found === undefined) throw new Error(`no service options for ${version}`);
  return {
    etcd: found.etcd ?? {},
    kubeapi: found.kubeapi ?? {},
    kubelet: found.kubelet ?? {},
    kubeproxy: found.kubeproxy ?? {},
    kubeController: found.kubeController ?? {},
    scheduler: found.scheduler ?? {},
  };
}

/** Tag of rke-tools in the default version of the metadata of a vector: that of RKE 1.7 knows 1.31. */
export function snapshotImageTag(version: string): string {
  return version.startsWith('v1.31.') ? 'v0.1.100' : 'v0.1.103';
}

const debian: HostFacts = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: ['name=seccomp,profile=builtin'],
};

/** Facts by the label `oracle-facts` of a vector's node. */
const factsByLabel: Readonly<Record<string, Partial<HostFacts>>> = {
  windows: { osType: 'windows', operatingSystem: 'Windows Server 2019', rootDir: 'C:\\ProgramData\\docker' },
  arm64: { architecture: 'aarch64' },
  selinux: { operatingSystem: 'Rocky Linux 9.4 (Blue Onyx)', securityOptions: ['name=selinux'] },
  flatcar: { operatingSystem: 'Flatcar Container Linux by Kinvolk' },
  rancheros: { operatingSystem: 'RancherOS v1.5.8' },
  dataroot: { rootDir: '/data/docker' },
};

/** Facts of the hosts of a vector, by address. */
export function vectorFacts({ nodes }: Pick<Vector, 'nodes'>): Map<string, HostFacts> {
  return new Map(
    Object.entries(nodes).map(([address, { facts }]) => [
      address,
      { ...debian, ...factsByLabel[facts ?? ''] },
    ]),
  );
}
