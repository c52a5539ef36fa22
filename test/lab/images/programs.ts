import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../process.js';
import { CACHE, type Log } from '../settings.js';
import { hashFolder, hashOf } from './hash.js';

/** Go programs of one module, built together and kept by the hash of their sources. */
export interface GoModule {
  readonly name: string;
  /** Folder beside this file. */
  readonly folder: string;
  /** Program name to Go package. */
  readonly programs: Readonly<Record<string, string>>;
  /** Arguments of the folder's `prepare`, which writes go.mod. */
  readonly prepare?: readonly string[];
  readonly tags?: string;
  /** Variables set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** True if the folder's `finish` adds files to the programs. */
  readonly isFinished?: true;
}

/** The minors of the two lab versions; anything else is the same source. */
export function hyperkube(version: string): GoModule {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const variables = Object.fromEntries(
    ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((pkg) => [
      [`${pkg}.gitVersion`, version],
      [`${pkg}.gitMajor`, major],
      [`${pkg}.gitMinor`, minor],
    ]),
  );
  return {
    name: `hyperkube ${version}`,
    folder: 'hyperkube',
    programs: { hyperkube: '.' },
    prepare: [version],
    tags: 'providerless',
    variables,
  };
}

const cni = 'github.com/containernetworking/plugins/plugins';
const calico = 'github.com/projectcalico/calico';
const criDockerd = 'github.com/Mirantis/cri-dockerd';
const calicoVersion = 'v3.28.5';

export const modules = {
  etcd: { name: 'etcd', folder: 'etcd', programs: { etcd: '.', etcdctl: 'go.etcd.io/etcd/etcdctl/v3' } },
  coredns: { name: 'coredns', folder: 'coredns', programs: { coredns: '.' } },
  metricsServer: {
    name: 'metrics-server',
    folder: 'metrics-server',
    programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
  },
  flanneld: { name: 'flanneld', folder: 'flanneld', programs: { flanneld: '.' } },
  cniPlugins: {
    name: 'CNI plugins',
    folder: 'cni-plugins',
    programs: {
      bridge: `${cni}/main/bridge`,
      loopback: `${cni}/main/loopback`,
      'host-local': `${cni}/ipam/host-local`,
      portmap: `${cni}/meta/portmap`,
      bandwidth: `${cni}/meta/bandwidth`,
    },
  },
  // Later releases of the plugins do not have it any more.
  cniFlannel: {
    name: 'CNI plugin flannel',
    folder: 'cni-flannel',
    programs: { flannel: `${cni}/meta/flannel` },
  },
  calico: {
    name: 'Calico',
    folder: 'calico',
    programs: {
      'calico-node': `${calico}/node/cmd/calico-node`,
      calico: `${calico}/cni-plugin/cmd/calico`,
      install: `${calico}/cni-plugin/cmd/install`,
      'kube-controllers': `${calico}/kube-controllers/cmd/kube-controllers`,
      'check-status': `${calico}/kube-controllers/cmd/check-status`,
    },
    variables: {
      'main.VERSION': calicoVersion,
      [`${calico}/node/pkg/lifecycle/startup.VERSION`]: calicoVersion,
      [`${calico}/felix/buildinfo.GitVersion`]: calicoVersion,
    },
    isFinished: true,
  },
  criDockerd: {
    name: 'cri-dockerd',
    folder: 'cri-dockerd',
    programs: { 'cri-dockerd': criDockerd },
    variables: { [`${criDockerd}/cmd/version.Version`]: '0.3.17' },
  },
  // For the machine that runs rke, not for an image.
  helm: {
    name: 'helm',
    folder: 'helm',
    programs: { helm: 'helm.sh/helm/v3/cmd/helm' },
    variables: { 'helm.sh/helm/v3/internal/version.version': 'v3.19.5' },
  },
  ingressNginx: {
    name: 'ingress-nginx',
    folder: 'ingress-nginx',
    programs: {
      'nginx-ingress-controller': 'k8s.io/ingress-nginx/cmd/nginx',
      'wait-shutdown': 'k8s.io/ingress-nginx/cmd/waitshutdown',
    },
    isFinished: true,
    variables: { 'k8s.io/ingress-nginx/version.RELEASE': 'v1.11.0-lab' },
  },
  traefik: {
    name: 'traefik',
    folder: 'traefik',
    programs: { traefik: 'github.com/traefik/traefik/v3/cmd/traefik' },
    variables: { 'github.com/traefik/traefik/v3/pkg/version.Version': '3.6.12' },
  },
  // The S3 server of the lab; it runs on a node.
  versitygw: {
    name: 'versitygw',
    folder: 'versitygw',
    programs: { versitygw: 'github.com/versity/versitygw/cmd/versitygw' },
  },
  etcdBackup: {
    name: 'rke-etcd-backup',
    folder: 'rke-etcd-backup',
    programs: { 'rke-etcd-backup': '.' },
  },
  tools: {
    name: 'tools',
    folder: 'tools',
    programs: Object.fromEntries(
      [
        'pause',
        'docker',
        'nginx-proxy',
        'cluster-proportional-autoscaler',
        'kube-dns',
        'default-backend',
        'kube-webhook-certgen',
      ].map((name) => [name, `./${name}`]),
    ),
  },
} as const satisfies Record<string, GoModule>;

const building = new Map<string, Promise<string>>();

/** Where a module's programs are, built now unless they were before. Images that share a module wait for one build. */
export function buildModule(module: GoModule, log: Log): Promise<string> {
  const found = building.get(module.name) ?? build(module, log);
  building.set(module.name, found);
  return found;
}

/** The directory of the programs of a module, whether they were built or not. */
export async function programsOf(module: GoModule): Promise<string> {
  return join(CACHE.root, 'programs', `${module.folder}-${await keyOf(module)}`);
}

async function keyOf(module: GoModule): Promise<string> {
  return hashOf(await hashFolder(sourceOf(module)), JSON.stringify(module));
}

const sourceOf = ({ folder }: GoModule): string => fileURLToPath(new URL(`${folder}/`, import.meta.url));

async function build(module: GoModule, log: Log): Promise<string> {
  const source = sourceOf(module);
  const key = await keyOf(module);
  const output = await programsOf(module);
  const isBuilt = await must('sh', ['-c', `test -d '${output}' && echo yes || echo no`]);
  if (isBuilt === 'yes') return output;
  const started = performance.now();
  log(`building ${module.name}`);
  const work = join(CACHE.root, 'work', `${module.folder}-${key}`);
  await rm(work, { recursive: true, force: true });
  await cp(source, work, { recursive: true });
  const env = { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  const inFolder = (script: string): Promise<string> =>
    must('sh', ['-c', `cd '${work}' && ${script}`], { env });
  if (module.prepare !== undefined) await inFolder(`./prepare ${module.prepare.join(' ')}`);
  const variables = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const flags = `-trimpath -ldflags '${['-s', '-w', ...variables].join(' ')}' ${module.tags === undefined ? '' : `-tags ${module.tags}`}`;
  await mkdir(join(work, 'out'));
  for (const [program, pkg] of Object.entries(module.programs))
    await inFolder(`go build ${flags} -o 'out/${program}' ${pkg}`);
  if (module.isFinished === true) await inFolder('./finish out');
  await mkdir(join(CACHE.root, 'programs'), { recursive: true });
  await rename(join(work, 'out'), output);
  await rm(work, { recursive: true, force: true });
  log(`built ${module.name} in ${Math.round((performance.now() - started) / 1000)}s`);
  return output;
}
