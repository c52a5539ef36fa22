import type {
  CertificateReason,
  EventError,
  EventPayload,
  EventStamp,
  OperationRef,
  RunError,
  UnavailableAddon,
  UnchangedCounts,
  UploadedSnapshot,
} from './events.js';

/** What docs/events.md has about one type of event. Every member of the type must be described, or this does not compile. */
export interface EventText<Type extends EventPayload['type']> {
  readonly when: string;
  readonly members: MemberTexts<Omit<Extract<EventPayload, { readonly type: Type }>, 'type'>>;
  /** `stable`: type and members are kept. `debugging`: may change in any version. */
  readonly stability: 'stable' | 'debugging';
}

/** Members about the archive of a snapshot on a host. */
const ofArchive = {
  host: 'the host',
  name: 'name of the snapshot',
  file: 'path of the archive on the host',
  bytes: 'size of the archive',
  databaseBytes: 'size of the database in it',
  sha256: 'SHA-256 of the archive',
  revision: 'revision of etcd',
  keys: 'number of keys',
} as const;

/** Member to meaning; the name of an optional member ends with a question mark. */
export type MemberTexts<Shape> = {
  readonly [
    Name in keyof Shape as Name extends string ? (undefined extends Shape[Name] ? `${Name}?` : Name) : never
  ]-?: string;
};

const operation: MemberTexts<OperationRef> = {
  operation: 'ID of the operation, unique in its plan',
  title: 'what it does, e.g. `start kube-apiserver`',
  stage: 'stage that it belongs to',
  'host?': 'host that it works on; absent for the cluster as a whole',
};

const durationMs = 'duration in milliseconds';

export const stampTexts: MemberTexts<EventStamp> = { time: 'RFC 3339 with milliseconds, UTC' };

