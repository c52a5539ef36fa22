import { withDeadline } from '../core/deadline.js';
import { createLimiter, type Limiter } from '../core/limit.js';
import { InternalError } from '../core/errors.js';
import type { Host } from '../host/host.js';
import type { Operation, OperationOf } from '../reconcile/operations.js';
import { applyAddon, awaitAddon, removeAddon } from './handlers/addons.js';
import { applyUserAddon } from './handlers/apply-user-addon.js';
import { awaitMembers } from './handlers/await-members.js';
import { cordonNode, deleteNode, uncordonNode } from './handlers/cordon-node.js';
import { downloadSnapshot } from './handlers/download-snapshot.js';
import { compactEtcd, defragmentMember, disarmAlarm } from './handlers/defragment.js';
import { createContainer, createInsteadOf, runOnce } from './handlers/containers.js';
import { drainNode } from './handlers/drain-node.js';
import { putFiles, removeFile } from './handlers/files.js';
import { awaitHealthy } from './handlers/health.js';
import { addMember, promoteMember, removeEtcd, removeMember } from './handlers/members.js';
import { checkImages, pullImage } from './handlers/images.js';
import { awaitNodeReady } from './handlers/node-ready.js';
import { releaseLease } from './handlers/release-lease.js';
import { replaceContainer, restartContainer } from './handlers/replace-container.js';
import { runUserHook } from './handlers/run-user-hook.js';
import { restartPods } from './handlers/restart-pods.js';
import { recoverEtcd, setAsideEtcd } from './handlers/recover-etcd.js';
import { probePorts } from './handlers/ports.js';
import { rewriteSecrets } from './handlers/rewrite-secrets.js';
import { recreatePods } from './handlers/recreate-pods.js';
import { cleanHost, removePods, runCleaner } from './handlers/remove.js';
import { deleteStaleNodes } from './handlers/delete-stale-nodes.js';
import { moveEtcdData, prepareRestore, putBackEtcdData, stopContainers } from './handlers/restore-data.js';
import { saveSnapshot } from './handlers/save-snapshot.js';
import { deleteSnapshots, verifySnapshot } from './handlers/stored-snapshots.js';
import { verifyS3Snapshot } from './handlers/verify-s3-snapshot.js';
import { syncNode } from './handlers/sync-node.js';
import { createNodeLister, type NodeContext } from './node-lister.js';
import type { Outcomes } from './outcome.js';
import type { OnWaiting } from './poll.js';
import { refOf } from './run-graph.js';
import type { RunContext } from './run-context.js';
import { deleteS3Snapshot } from './s3-bucket.js';
import { withImage } from './handlers/with-image.js';
import { writeStateCopy } from './state-copy.js';

/** Performs one operation with the handler of its kind, within the limits of the run. Waits do not count against a limit. */
export function createPerformer(
  given: RunContext,
): (operation: Operation, begin?: () => void, outcomes?: Outcomes) => Promise<void> {
  const context: NodeContext = { ...given, lister: createNodeLister(given) };
  const limited = createLimiter(context.limits.operations);
  // All snapshots of a name are one object in S3: rke-tools skips the upload if it finds the object.
  const uploads = createLimiter(1);
  const hooks = createLimiter(hooksAtOnce);
  const pulls = new Map<string, Limiter>();
  const pullsOf = (host: string): Limiter => {
    const limiter = pulls.get(host) ?? createLimiter(context.limits.pullsPerHost);
    pulls.set(host, limiter);
    return limiter;
  };
  return (operation, begin = () => undefined, outcomes = new Map()) => {
    const task = async (): Promise<void> => {
      if (operation.always !== true) context.signal.throwIfAborted();
      begin();
      if (operation.kind === 'run-hook') await runUserHook(operation, outcomes, context);
      else await perform(operation, context);
    };
    if (operation.kind === 'run-hook') return hooks(task);
    if (operation.kind === 'save-snapshot' && operation.s3 !== undefined) return uploads(task);
    if (operation.kind === 'pull-image') return pullsOf(operation.host ?? '')(task);
    return isWait(operation) ? task() : limited(task);
  };
}

function isWait({ kind }: Operation): boolean {
  return (
    kind.startsWith('await-') || kind.endsWith('-member') || kind === 'sync-node' || kind === 'drain-node'
  );
}

/** They run on this machine, and a load balancer answers not many at a time. */
const hooksAtOnce = 10;

const cleanupMilliseconds = 10_000;

type OnHosts = Exclude<Operation, OperationOf<'run-hook'>>;

function perform(operation: OnHosts, context: NodeContext): Promise<void> {
  // An interrupted run still undoes what it has started.
  if (operation.always === true)
    return withDeadline({ milliseconds: cleanupMilliseconds }, (signal) =>
      performOne(operation, context, signal),
    );
  return performOne(operation, context, context.signal);
}

