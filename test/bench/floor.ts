import { packFiles } from '../../src/host/tar.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { LabNode } from '../lab/node.js';
import { until } from '../tools/until.js';

/**
 * The floor: starting the containers of a plan with the Docker CLI of each node, with nothing before and nothing between but
 * waits for readiness. No tool can be faster than this in the lab.
 *
 * @returns seconds until all nodes are Ready and CoreDNS is available
 */
export async function measureFloor(
  plan: ClusterPlan,
  nodes: readonly LabNode[],
  kubeconfig: string,
): Promise<number> {
  const hosts = plan.nodes.map((node) => ({ plan: node, node: nodeOf(nodes, node) }));
  const [first] = hosts;
  if (first === undefined) throw new Error('a plan without nodes');
  const kubectl = (args: string, input?: string): Promise<string> =>
    first.node.must(
      ['sh', '-c', `docker exec -i kube-apiserver kubectl --kubeconfig /etc/kubernetes/admin ${args}`],
      { input },
    );
  const started = performance.now();

  await Promise.all(
    hosts.map(({ plan: { files }, node }) =>
      putFiles(node, [...files, { ...adminFile, content: kubeconfig }]),
    ),
  );
  await startAll(hosts, ['etcd', 'etcd-rolling-snapshots', 'service-sidekick']);
  await patiently(() =>
    Promise.all(
      hosts.map(({ node }) => node.must(['docker', 'exec', 'etcd', 'etcdctl', 'endpoint', 'health'])),
    ),
  );
  await startAll(hosts, ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
  await patiently(() => kubectl('get --raw /readyz'));
  const objects = plan.addons.flatMap((addon) => addon.objects);
  await Promise.all([
    startAll(hosts, ['kubelet', 'kube-proxy']),
    patiently(() =>
      kubectl(
        'apply --server-side --force-conflicts -f -',
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
      ),
    ),
    ...hosts.map(({ plan: { node, labels } }) =>
      patiently(() =>
        kubectl(
          `label node ${node.hostnameOverride} --overwrite ${Object.entries(labels)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}`,
        ),
      ),
    ),
  ]);
  await patiently(async () => {
    const ready = await kubectl(
      `get nodes -o 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}'`,
    );
    if (ready.split(' ').filter((status) => status === 'True').length < hosts.length)
      throw new Error('not Ready');
    const dns = await kubectl(
      `get deployment coredns -n kube-system -o 'jsonpath={.status.availableReplicas}'`,
    );
    if (!(Number(dns) >= 1)) throw new Error('no CoreDNS');
  });
  return (performance.now() - started) / 1000;
}

const adminFile = { path: '/etc/kubernetes/admin', mode: 0o600, uid: 0, gid: 0 };
type Host = { readonly plan: NodePlan; readonly node: LabNode };

function nodeOf(nodes: readonly LabNode[], { node: { address } }: NodePlan): LabNode {
  const found = nodes.find((node) => node.address === address);
  if (found === undefined) throw new Error(`no lab node has the address ${address}`);
  return found;
}

async function putFiles(node: LabNode, files: Parameters<typeof packFiles>[0]): Promise<void> {
  // Certificates and manifests are plain ASCII, so the archive survives as text.
  await node.must(['tar', '-x', '-C', '/'], { input: (await packFiles(files)).toString('latin1') });
}

async function startAll(hosts: readonly Host[], names: readonly string[]): Promise<void> {
  await Promise.all(
    hosts.map(async ({ plan, node }) => {
      const specs = names.flatMap((name) => plan.containers.filter((spec) => spec.name === name));
      const script = specs.map((spec) => createCommand(spec)).join('\n');
      const start = specs.filter(({ started }) => started).map(({ name }) => name);
      await node.must([
        'sh',
        '-ec',
        `${script}\n${start.length === 0 ? '' : `docker start ${start.join(' ')}`}`,
      ]);
    }),
  );
}

/** The plan's container as a command line of the Docker CLI. */
function createCommand(spec: ContainerSpec): string {
  const [entrypoint, ...rest] = spec.entrypoint;
  const flags = [
    ...['--name', spec.name],
    ...(spec.networkMode === 'default' ? [] : ['--network', spec.networkMode]),
    ...(spec.pidMode === undefined ? [] : ['--pid', spec.pidMode]),
    ...(spec.privileged ? ['--privileged'] : []),
    ...(spec.restartPolicy === undefined ? [] : ['--restart', spec.restartPolicy]),
    ...spec.env.flatMap((entry) => ['-e', entry]),
    ...spec.binds.flatMap((bind) => ['-v', bind]),
    ...spec.volumesFrom.flatMap((name) => ['--volumes-from', name]),
    ...Object.entries(spec.labels).flatMap(([name, value]) => ['-l', `${name}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
  ];
  const words = ['docker', 'create', ...flags, spec.image, ...rest, ...spec.cmd];
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}

const patiently = (look: () => Promise<unknown>): Promise<void> =>
  until(look, { milliseconds: 300_000, pauseMilliseconds: 100 });
