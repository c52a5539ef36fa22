import type { KubeObject, ClusterPlan } from '../../plan/cluster-plan-types.js';
import { reasonToRemove } from '../intents/leftovers.js';
import type { NodeFinder } from '../diff/find-node.js';
import type { FieldChange } from '../kinds/container-kinds.js';
import type { RunHook } from '../kinds/hook-kinds.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';
import { changeKinds, type Change, type ChangeKind } from './change.js';
import {
  describeDeleted,
  describeFields,
  describeFiles,
  describeHook,
  describeNodeChanges,
  describeObjects,
} from './describe-details.js';
import type { DescribeInterruption } from './describe-interruption.js';
import { digestOf } from './operation-digest.js';

/** What operations are described from. */
export interface DescriptionInput {
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
  readonly findNode: NodeFinder;
  readonly describeInterruption: DescribeInterruption;
  /** Paths of files whose content this run creates: keys, certificates and what contains them. */
  readonly created: ReadonlySet<string>;
}

/** Describes an operation. @returns undefined if it changes nothing by itself, such as a check or a wait */
export function describeChange(operation: Operation, input: DescriptionInput): Change | undefined {
  const kind: ChangeKind | undefined = changeKinds[operation.kind];
  if (kind === undefined) return undefined;
  const interrupts = input.describeInterruption(operation);
  const { turn } = operation;
  return {
    id: operation.id,
    kind: operation.kind,
    action: kind.action,
    ...describeTarget(operation, input),
    ...(interrupts === undefined ? {} : { interrupts }),
    ...(interrupts === undefined || turn === undefined ? {} : { atATime: turn.places }),
    ...(kind.destructive === undefined ? {} : { destructive: kind.destructive }),
    digest: digestOf(operation, input.created),
  };
}

type Target = Pick<Change, 'target' | 'reason' | 'details'>;

