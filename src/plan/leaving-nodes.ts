import type { ClusterSpec, NodeSpec } from '../config/cluster-spec.js';
import type { LeavingNode } from './cluster-plan-types.js';
import type { HostFacts } from './host-context.js';
import { identifyNode } from './plan-node.js';
import { resolvePrefixPath } from './prefix-path.js';

/** Configurations of earlier runs: what the last finished one applied, and what the last one started to apply. */
export interface EarlierSpecs {
  readonly running: ClusterSpec | undefined;
  readonly begun: ClusterSpec | undefined;
}

/**
 * Lists the nodes that left cluster.yml, by address: those of the last finished run, and those that a later run started to add.
 */
export function listLeavingNodes(
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  { running, begun }: EarlierSpecs,
): NodeSpec[] {
  const leaving = new Map<string, NodeSpec>();
  const consider = (node: NodeSpec): void => {
    const isThere = nodes.some(({ address }) => address === node.address) || leaving.has(node.address);
    if (!isThere) leaving.set(node.address, node);
  };
  for (const spec of [running, begun]) spec?.nodes.forEach(consider);
  return [...leaving.values()];
}

/** Images that a node has, and of which one can run the helper that cleans its host; most likely first. */
const imageNames = ['alpine', 'kubernetes', 'nginxProxy', 'kubernetesServicesSidecar', 'podInfraContainer'];

/**
 * Plans the hosts of nodes that leave: nothing is on them. Hosts that were not reached get no plan, unless they are abandoned.
 *
 * @param specs of this run and of earlier ones; the images of any of them may be on the hosts
 * @param abandoned addresses of hosts that are gone for good if they cannot be reached
 */
export function planLeavingNodes(
  leaving: readonly NodeSpec[],
  facts: ReadonlyMap<string, HostFacts>,
  { spec, running, begun }: EarlierSpecs & { readonly spec: ClusterSpec },
  abandoned: ReadonlySet<string> = new Set(),
): LeavingNode[] {
  const specs = [running, begun, spec].filter((one) => one !== undefined);
  const images = specs.flatMap(({ systemImages }) => imageNames.map((name) => systemImages[name] ?? ''));
  return leaving.flatMap((node) => {
    const found = facts.get(node.address);
    if (found === undefined && !abandoned.has(node.address)) return [];
    return [
      {
        node,
        prefixPath: resolvePrefixPath(spec.prefixPath, found?.operatingSystem ?? ''),
        containers: [],
        files: [],
        directories: [],
        portChecks: [],
        images: [...new Set(images)].filter((image) => image !== ''),
        labels: {},
        labelsRemoved: [],
        annotations: {},
        taints: [],
        taintsRemoved: [],
        identity: identifyNode({ spec: running ?? spec, node }),
        ...(found === undefined ? { isLost: true as const } : {}),
      },
    ];
  });
}
