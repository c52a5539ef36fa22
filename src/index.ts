/**
 * rke as a library: every command, without a terminal. A command reports its progress as events; an error has a code, an exit
 * code, the host and a fix. Only what is exported here is stable.
 */

/** `rke up`: creates a cluster, or applies what changed in its cluster.yml. */
export { upCluster as up, type UpOptions } from './commands/up/run.js';
export type { PlanOptions } from './commands/up/prepare.js';
/** `rke remove`: removes a cluster from its hosts. */
export { removeCluster as remove, type RemoveOptions } from './commands/remove.js';
/** `rke plan`: what `rke up` would do now. Changes nothing. */
export { planLive as plan, type LivePlan } from './commands/plan/plan-live.js';
/** `rke plan --out`: saves a plan for `planFile` of `up`. */
export { savePlan } from './commands/up/saved-plan.js';
export type { RunPlan } from './reconcile/description/run-plan.js';
export type { PlannedNode } from './reconcile/description/describe-operations.js';
export type { Change, ChangeAction } from './reconcile/description/change.js';
/** `rke plan --offline`: plans what should be on every host. Contacts none. */
export { planOffline, type PlanOfflineOptions } from './commands/plan/plan-offline.js';
export type { DescribedPlan } from './commands/plan/describe-plan.js';

/** `rke status`: how a cluster is, and what is wrong or pending. Changes nothing. */
export { readStatus as status } from './commands/status/read-status.js';
/** The same for several clusters: one that cannot be read stops none of the others. */
export { readStatuses as statusOfAll, type StatusOrErrors } from './commands/status/read-statuses.js';
/** Finds the cluster files in directories. */
export { findClusterFiles } from './commands/status/find-cluster-files.js';
export type {
  AddonSummary,
  BackupStatus,
  CertificatesStatus,
  ClusterStatus,
  ContainersStatus,
  NodeStatus,
  PendingChanges,
  StatusFinding,
  UnreadCluster,
} from './commands/status/cluster-status.js';

/** `rke doctor`: finds what is wrong with hosts, with or without a cluster. Changes nothing. */
export { examine as doctor, type DoctorOptions } from './commands/doctor/examine.js';
export type {
  DoctorFinding,
  DoctorReport,
  ExaminedHost,
  ExaminedPart,
} from './commands/doctor/doctor-report.js';
/** `rke prepare`: installs Docker on hosts, and sets what `rke doctor` finds there. */
export {
  prepareHosts as prepare,
  type PrepareHostsOptions,
  type PrepareResult,
} from './commands/prepare/prepare.js';
/** `rke prepare --dry-run`: what it would do. Changes nothing. */
export { planPrepare, type PlannedPreparation } from './commands/prepare/prepare.js';
export type { PrepareOptions } from './commands/prepare/prepare-work.js';
export type { PreparedHost, PreparePlan } from './commands/prepare/prepare-plan.js';
export type { ByHand, PreparedPart, PrepareStep } from './reconcile/prepare/prepare-step.js';
/** `rke logs`: passes on the log of a component from its nodes. */
export { readLogs as logs, type LogsOptions, type NodeLogLine } from './commands/logs/read-logs.js';
/** `rke ssh`: a session on a node. */
export { runSsh as ssh, type SshOptions } from './commands/ssh/run-ssh.js';
export type { SessionStreams } from './host/connect/run-on-host.js';

/** `rke addon ls`: lists the add-ons of cluster.yml and of the cluster. Changes nothing. */
export { listAddons, type ListedAddon } from './commands/addon/list.js';
export type { AddonObject, AddonState } from './reconcile/addon-status.js';
/** The names that `applyAddon` and `removeAddon` take. Reads local files only. */
export { listAddonNames } from './commands/addon/addon-names.js';
/** `rke addon apply`: applies one add-on again. */
export { applyAddon, type ApplyAddonOptions } from './commands/addon/apply.js';
/** `rke addon remove`: deletes the objects of one add-on. */
export { removeAddon, type RemoveAddonOptions } from './commands/addon/remove.js';

