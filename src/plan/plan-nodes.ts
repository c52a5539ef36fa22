import { groupBy } from '../core/group-by.js';
import type { ClusterSpec, NodeSpec } from '../config/cluster-spec.js';
import type { NodePlan, UnplannedNode } from './cluster-plan-types.js';
import type { HostFacts } from './host-context.js';
import { kubernetesMinor } from '../versions/kubernetes-version.js';
import { identifyNode, planNode, type NodePlanInput } from './plan-node.js';
import { resolvePrefixPath, resolveWindowsPrefixPath } from './prefix-path.js';
import type { ServiceOptions } from './container/flags.js';

/** Everything on which the plan of the hosts depends. */
export interface ClusterPlanInput extends NodePlanInput {
  readonly spec: ClusterSpec;
  /** For the Kubernetes version of the cluster. */
  readonly serviceOptions: ServiceOptions;
  /** The same for Windows hosts, which cannot be planned without it. */
  readonly windowsServiceOptions?: ServiceOptions | undefined;
  /** By address of the node. */
  readonly facts: ReadonlyMap<string, HostFacts>;
  /** Tag of the `alpine` image of the catalogue's default version (RKE util/util.go:147-163). */
  readonly snapshotImageTag: string;
  /** Text of the EncryptionConfiguration; empty or missing if Secrets are not encrypted. */
  readonly encryptionConfig?: string | undefined;
  /** The cluster of earlier runs, from the state: what they set on nodes is removed if it is no longer planned. */
  readonly earlier?: readonly Pick<ClusterSpec, 'nodes'>[] | undefined;
}

/**
 * Plans every host, in the order of cluster.yml. Pure: the same input gives the same bytes, and nothing is changed.
 *
 * A host without facts was not reached and gets no plan. The plans of the others still name it, e.g. as an etcd member, so that
 * one host that is down does not restart the rest.
 */
export function planNodes(input: ClusterPlanInput): NodePlan[] {
  const { spec, facts, snapshotImageTag, encryptionConfig = '' } = input;
  const minor = kubernetesMinor(spec.kubernetesVersion);
  const earlier = groupBy(
    (input.earlier ?? []).flatMap(({ nodes }) => nodes),
    nameOf,
  );
  return spec.nodes.flatMap((node) => {
    const hostFacts = facts.get(node.address);
    if (hostFacts === undefined) return [];
    const isWindows = hostFacts.osType === 'windows';
    const serviceOptions = isWindows ? input.windowsServiceOptions : input.serviceOptions;
    if (serviceOptions === undefined) return [];
    const prefix = isWindows
      ? resolveWindowsPrefixPath(spec.winPrefixPath ?? '', spec.prefixPath)
      : resolvePrefixPath(spec.prefixPath, hostFacts.operatingSystem);
    return [
      planNode(
        {
          spec,
          serviceOptions,
          snapshotImageTag,
          encryptionConfig,
          minor,
          node,
          facts: hostFacts,
          prefixPath: prefix,
        },
        input,
        earlier.get(nameOf(node)),
      ),
    ];
  });
}

/** Its name decides which Kubernetes node a host is, not its address. */
const nameOf = ({ hostnameOverride }: NodeSpec): string => hostnameOverride.toLowerCase();

/** Lists the nodes without facts, which get no plan, in the order of cluster.yml. */
export function listUnplanned({ spec, facts }: Pick<ClusterPlanInput, 'spec' | 'facts'>): UnplannedNode[] {
  return spec.nodes.flatMap((node) =>
    facts.has(node.address) ? [] : [{ node, identity: identifyNode({ spec, node }) }],
  );
}