function describeTarget(operation: Operation, input: DescriptionInput): Target {
  const { observed, findNode, created, plan } = input;
  const host = observed.hosts.get(operation.host ?? '');
  const found = (name: string) => host?.containers.get(name);
  switch (operation.kind) {
    case 'pull-image':
      return plain(operation.image, 'not on the host');
    case 'put-files': {
      const details = describeFiles(operation, host, created);
      const isNew = details.every(({ removed }) => removed.length === 0);
      return { target: 'files', reason: isNew ? 'missing' : 'differ from the plan', details };
    }
    case 'save-snapshot':
      return plain('etcd snapshot', 'to be able to go back');
    case 'download-snapshot':
      return plain(`etcd snapshot ${operation.name}`, 'is in S3');
    case 'delete-snapshots':
      return plain(`etcd snapshots ${operation.names.join(', ')}`, 'no longer needed');
    case 'delete-s3-snapshot':
      return plain(`${operation.file} in S3`, 'no longer needed');
    case 'prepare-restore':
      return plain('data of the snapshot', 'beside the data of etcd');
    case 'stop-containers':
      return plain(['pods', ...operation.names].join(', '), 'etcd is restored');
    case 'move-etcd-data':
      return plain('data of etcd', operation.isRestored ? 'restored' : 'the member joins the restored etcd');
    case 'put-back-etcd-data':
      return plain('data of etcd', 'the restore failed');
    case 'mark-etcd-data':
      return plain('data of etcd', 'the restore gets further');
    case 'delete-stale-nodes':
      return plain('nodes', 'not in cluster.yml');
    case 'remove-file':
      return plain(operation.path, 'no longer needed');
    case 'create-container': {
      const others = operation.insteadOf ?? [];
      const instead = others.length === 0 ? '' : `, in place of ${others.join(', ')}`;
      return plain(operation.container.name, `missing${instead}`);
    }
    case 'replace-container': {
      const details = describeFields(operation.changes);
      const fields = details.map(({ field }) => field).join(', ');
      return { target: operation.container.name, reason: `different ${fields}`, details };
    }
    case 'start-container': {
      const isNew = found(operation.name)?.startedAt === undefined;
      const code = found(operation.name)?.exitCode ?? 0;
      return plain(operation.name, isNew ? 'created but never started' : `stopped (exit code ${code})`);
    }
    case 'restart-container': {
      const { files } = operation;
      return files.length === 0
        ? plain(operation.name, 'it fails again and again')
        : { ...plain(operation.name, 'it has read older files'), details: readFiles(files) };
    }
    case 'remove-container':
      return plain(operation.name, reasonToRemove(operation.name));
    case 'remove-pods':
      return plain('pods', 'the host leaves the cluster');
    case 'clean-host':
      return plain('directories, mounts, links and rules', 'the host leaves the cluster');
    case 'add-member': {
      const how = operation.isLearner ? ', as a learner' : '';
      return plain(`etcd member ${operation.name}`, `not a member yet${how}`);
    }
    case 'promote-member':
      return plain(`etcd member ${operation.name}`, 'a learner, votes when it has caught up');
    case 'remove-member':
      return plain(`etcd member ${operation.name}`, 'no longer in cluster.yml');
    case 'remove-etcd':
      return plain('etcd and its data', 'the host no longer has the role');
    case 'recover-etcd':
      return plain(`etcd member ${operation.member.name}`, 'becomes the only member');
    case 'set-aside-etcd':
      return plain('etcd data', 'of the cluster before the recovery');
    case 'defragment-member':
      return plain('etcd database', 'to free the space that it does not use');
    case 'compact-etcd':
      return plain('etcd database', 'the history of the keys takes space');
    case 'disarm-alarm':
      return plain('etcd alarm NOSPACE', 'etcd accepts no writes');
    case 'sync-node': {
      const node = plan.nodes.find(({ node: { address } }) => address === operation.host);
      const object: KubeObject | undefined = node && findNode(node.identity);
      const details = describeNodeChanges(operation, object);
      return {
        target: 'node labels and taints',
        reason: object === undefined ? 'no node yet' : 'differ',
        details,
      };
    }
    case 'cordon-node':
    case 'drain-node':
      return plain(
        'node',
        leaves(operation.host, plan) ? 'the host leaves the cluster' : 'its containers change',
      );
    case 'uncordon-node':
      return plain(
        'node',
        observed.kube === undefined ? 'if an earlier run has cordoned it' : 'its containers are as planned',
      );
    case 'delete-node':
      return plain('node', 'the host leaves the cluster');
    case 'apply-addon':
      return {
        target: operation.name,
        reason: whyApplied(operation.name, operation.record.hash, observed),
        details: describeObjects(operation, observed.kube),
      };
    case 'apply-user-addon':
      return {
        target: operation.name,
        reason: operation.objects.length > 0 ? 'new, changed or missing objects' : 'objects left cluster.yml',
        details: describeLines(operation.details ?? []),
      };
    case 'remove-addon':
      return {
        target: operation.name,
        reason: 'no longer in cluster.yml',
        details: describeDeleted(operation.objects),
      };
    case 'restart-pods':
      return plain(`pods with ${operation.selectors.join(' or ')}`, 'they use what has changed');
    case 'clean-network':
      return plain('the old pod network', 'another network plugin');
    case 'recreate-pods':
      return plain('all pods', 'they are in the old pod network');
    case 'copy-state':
      return plain('copy of the state', 'the cluster has another one, or none');
    case 'rewrite-secrets':
      return plain('all Secrets', 'stored with another key');
    case 'run-hook':
      return {
        target: `hook ${operation.hook}`,
        reason: placeOfHook(operation),
        details: describeHook(operation),
      };
    // Checks and waits are not described.
    case 'await-addon':
    case 'await-healthy':
    case 'await-members':
    case 'await-node-ready':
    case 'check-images':
    case 'milestone':
    case 'probe-ports':
    case 'record-encryption':
    case 'verify-snapshot':
    case 'verify-s3-snapshot':
      return plain(operation.title, '');
  }
}

/** `before stage worker of the node` */
function placeOfHook({ when, about: { stage, node } }: RunHook): string {
  if (stage === undefined) return `${when} the node`;
  return `${when} stage ${stage}${node === undefined ? '' : ' of the node'}`;
}

const leaves = (host: string | undefined, { leaving = [] }: ClusterPlan): boolean =>
  leaving.some(({ node }) => node.address === host);

/** Lines of a user add-on: `create ConfigMap …` and `delete ConfigMap …`. */
function describeLines(lines: readonly string[]): FieldChange[] {
  const isDeletion = (line: string): boolean => line.startsWith('delete ');
  return [
    { field: 'objects', removed: [], added: lines.filter((line) => !isDeletion(line)) },
    {
      field: 'deleted',
      removed: lines.filter(isDeletion).map((line) => line.slice('delete '.length)),
      added: [],
    },
  ].filter(({ removed, added }) => removed.length + added.length > 0);
}

const plain = (target: string, reason: string): Target => ({ target, reason, details: [] });

const readFiles = (files: readonly string[]): FieldChange[] => [
  { field: 'files', removed: [], added: [...files] },
];

function whyApplied(name: string, hash: string, { kube }: ObservedCluster): string {
  if (kube === undefined) return 'the API was not read';
  if (kube.appliedByRke?.has(name) === true) return 'RKE v1 has applied it since';
  if ((kube.missingObjects?.get(name)?.length ?? 0) > 0) return 'objects are missing';
  const record = kube.addons.get(name);
  if (record === undefined) return 'not applied yet';
  return record.hash === hash ? 'applied again' : 'different from what was applied';
}