/** `rke node ls`: lists the nodes of cluster.yml and of the cluster. */
export { listNodes, type ListedNode } from './commands/node/list-nodes.js';
/** `rke node add` and `remove`: change the nodes of cluster.yml and of the cluster. */
export {
  addNode,
  removeNodes,
  type AddNodeOptions,
  type RemoveNodesOptions,
} from './commands/node/edit-nodes.js';

/** `rke up --dind`: a cluster in Docker on this machine; `planDind` changes nothing. */
export {
  planDind,
  upDind,
  type DindPlan,
  type PlanDindOptions,
  type UpDindOptions,
} from './commands/dind/up-dind.js';
/** Writes the cluster.yml of such a cluster. */
export { writeDindFile, type WriteDindFileOptions } from './commands/dind/write-dind-file.js';
/** `rke remove --dind`: removes its node containers, and everything in them. */
export { removeDind, type RemoveDindOptions } from './commands/dind/remove-dind.js';
/** `rke ssh --dind`: a shell in a node container. */
export { runDindShell, type DindShellOptions } from './commands/dind/run-dind-shell.js';
/** The Docker of this machine for these, and the transport to the nodes. */
export { createDindEngine, type DindEngine } from './host/dind/dind-engine.js';
export { createDindTransport } from './host/dind/dind-transport.js';
export type { DindStep } from './reconcile/dind/dind-steps.js';

/** `rke cert rotate`: reissues certificates and restarts what reads them. */
export { rotateCertificates, type RotateCertificatesOptions } from './commands/certificates/rotate.js';
/** `rke cert status`: reads the certificates of the state and of the hosts. */
export {
  readCertificateStatus,
  type CertificateReport,
  type CertificateStatusOptions,
  type CertificateStatusResult,
} from './commands/certificates/status.js';
/** `rke cert generate-csr`: writes signing requests for a custom CA. */
export { generateCsr, type CsrOptions, type CsrResult } from './commands/certificates/generate-csr.js';
/** `rke etcd snapshot-save`: takes a snapshot of etcd on every etcd host. */
export {
  saveSnapshot,
  type SaveSnapshotOptions,
  type SaveSnapshotResult,
} from './commands/etcd/save-snapshot.js';
export type { CheckedArchive, SavedSnapshot } from './core/events.js';
/** `rke etcd ls`: lists the snapshots on all etcd hosts and in S3. Changes nothing. */
export {
  listSnapshots,
  type ListedCopy,
  type ListedObject,
  type ListedSnapshot,
  type SnapshotList,
} from './commands/etcd/list-snapshots.js';
/** `rke etcd verify`, `delete` and `prune`: check and delete snapshots. */
export {
  deleteSnapshot,
  pruneSnapshots,
  verifySnapshot,
  type DeleteSnapshotOptions,
  type PruneSnapshotsOptions,
  type VerifySnapshotOptions,
} from './commands/etcd/stored-snapshots.js';
/** `rke etcd status`: how the members of etcd are. Changes nothing. */
export { readEtcdStatus, type EtcdReport } from './commands/etcd/etcd-status.js';
export type { MemberReport } from './reconcile/etcd-care/describe-member.js';
/** `rke etcd recover-quorum`: gives etcd its majority back. */
export {
  recoverQuorum,
  type RecoverQuorumOptions,
  type RecoveredEtcd,
} from './commands/etcd/recover-quorum.js';
/** `rke etcd defrag`: frees the unused space of the database. */
export { defragment, type DefragmentOptions } from './commands/etcd/defragment.js';
/** `rke etcd snapshot-restore`: restores etcd, and the cluster around it, from a snapshot. */
export { restoreSnapshot, type RestoreSnapshotOptions } from './commands/etcd/restore-snapshot.js';
/** `rke etcd snapshot-restore --cancel`: undoes a restore that was interrupted. */
export { cancelRestore, type CancelRestoreOptions } from './commands/etcd/cancel-restore.js';
export type { SnapshotSource } from './commands/etcd/snapshot-source.js';
/** `rke encrypt rotate-key`: replaces the key that encrypts Secrets. */
export { rotateEncryptionKey } from './commands/encryption/rotate-key.js';

