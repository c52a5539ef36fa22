import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { defaultSnapshotName } from '../../reconcile/snapshots/snapshot-name.js';
import { upgradesKubernetes, type UpgradeSnapshot } from '../../reconcile/snapshots/upgrade-snapshots.js';
import type { DecisionWarning } from '../../run/apply.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { encodeState } from '../../state/codec.js';

interface SnapshotChoice {
  /** True by default. */
  readonly snapshot?: boolean | undefined;
  /** As it was before the run, like the cluster of which the snapshot is taken. */
  readonly state: ClusterState | undefined;
  readonly now: Date;
}

/** The snapshot that a run takes if it upgrades Kubernetes; undefined with `--no-snapshot`. */
export function nameUpgradeSnapshot({
  snapshot = true,
  state,
  now,
}: SnapshotChoice): UpgradeSnapshot | undefined {
  if (!snapshot) return undefined;
  return { name: defaultSnapshotName(now), state: state === undefined ? undefined : encodeState(state) };
}

/** Warns before an upgrade that has no snapshot: of external etcd, only whoever runs it can take one. */
export function warnOfExternalEtcd(
  { nodes }: Pick<ClusterPlan, 'nodes'>,
  observed: Pick<ObservedCluster, 'hosts'>,
  operations: readonly Operation[],
): DecisionWarning[] {
  const isExternal = !nodes.some(({ node }) => node.role.includes('etcd'));
  return isExternal && upgradesKubernetes(operations, observed) ? [{ message: externalEtcd }] : [];
}

const externalEtcd =
  'no snapshot is taken before this upgrade, because etcd is external: take one where it runs, e.g. with `etcdctl snapshot save FILE`';
