import type { ClusterSpec } from '../../config/cluster-spec.js';
import { etcdError, messageOf } from '../../core/errors.js';
import { isSamePem } from '../../core/pem-text.js';
import { certificatePath } from '../../pki/required/certificate-paths.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { FirstMember } from '../../reconcile/restore/choose-first.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { compareVersions } from '../../versions/compare-versions.js';
import { decodeState } from '../../state/codec.js';
import { withoutMark } from './restore-mark.js';

export interface StateChoice {
  readonly snapshot: { readonly name: string };
  readonly first: FirstMember;
  /** State on this machine; undefined without a state file. */
  readonly local: ClusterState | undefined;
  readonly usesLocal: boolean;
  readonly location: string;
}

/**
 * The state that the restored cluster continues from: that of the archive, because it fits its data; that of this machine if the archive
 * has none, or the user wants it (RKE cmd/etcd.go:141-256).
 *
 * @throws RkeError SNAPSHOT_STATE_NEEDED, SNAPSHOT_OTHER_CLUSTER (exit 8)
 */
export function chooseState({
  snapshot: { name },
  first,
  local,
  usesLocal,
  location,
}: StateChoice): ClusterState {
  const inside = readStateInside(name, first, { isSpare: usesLocal });
  if (usesLocal && local === undefined)
    throw etcdError('SNAPSHOT_STATE_NEEDED', `--use-local-state: ${location} does not exist`, {
      fix:
        inside === undefined
          ? `put the state file of the cluster at ${location}`
          : 'leave out --use-local-state: the archive has a state',
    });
  const chosen = usesLocal ? local : (inside ?? local);
  if (chosen?.desiredState.certificatesBundle?.['kube-ca'] === undefined)
    throw etcdError(
      'SNAPSHOT_STATE_NEEDED',
      `the archive of snapshot ${name} has no state, and ${location} does not exist or has no CA`,
      {
        fix: `put the state file of the cluster at ${location}, or rebuild it with \`rke state recover\``,
      },
    );
  if (usesLocal && inside !== undefined) refuseOtherKeys(chosen, inside);
  return chosen;
}

/**
 * The state in the archive; undefined if it has none.
 *
 * @param how `isSpare` if a damaged one counts as none, because the restore can do without it
 * @throws RkeError SNAPSHOT_INVALID (exit 8)
 */
export function readStateInside(
  name: string,
  { host, found }: FirstMember,
  { isSpare }: { readonly isSpare: boolean },
): ClusterState | undefined {
  if (found.state === undefined) return undefined;
  try {
    // A snapshot that was taken while a restore was unfinished has its mark.
    return withoutMark(decodeState(found.state, `the state in snapshot ${name}`));
  } catch (error) {
    if (isSpare) return undefined;
    throw etcdError(
      'SNAPSHOT_INVALID',
      `the state in the archive of snapshot ${name} cannot be used: ${messageOf(error)}`,
      {
        host,
        fix: 'restore another snapshot, or use the state file of this machine with `--use-local-state`',
      },
    );
  }
}

/** Secrets of the snapshot are encrypted with the key of its time. */
function refuseOtherKeys(local: ClusterState, inside: ClusterState): void {
  const text = ({ desiredState }: ClusterState): string => (desiredState.encryptionConfig ?? '').trim();
  if (text(inside) === '' || text(inside) === text(local)) return;
  throw etcdError(
    'SNAPSHOT_STATE_NEEDED',
    'the state file has other encryption keys than the snapshot: its Secrets could not be read',
    {
      fix: 'leave out --use-local-state, so that the state of the archive is used',
    },
  );
}

export interface OwnershipInput {
  readonly chosen: ClusterState;
  readonly local: ClusterState | undefined;
  readonly observed: Pick<ObservedCluster, 'hosts'>;
  readonly location: string;
}

/**
 * Refuses a snapshot of another cluster: that of the hosts, or of the state file, would be lost.
 *
 * @throws RkeError SNAPSHOT_OTHER_CLUSTER (exit 8)
 */
export function refuseOtherCluster({ chosen, local, observed, location }: OwnershipInput): void {
  const ca = caOf(chosen);
  const locals = [local?.desiredState, local?.currentState].flatMap(
    (half) => half?.certificatesBundle?.['kube-ca']?.certificatePEM ?? [],
  );
  const fix =
    'restore a snapshot of this cluster; to replace this cluster by that of the snapshot, or to go back before a rotation of the CA, run `rke remove` first, which keeps snapshots';
  if (locals.length > 0 && !locals.some((own) => isSamePem(own, ca)))
    throw etcdError(
      'SNAPSHOT_OTHER_CLUSTER',
      `the snapshot is of another cluster: its CA is not that of ${location}`,
      { fix },
    );
  for (const [host, { files }] of observed.hosts) {
    const found = files?.get(certificatePath('kube-ca'))?.certificate;
    if (found !== undefined && !isSamePem(found, ca) && !locals.some((own) => isSamePem(own, found)))
      throw etcdError(
        'SNAPSHOT_OTHER_CLUSTER',
        'the host runs another cluster than that of the snapshot: its kube-ca.pem differs',
        { host, fix },
      );
  }
}

const caOf = ({ desiredState }: ClusterState): string =>
  desiredState.certificatesBundle?.['kube-ca']?.certificatePEM ?? '';

/**
 * Refuses a snapshot of a newer Kubernetes or etcd: neither reads what a later one has written.
 *
 * @throws RkeError SNAPSHOT_TOO_NEW (exit 8)
 */
export function refuseNewer(inside: ClusterSpec | undefined, spec: ClusterSpec): void {
  if (inside === undefined) return;
  const [was, is] = [inside.kubernetesVersion, spec.kubernetesVersion];
  if (compareMinor(was, is) > 0)
    throw etcdError('SNAPSHOT_TOO_NEW', `the snapshot is of Kubernetes ${was}, and cluster.yml has ${is}`, {
      fix: `set kubernetes_version to ${was} and run the same command again`,
    });
  const [etcdWas = '', etcdIs = ''] = [inside, spec].map(
    ({ systemImages }) => /:v?([\d.]+)[^:/]*(@|$)/.exec(systemImages['etcd'] ?? '')?.[1] ?? '',
  );
  if (compareMinor(etcdWas, etcdIs) > 0)
    throw etcdError('SNAPSHOT_TOO_NEW', `the snapshot is of etcd ${etcdWas}, and cluster.yml has ${etcdIs}`, {
      fix: `set kubernetes_version to ${was}, or system_images.etcd to the image of the snapshot, and run the same command again`,
    });
}

/** Compares major and minor number; 0 if one of them is unknown. */
function compareMinor(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => /\d+\.\d+/.exec(text)?.[0]);
  return a === undefined || b === undefined ? 0 : compareVersions(a, b);
}