/** `rke config validate`: lists every error of a cluster file. */
export { validateConfigFile, type ValidatedFile, type ValidateOptions } from './commands/config/validate.js';
/** `rke config --resolved`: resolves every default of a cluster file. */
export { resolveConfigFile, type ResolvedFile } from './commands/config/resolve.js';
/** `rke config --from-cluster`: the shortest cluster.yml of a running cluster. */
export {
  readConfigOfCluster,
  type FileOfCluster,
  type FromClusterOptions,
} from './commands/config/from-cluster.js';
/** `rke config migrate`: replaces deprecated keys in a cluster file. */
export { migrateConfigFile, type MigratedFile, type MigrateOptions } from './commands/config/migrate.js';
/** Writes a new cluster file, the way `rke config init` does. */
export { writeConfigFile } from './commands/config/write-file.js';
/** `rke config --system-images` and `--list-version`: images and properties of a version of the catalogue. */
export { listImages, markVersion, type VersionMarks } from './commands/config/list-images.js';
/** The version catalogue that these need. */
export { loadCatalog } from './run/catalog/catalog-file.js';
export type { VersionCatalog } from './versions/catalog.js';

/** `rke state list`: lists the versions of the state. */
export { listStates, type StateVersion } from './commands/state/list.js';
/** `rke state show`: reads the state without its secrets. */
export { showState, type ShownState } from './commands/state/show.js';
/** `rke state verify`: checks the state file and its history. */
export { verifyState, type StateReport, type VerifyStateOptions } from './commands/state/verify.js';
/** `rke state encrypt` and `decrypt`: converts the state file and its history. */
export { decryptState, encryptState, type ConvertedState } from './commands/state/encrypt.js';
/** `rke state recover`: rebuilds a lost state from the cluster, its hosts, or a snapshot. */
export { recoverState, type RecoverOptions, type RecoverResult } from './commands/recover/recover.js';

/** `rke kubeconfig`: reads the admin access from a state. */
export { readAdminAccess, type AdminAccess } from './commands/kubeconfig/admin-access.js';
/** `rke kubeconfig --merge`: merges the admin access into a kubeconfig file. */
export {
  mergeIntoKubeconfig,
  type MergeKubeconfigOptions,
  type MergeResult,
} from './commands/kubeconfig/merge.js';
/** `rke util get-kubeconfig`: updates the kubeconfig beside cluster.yml. */
export {
  updateKubeconfig,
  type UpdatedKubeconfig,
  type UpdateKubeconfigOptions,
} from './commands/kubeconfig/update.js';

export type { RunResult } from './run/apply.js';
/** Reaches hosts in another way than by SSH: `transport` in the options of a command. */
export type { Transport, TransportConnection, TransportNode } from './host/transport/transport.js';
/** `--local`: the transport to this machine. */
export { localTransport } from './host/transport/local-transport.js';
export type { CallOptions, ExecResult } from './host/host.js';
export type { AddonWait } from './reconcile/order/addon-waits.js';
export type { ClusterOptions, FileOptions } from './run/cluster-options.js';
export type { StateFileOptions, StateOptions } from './run/state/state-options.js';
export type { EventPayload, EventSink, RkeEvent, UnavailableAddon } from './core/events.js';
export type { Diagnostic } from './core/diagnostic.js';
export { CancelledError, exitCodes, InternalError, RkeError, TimedOutError } from './core/errors.js';
export { ConfigError } from './core/config-error.js';
export { RunFailedError, type Failure } from './core/hosts-error.js';
/** Distributes events to renderers. */
export { createEventHub, type EventHub, type Renderer } from './report/event-hub.js';