async function performOne(operation: OnHosts, context: NodeContext, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const onWaiting: OnWaiting = (text, details) =>
    context.events.emit({ type: 'operation-progress', ...refOf(operation), text, ...details });
  switch (operation.kind) {
    case 'milestone':
      throw new InternalError(`milestone ${operation.id} has nothing to perform`);
    case 'pull-image':
      return pullImage(hostOf(operation, context), operation.image, context, onWaiting);
    case 'check-images':
      return checkImages(operation.asks, context);
    case 'put-files':
      return putFiles(hostOf(operation, context), operation, context);
    case 'save-snapshot':
      return saveSnapshot(hostOf(operation, context), operation, context, onWaiting);
    case 'download-snapshot':
      return downloadSnapshot(hostOf(operation, context), operation, context, onWaiting);
    case 'verify-snapshot':
      return verifySnapshot(hostOf(operation, context), operation, context);
    case 'verify-s3-snapshot':
      return verifyS3Snapshot(hostOf(operation, context), operation, context, onWaiting);
    case 'delete-snapshots':
      return deleteSnapshots(hostOf(operation, context), operation, context);
    case 'delete-s3-snapshot':
      return deleteS3Snapshot(hostOf(operation, context), operation.s3, { ...context, file: operation.file });
    case 'prepare-restore':
      return prepareRestore(hostOf(operation, context), operation, context);
    case 'stop-containers':
      return stopContainers(hostOf(operation, context), operation, context);
    case 'move-etcd-data':
      return moveEtcdData(hostOf(operation, context), operation, context);
    case 'put-back-etcd-data':
      return putBackEtcdData(hostOf(operation, context), operation);
    case 'mark-etcd-data':
      return runOnce(hostOf(operation, context), operation.script, context);
    case 'delete-stale-nodes':
      return deleteStaleNodes(operation, context);
    case 'create-container':
      return withImage(pullAgain(operation, context, onWaiting), () => createNew(operation, context));
    case 'replace-container':
      return replaceContainer(hostOf(operation, context), operation.container, {
        reown: operation.reown,
        pullImage: pullAgain(operation, context, onWaiting),
        onStopped: async () => {
          if (operation.release !== undefined) await releaseLease(operation.release, context);
        },
      });
    case 'start-container':
      return hostOf(operation, context).docker.start(operation.name, { signal });
    case 'restart-container':
      return restartContainer(hostOf(operation, context), operation.name);
    case 'remove-container':
      return hostOf(operation, context).docker.remove(operation.name, { signal });
    case 'await-healthy':
      return awaitHealthy(operation, context, onWaiting);
    case 'await-members':
      return awaitMembers(operation, context, onWaiting);
    case 'add-member':
      return addMember(operation, context, onWaiting);
    case 'promote-member':
      return promoteMember(operation, context, onWaiting);
    case 'remove-member':
      return removeMember(operation, context, onWaiting);
    case 'remove-etcd':
      return removeEtcd(hostOf(operation, context), operation, context);
    case 'recover-etcd':
      return recoverEtcd(hostOf(operation, context), operation, context, onWaiting);
    case 'set-aside-etcd':
      return setAsideEtcd(hostOf(operation, context), operation, context);
    case 'defragment-member':
      return defragmentMember(operation, context, onWaiting);
    case 'compact-etcd':
      return compactEtcd(operation, context);
    case 'disarm-alarm':
      return disarmAlarm(operation, context);
    case 'sync-node':
      return syncNode(operation, context, onWaiting);
    case 'await-node-ready':
      return awaitNodeReady(operation, context, onWaiting);
    case 'cordon-node':
      return cordonNode(operation.node, context);
    case 'uncordon-node':
      return uncordonNode(operation.node, context);
    case 'drain-node':
      return drainNode(operation, context, onWaiting);
    case 'delete-node':
      return deleteNode(operation.node, context);
    case 'apply-addon':
      return applyAddon(operation, context, onWaiting);
    case 'remove-addon':
      return removeAddon(operation, context, onWaiting);
    case 'apply-user-addon':
      return applyUserAddon(operation, context, onWaiting);
    case 'await-addon':
      return awaitAddon(operation, context, onWaiting);
    case 'copy-state':
      return writeStateCopy(context.kube, operation.text, { signal });
    case 'rewrite-secrets':
      return rewriteSecrets(context, onWaiting);
    case 'record-encryption':
      return context.recordEncryption({ desired: operation.desired, current: operation.current });
    case 'remove-file':
      return removeFile(hostOf(operation, context), operation, context);
    case 'remove-pods':
      return removePods(hostOf(operation, context), context);
    case 'restart-pods':
      return restartPods(operation, context, onWaiting);
    case 'probe-ports':
      return probePorts(hostOf(operation, context), operation.targets, context);
    case 'recreate-pods':
      return recreatePods(hostOf(operation, context), operation, context, onWaiting);
    case 'clean-network':
      return runCleaner(hostOf(operation, context), operation, context);
    case 'clean-host':
      return cleanHost(hostOf(operation, context), operation, context);
  }
}

function createNew(operation: OperationOf<'create-container'>, context: RunContext): Promise<void> {
  const { container, reown, insteadOf } = operation;
  const host = hostOf(operation, context);
  return insteadOf === undefined
    ? createContainer(host, container, context, { reown })
    : createInsteadOf(host, container, { signal: context.signal, reown, insteadOf });
}

function pullAgain(
  operation: OperationOf<'create-container' | 'replace-container'>,
  context: RunContext,
  onProgress: OnWaiting,
): () => Promise<void> {
  return () => pullImage(hostOf(operation, context), operation.container.image, context, onProgress);
}

function hostOf(operation: Operation, context: RunContext): Host {
  const host = context.hosts.get(operation.host ?? '');
  if (host === undefined)
    throw new InternalError(`operation ${operation.id} names a host that is not connected`);
  return host;
}