export const eventTexts: { readonly [Type in EventPayload['type']]: EventText<Type> } = {
  'run-started': {
    when: 'cluster.yml was read and is valid',
    members: {
      command: 'name of the command, e.g. `up`',
      cluster: '`cluster_name`',
      version: 'Kubernetes version',
      hosts: 'number of hosts',
      config: 'path of the cluster file, as it was given',
    },
    stability: 'stable',
  },
  'host-connected': {
    when: 'SSH and Docker of a host answer',
    members: { host: 'the host', dockerVersion: 'version of Docker', durationMs },
    stability: 'stable',
  },
  'host-key-recorded': {
    when: 'a host was contacted for the first time, and its key was added to known_hosts',
    members: { host: 'the host', fingerprint: 'fingerprint of the key', file: 'path of known_hosts' },
    stability: 'stable',
  },
  'host-unreachable': {
    when: 'SSH or Docker of a host does not answer',
    members: { host: 'the host', error: 'cause and fix: [error](#error)' },
    stability: 'stable',
  },
  'certificates-ready': {
    when: 'it is decided which certificates are kept and which are issued',
    members: {
      kept: 'number of certificates that are kept',
      issued: 'names of the certificates that are issued',
      reasons: 'why, in the same order: list of [certificate reasons](#certificate-reason)',
    },
    stability: 'stable',
  },
  'plan-made': {
    when: 'cluster.yml was compared with the hosts',
    members: {
      operations: 'number of operations; 0 if there is nothing to do',
      stages: 'list of `{ stage, operations }`, in the order in which the stages end',
      unchanged: 'what is as planned already: [counts](#unchanged-counts)',
      'summary?': 'summary of what is changed, as lines for people; `rke plan -o json` has it as data',
    },
    stability: 'stable',
  },
  'stage-started': {
    when: 'the first operation of a stage starts; stages overlap',
    members: { stage: 'name of the stage', operations: 'number of its operations' },
    stability: 'stable',
  },
  'stage-finished': {
    when: 'the last operation of a stage has ended',
    members: {
      stage: 'name of the stage',
      durationMs,
      done: 'number of operations that are done',
      failed: 'number of operations that failed',
      skipped: 'number of operations that were skipped',
    },
    stability: 'stable',
  },
  'operation-started': { when: 'an operation starts', members: operation, stability: 'stable' },
  'operation-progress': {
    when: 'a running operation waits, or gets further',
    members: {
      ...operation,
      text: 'what it waits for, or how far it is',
      'reason?': 'the answer that it got instead, if `text` hides it, e.g. the error of a socket',
      'timeoutSeconds?': 'how long a wait may take, from the start of the operation',
    },
    stability: 'stable',
  },
  'operation-finished': {
    when: 'an operation is done',
    members: { ...operation, durationMs },
    stability: 'stable',
  },
  'operation-failed': {
    when: 'an operation failed',
    members: { ...operation, durationMs, error: 'cause and fix: [error](#error)' },
    stability: 'stable',
  },
  'operation-skipped': {
    when: 'an operation is not run, because one that it needs failed or the run was interrupted',
    members: { ...operation, because: 'the reason' },
    stability: 'stable',
  },
  'state-saved': {
    when: 'the state file was written',
    members: { file: 'path of the state file' },
    stability: 'stable',
  },
  'state-recovered': {
    when: '`rke state recover` rebuilt a lost state file',
    members: {
      file: 'path of the state file',
      source: '`cluster`, `hosts` or `snapshot`',
      from: 'what it was read from, e.g. the host or the file',
      fingerprint: 'SHA-256 fingerprint of the CA of the cluster',
      missing: 'list of what the state lacks, or may have in an older version',
    },
    stability: 'stable',
  },
  'snapshot-saved': {
    when: 'an etcd snapshot was taken on a host, and its archive was checked',
    members: {
      ...ofArchive,
      hasState: 'true if the state file is in the archive',
      durationMs,
      'upload?': 'where it was uploaded to, only with S3: [upload](#upload)',
    },
    stability: 'stable',
  },
  'snapshot-verified': {
    when: 'the archive of an etcd snapshot on a host passed its check',
    members: {
      ...ofArchive,
      'kubernetesVersion?': 'Kubernetes version of the state in it',
      's3?':
        'if it is in S3, its `endpoint`, `bucket` and `key`; `host` has downloaded it, and `file` is `s3://BUCKET/KEY`',
    },
    stability: 'stable',
  },
  warning: {
    when: 'something to know that does not stop the run',
    members: { message: 'what it is, and what to do', 'host?': 'the host, if it is about one' },
    stability: 'stable',
  },
  debug: {
    when: 'details for the log file',
    members: { message: 'what happened', 'host?': 'the host, if it is about one' },
    stability: 'debugging',
  },
  'run-finished': {
    when: 'the last event of a run',
    members: {
      outcome:
        '`done`; `no-change`, also if it only waited for what an earlier run changed; `failed` or `cancelled`',
      durationMs,
      done: 'number of operations that are done',
      failed: 'number of operations that failed; skipped ones are in neither number',
      unchanged: 'what was as planned already: [counts](#unchanged-counts)',
      'kubeconfig?': 'path of the admin kubeconfig, if the run wrote one',
      'unavailable?':
        'list of add-ons that the run did not wait for and that are not available: [add-ons](#unavailable-add-on)',
      'snapshot?':
        'name of the etcd snapshot that is on every etcd host now; only of `rke etcd snapshot-save`',
      'exitCode?': 'exit code of the process, if it is not 0',
      'errors?':
        'list of what failed, one entry for each failure or for each fault of cluster.yml: [errors](#error)',
    },
    stability: 'stable',
  },
};

/** Members of the objects inside events. */
export const eventObjectTexts: {
  readonly error: MemberTexts<RunError>;
  readonly reason: MemberTexts<CertificateReason>;
  readonly unchanged: MemberTexts<UnchangedCounts>;
  readonly unavailable: MemberTexts<UnavailableAddon>;
  readonly upload: MemberTexts<UploadedSnapshot>;
} = {
  error: {
    code: 'stable code, listed in [errors.md](errors.md#error-codes)',
    message: 'what failed, without the host',
    'fix?': 'what to do',
    'evidence?': 'list of lines that show the cause, e.g. the last lines of a container log',
    'host?': 'the host; only in `errors` of `run-finished`',
  } satisfies MemberTexts<EventError & RunError>,
  reason: {
    name: 'name of the certificate',
    reason: '`missing`, `expires soon`, `expired`, `names differ`, `rotated`, …',
    'daysLeft?': 'days that the previous one had left, if that is the reason; negative if it had expired',
  },
  unavailable: {
    addon: 'name of the add-on, e.g. `rke-metrics-addon`',
    lacks: 'list of what it lacks, e.g. `Deployment metrics-server: 0 of 1 replicas available`',
  },
  upload: {
    endpoint: 'host of the S3 service',
    bucket: 'name of the bucket',
    key: 'name of the object',
    isDone: 'false if the upload failed; the archive is on the host',
  },
  unchanged: { containers: 'number of containers', files: 'number of files', addons: 'number of add-ons' },
};
