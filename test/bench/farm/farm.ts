import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { NodeSpec } from '../../../src/config/cluster-spec.js';
import { loadCluster } from '../../../src/config/validate.js';
import { dockerFacts } from '../../../src/host/docker/docker-requests.js';
import type { CertificateBundle } from '../../../src/pki/certificates.js';
import type { ClusterPlan, NodePlan } from '../../../src/plan/cluster-plan-types.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { issueCertificates } from '../../../src/commands/up/issue-certificates.js';
import { planCluster } from '../../../src/run/plan-cluster.js';
import { createFileStore } from '../../../src/state/file-store.js';
import { withCurrent, withDesired } from '../../../src/state/next-state.js';
import { clusterPaths } from '../../../src/state/paths.js';
import { makeKey } from '../../host/fake-sshd.js';
import { createDocker, infoOf } from './docker.js';
import { createEtcdMember } from './etcd.js';
import { createKube } from './kube.js';
import { SimulatedHost } from './simulated-host.js';

/** A cluster of simulated hosts. */
export interface Farm extends AsyncDisposable {
  readonly plan: ClusterPlan;
  readonly hosts: ReadonlyMap<string, SimulatedHost>;
  /** Milliseconds of a round trip to a host. */
  latency: number;
}

/** What a test wants to see, and what it changes. */
export interface FarmObserver {
  /** What is on a host at the moment, if it is not what the plan wants there. */
  readonly onHost?: (node: NodePlan) => NodePlan;
  /** Every request to Docker or to the Kubernetes API: `docker GET /info`. */
  readonly onRequest?: (request: string) => void;
  /** Every command line on a host. */
  readonly onCommand?: (command: string) => void;
  /** Answers what the members of etcd are asked, and not only for their health. */
  readonly hasEtcd?: boolean;
  /** Empty hosts after those of cluster.yml; `grown.yml` has them, too. None by default. */
  readonly spares?: number;
}

/**
 * Starts simulated hosts that match a new cluster.yml in a directory, and saves the state of the run that created them beside that
 * file.
 */
export async function startFarm(folder: string, count: number, observer: FarmObserver = {}): Promise<Farm> {
  const { spares = 0 } = observer;
  const listening = await listen();
  const key = makeKey();
  await writeFile(join(folder, 'id'), key.private, { mode: 0o600 });
  const text = (nodes: number): string => clusterYml(nodes, listening.port, join(folder, 'id'));
  await writeFile(join(folder, 'cluster.yml'), text(count));
  if (spares > 0) await writeFile(join(folder, 'grown.yml'), text(count + spares));
  const { plan, bundle } = await build(folder);

  const { certificatePEM: cert = '', keyPEM: serverKey = '' } = bundle['kube-apiserver'] ?? {};
  const note =
    (what: string) =>
    ({ method = '', url = '' }: IncomingMessage): void =>
      observer.onRequest?.(`${what} ${method} ${url}`);
  const nodes = [...plan.nodes, ...emptyHosts(plan, spares)];
  const now = new Map(nodes.map((node) => [node.node.hostnameOverride, node]));
  const kube = createKube(plan, bundle, now).prependListener('request', note('kube'));
  const hostKey = makeKey().private;
  const hosts = new Map(
    nodes.map((node) => [
      node.node.address,
      new SimulatedHost(hostKey, {
        docker: createDocker({
          current: () => observer.onHost?.(node) ?? now.get(node.node.hostnameOverride) ?? node,
          change: (next) => now.set(node.node.hostnameOverride, next),
        }).prependListener('request', note('docker')),
        isEmpty: () => now.get(node.node.hostnameOverride)?.containers.length === 0,
        kube,
        ...(observer.hasEtcd === true && node.node.role.includes('etcd')
          ? { etcd: createEtcdMember(plan, node.node.address, { cert, key: serverKey }) }
          : {}),
        identity: { cert, key: serverKey },
        onCommand: observer.onCommand,
      }),
    ]),
  );
  const farm: Farm = {
    plan,
    hosts,
    latency: 0,
    [Symbol.asyncDispose]: () => listening.close(),
  };
  listening.take = (address, socket) => hosts.get(address)?.take(socket, farm.latency);
  return farm;
}

/** Hosts of workers on which nothing has ever run. */
function emptyHosts({ nodes }: ClusterPlan, count: number): NodePlan[] {
  return nodes.slice(0, 1).flatMap((first) =>
    Array.from({ length: count }, (_, index): NodePlan => {
      const names = namesOf(nodes.length + index);
      return {
        ...first,
        node: { ...first.node, ...names, role: ['worker'] },
        identity: { hostname: names.hostnameOverride },
        containers: [],
        files: [],
        images: [],
        labels: {},
        annotations: {},
        taints: [],
      };
    }),
  );
}

function namesOf(index: number): Pick<NodeSpec, 'address' | 'internalAddress' | 'hostnameOverride'> {
  const tail = `${index >> 8}.${index & 255}`;
  return { address: `127.20.${tail}`, internalAddress: `10.20.${tail}`, hostnameOverride: `node-${index}` };
}

interface Port {
  readonly port: number;
  /** The simulated host of each address. */
  take: (address: string, socket: Socket) => void;
  close: () => Promise<void>;
}

/** One port at all addresses of the loopback network: the address selects the host. */
async function listen(): Promise<Port> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '0.0.0.0', backlog: 2048 }, resolve));
  const listening: Port = {
    port: (server.address() as AddressInfo).port,
    take: () => undefined,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
  server.on('connection', (socket) => listening.take(socket.localAddress ?? '', socket));
  return listening;
}

async function build(folder: string): Promise<{ plan: ClusterPlan; bundle: CertificateBundle }> {
  const path = join(folder, 'cluster.yml');
  const catalog = await loadCatalog();
  const loaded = loadCluster(await readFile(path, 'utf8'), { catalog });
  if (!loaded.ok) throw new Error(`the cluster file of the bench: ${JSON.stringify(loaded.diagnostics[0])}`);
  const spec = { ...loaded.value, ignoreDockerVersion: false };
  const events = { emit: () => undefined };
  const bundle = await issueCertificates({ spec }, undefined, { events });
  const store = createFileStore(clusterPaths(path).state);
  await store.save(withCurrent(withDesired(undefined, spec, { certificates: bundle, encryptionConfig: '' })));
  const running = (await store.load())?.currentState.rkeConfig;
  const facts = new Map(spec.nodes.map((node) => [node.address, dockerFacts(infoOf({ node }), '1.41')]));
  const plan = planCluster({ spec, catalog }, facts, { certificates: bundle, encryptionConfig: '' }, running);
  return { plan, bundle };
}

/** Three nodes with etcd and the control plane, the others are workers. */
function clusterYml(count: number, port: number, key: string): string {
  const nodes = Array.from({ length: count }, (_, index) => {
    const { address, internalAddress, hostnameOverride } = namesOf(index);
    const role = index < 3 ? 'controlplane, etcd' : 'worker';
    return `  - { address: ${address}, port: ${port}, internal_address: ${internalAddress}, hostname_override: ${hostnameOverride}, user: ops, role: [${role}] }`;
  });
  return `kubernetes_version: v1.30.4-rancher1-1
ssh_key_path: ${key}
network: { plugin: flannel }
ingress: { provider: none }
services: { kube-controller: { cluster_cidr: 10.128.0.0/9 } }
nodes:
${nodes.join('\n')}
`;
}
