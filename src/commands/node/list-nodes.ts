import type { NodeSpec } from '../../config/cluster-spec.js';
import { listAt, recordAt, textAt } from '../../core/fields.js';
import { kubeError } from '../../core/errors.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import { listLeavingNodes } from '../../plan/leaving-nodes.js';
import { identifyNode } from '../../plan/plan-node.js';
import { isCordoned } from '../../reconcile/diff/cordoned.js';
import { createNodeFinder } from '../../reconcile/diff/find-node.js';
import { isNodeReady, kubeletVersion } from '../../reconcile/intents/node-operations.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { connect } from '../../run/connect.js';
import { limitRun } from '../../run/limit-run.js';
import { openKube } from '../../run/open-kube.js';
import { openSession, type Session } from '../../run/session.js';
import { requireAnyHost } from '../../run/unreachable.js';

/** A node of cluster.yml, of the state, or of the cluster. */
export interface ListedNode {
  /** Name in Kubernetes. */
  readonly name: string;
  /** Address of its host; absent if only the cluster knows it. */
  readonly address?: string;
  readonly roles: readonly string[];
  /** Of its kubelet, e.g. `v1.31.1`; absent if the cluster does not have the node. */
  readonly version?: string;
  readonly ready: boolean;
  /** When it became Ready, or not Ready; RFC 3339. */
  readonly since?: string;
  /** True if no new pods come to it. */
  readonly cordoned: boolean;
  /** Conditions that hold and are bad, e.g. `MemoryPressure`, `DiskPressure`, `NetworkUnavailable`. */
  readonly pressure: readonly string[];
  /**
   * `in-cluster`; `to-add`: in cluster.yml, and not in the cluster; `to-remove`: left cluster.yml, and `rke up` removes it; `unknown`:
   * neither in cluster.yml nor in the state.
   */
  readonly state: 'in-cluster' | 'to-add' | 'to-remove' | 'unknown';
}

/**
 * `rke node ls`: lists the nodes of cluster.yml and of the cluster. Changes nothing, takes no lock, and connects only to control
 * planes.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4) or the API (7), RunFailedError (5, 6) if no control plane can be reached
 */
export function listNodes(options: ClusterOptions): Promise<ListedNode[]> {
  return limitRun(options, list);
}

async function list(options: ClusterOptions): Promise<ListedNode[]> {
  const session = await openSession(options, { forChange: false });
  const { spec, state } = session;
  if (state === undefined) return describeNodes(session, []);
  const controlPlanes = spec.nodes.filter(({ role }) => role.includes('controlplane'));
  const only: Session = { ...session, spec: { ...spec, nodes: controlPlanes } };
  await using hosts = await connect(only, options);
  requireAnyHost(controlPlanes, hosts);
  await using api = openKube(only, hosts.hosts, state.desiredState.certificatesBundle ?? {});
  try {
    return describeNodes(session, await api.list({ apiVersion: 'v1', kind: 'Node' }, options));
  } catch (cause) {
    options.signal.throwIfAborted();
    if (state.currentState.rkeConfig === undefined)
      throw kubeError('KUBE_UNREACHABLE', 'no kube-apiserver answers: the first run has not finished', {
        fix: 'run `rke up`',
        cause,
      });
    throw cause;
  }
}

/** Puts the nodes of the file, the state and the cluster together: by cluster.yml, then those that leave, then the unknown ones. */
export function describeNodes(
  { spec, state }: Pick<Session, 'spec' | 'state'>,
  objects: readonly KubeObject[],
): ListedNode[] {
  const find = createNodeFinder(objects);
  const earlier = { running: state?.currentState.rkeConfig, begun: state?.desiredState.rkeConfig };
  const known = new Set<KubeObject>();
  const describe = (node: NodeSpec, isLeaving: boolean): ListedNode => {
    const object = find(identifyNode({ spec, node }));
    if (object !== undefined) known.add(object);
    return {
      ...describeObject(object),
      name: object?.metadata.name ?? node.hostnameOverride,
      address: node.address,
      roles: node.role,
      state: isLeaving ? 'to-remove' : object === undefined ? 'to-add' : 'in-cluster',
    };
  };
  const own = [
    ...spec.nodes.map((node) => describe(node, false)),
    ...listLeavingNodes(spec, earlier).map((node) => describe(node, true)),
  ];
  const others = objects
    .filter((object) => !known.has(object))
    .map((object): ListedNode => ({
      ...describeObject(object),
      name: object.metadata.name,
      roles: rolesOf(object),
      state: 'unknown',
    }));
  return [...own, ...others];
}

function describeObject(
  object: KubeObject | undefined,
): Pick<ListedNode, 'version' | 'ready' | 'since' | 'cordoned' | 'pressure'> {
  if (object === undefined) return { ready: false, cordoned: false, pressure: [] };
  const version = kubeletVersion(object);
  const conditions = listAt(recordAt(object, 'status'), 'conditions');
  const ready = conditions.find(({ type }) => type === 'Ready');
  const since = ready === undefined ? '' : textAt(ready, 'lastTransitionTime');
  return {
    ...(version === undefined ? {} : { version }),
    ...(since === '' ? {} : { since }),
    ready: isNodeReady(object),
    cordoned: isCordoned(object),
    pressure: conditions
      .filter(({ type, status }) => type !== 'Ready' && status === 'True')
      .map((condition) => textAt(condition, 'type')),
  };
}

const roleLabel = 'node-role.kubernetes.io/';

function rolesOf({ metadata: { labels = {} } }: KubeObject): string[] {
  return Object.keys(labels).flatMap((label) =>
    label.startsWith(roleLabel) ? [label.slice(roleLabel.length)] : [],
  );
}
