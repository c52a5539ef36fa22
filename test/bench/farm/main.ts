import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { loadCluster } from '../../../src/config/validate.js';
import { dockerFacts } from '../../../src/host/docker/docker-requests.js';
import type { CertificateBundle } from '../../../src/pki/certificates.js';
import type { ClusterPlan } from '../../../src/plan/cluster-plan-types.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';
import { issueCertificates } from '../../../src/commands/up/issue-certificates.js';
import { planCluster } from '../../../src/run/plan-cluster.js';
import { createFileStore } from '../../../src/state/file-store.js';
import { withCurrent, withDesired } from '../../../src/state/next-state.js';
import { clusterPaths } from '../../../src/state/paths.js';
import { makeKey } from '../../host/fake-sshd.js';
import { createDocker, infoOf } from './docker.js';
import { createKube } from './kube.js';
import { SimulatedHost, type HostCounts } from './simulated-host.js';

/** The messages to the farm, and its responses. */
export type FarmQuestion = { readonly latency: number };
export type FarmAnswer = { readonly ready: true } | { readonly counts: readonly HostCounts[] };

/**
 * A separate process, so that its time does not count as that of the run: a cluster of simulated hosts that matches its
 * cluster.yml, with the state of the run that created it beside that file. Each message sets the time of a round trip and
 * is answered with the statistics of the hosts so far.
 */
async function main(folder: string, count: number): Promise<void> {
  const listening = await listen();
  const key = makeKey();
  await writeFile(join(folder, 'id'), key.private, { mode: 0o600 });
  await writeFile(join(folder, 'cluster.yml'), clusterYml(count, listening.port, join(folder, 'id')));
  const { plan, bundle } = await build(folder);

  const { certificatePEM: cert = '', keyPEM: serverKey = '' } = bundle['kube-apiserver'] ?? {};
  const kube = createKube(plan, bundle);
  const hostKey = makeKey().private;
  const hosts = new Map(
    plan.nodes.map((node) => [
      node.node.address,
      new SimulatedHost(hostKey, {
        docker: createDocker(node),
        kube: node.node.role.includes('controlplane') ? kube : undefined,
        identity: { cert, key: serverKey },
      }),
    ]),
  );
  let latency = 0;
  listening.take = (address, socket) => hosts.get(address)?.take(socket, latency);
  process.on('message', (question: FarmQuestion) => {
    ({ latency } = question);
    process.send?.({ counts: [...hosts.values()].map((host) => host.takeCounts()) } satisfies FarmAnswer);
  });
  process.once('disconnect', () => process.exit());
  process.send?.({ ready: true } satisfies FarmAnswer);
}

interface Port {
  readonly port: number;
  /** The simulated host of each address. */
  take: (address: string, socket: Socket) => void;
}

/** One port at all addresses of the loopback network: the address selects the host. */
async function listen(): Promise<Port> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '0.0.0.0', backlog: 2048 }, resolve));
  const listening: Port = { port: (server.address() as AddressInfo).port, take: () => undefined };
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
    const tail = `${index >> 8}.${index & 255}`;
    const role = index < 3 ? 'controlplane, etcd' : 'worker';
    return `  - { address: 127.20.${tail}, port: ${port}, internal_address: 10.20.${tail}, hostname_override: node-${index}, user: ops, role: [${role}] }`;
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

const [folder = '', count = ''] = process.argv.slice(2);
await main(folder, Number(count));
