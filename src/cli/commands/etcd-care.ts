import { etcdError, exitCodes, RkeError } from '../../core/errors.js';
import type { CheckedArchive } from '../../core/events.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { redactValue } from '../../core/redact.js';
import { defragment } from '../../commands/etcd/defragment.js';
import { recoverQuorum, type RecoveredEtcd } from '../../commands/etcd/recover-quorum.js';
import { readEtcdStatus } from '../../commands/etcd/etcd-status.js';
import { listSnapshots } from '../../commands/etcd/list-snapshots.js';
import {
  deleteSnapshot,
  pruneSnapshots,
  verifySnapshot,
  type DeletedSnapshots,
  type DeleteSnapshotOptions,
  type PruneSnapshotsOptions,
} from '../../commands/etcd/stored-snapshots.js';
import { runErrors } from '../../report/run-errors.js';
import type { EtcdWorkOptions } from '../../commands/etcd/work-on-etcd.js';
import type { Finished } from '../../run/apply.js';
import { askOn } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { keepSnapshotNames } from '../completion/snapshot-names.js';
import { readS3Flags, type S3Flags } from '../options/s3-flags.js';
import { printer, runRead, type ReadFlags } from '../print-read.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { formatEtcd, formatRecovered, formatSnapshotList, formatVerified } from '../show/etcd-text.js';

/** Flags of a command that changes something and prints it. */
export interface EtcdWorkFlags extends ClusterFlags, S3Flags {
  readonly output: 'text' | 'json';
  readonly yes?: boolean;
}

export interface PruneFlags extends EtcdWorkFlags {
  readonly keepSingle?: number;
}

/** Flags of a command that reads snapshots. */
export interface ListFlags extends ReadFlags, S3Flags {}

/** `rke etcd ls`: prints the snapshots, also if a host could not be listed. */
export function list(flags: ListFlags, context: CommandContext): Promise<number> {
  return runRead(flags, context, async (options, print) => {
    const s3 = await readS3Flags(flags, context.io, options.events);
    const { snapshots, failures } = await listSnapshots({ ...options, s3 });
    const names = snapshots.map(({ name }) => name);
    if (failures.length === 0) keepSnapshotNames({ config: flags.config, ...context.io }, names);
    const error =
      failures.length === 0 ? undefined : new RunFailedError(failures, { exitCode: exitCodes.etcd });
    print({ snapshots, errors: errorsOf(error) }, () => formatSnapshotList(snapshots));
    if (error !== undefined) throw error;
  });
}

/** `rke etcd status`: prints the members, also if some are down. */
export function status(flags: ReadFlags, context: CommandContext): Promise<number> {
  return runRead(flags, context, async (options, print) => {
    const report = await readEtcdStatus(options);
    print(report, () => formatEtcd(report));
    const { problems, cluster } = report;
    if (problems.length > 0)
      throw etcdError('ETCD_UNHEALTHY', `etcd of cluster ${cluster} is not well`, {
        faults: problems,
        fix: 'repair the members: docs/etcd.md',
      });
  });
}

/** `rke etcd verify`. */
export function verify(name: string, flags: EtcdWorkFlags, context: CommandContext): Promise<number> {
  const verified: CheckedArchive[] = [];
  return change(flags, context, {
    work: (options) =>
      verifySnapshot({ ...options, name, onVerified: (archive) => void verified.push(archive) }),
    report: (errors) => [
      { name, verified: byHost(verified), errors },
      () => formatVerified(byHost(verified)),
    ],
  });
}

/** `rke etcd delete`. */
export function deleteOne(name: string, flags: EtcdWorkFlags, context: CommandContext): Promise<number> {
  let deleted: DeletedSnapshots = new Map();
  let object: string | undefined;
  const onDecided: DeleteSnapshotOptions['onDecided'] = (names, inBucket) => {
    deleted = names;
    object = inBucket;
  };
  return change(flags, context, {
    work: (options) => deleteSnapshot({ ...options, name, onDecided }),
    report: (errors) => reportDeleted(deleted, errors, object === undefined ? {} : { s3: object }),
  });
}

/** `rke etcd prune`. */
export function prune(flags: PruneFlags, context: CommandContext): Promise<number> {
  let deleted: DeletedSnapshots = new Map();
  let objects: readonly string[] = [];
  const { keepSingle } = flags;
  const onDecided: PruneSnapshotsOptions['onDecided'] = (names, files) => {
    deleted = names;
    objects = files;
  };
  return change(flags, context, {
    work: (options) => pruneSnapshots({ ...options, keepSingle, onDecided }),
    report: (errors) => reportDeleted(deleted, errors, { objects }),
  });
}

/** `rke etcd defrag`. */
export function defrag(flags: EtcdWorkFlags, context: CommandContext): Promise<number> {
  let members: readonly string[] = [];
  return change(flags, context, {
    work: (options) => defragment({ ...options, onDecided: (names) => (members = names) }),
    report: (errors) => [{ members, errors }, () => ''],
  });
}

/** `rke etcd recover-quorum`. */
export function recover(flags: EtcdWorkFlags, context: CommandContext): Promise<number> {
  let decided: RecoveredEtcd = { setAside: [], joined: [], unreached: [] };
  return change(flags, context, {
    work: (options) => recoverQuorum({ ...options, onDecided: (recovered) => (decided = recovered) }),
    report: (errors) => [{ ...decided, errors }, () => (errors.length === 0 ? formatRecovered(decided) : '')],
  });
}

type Errors = ReturnType<typeof runErrors>;

interface ChangeParts {
  readonly work: (options: EtcdWorkOptions) => Promise<Finished>;
  /** What is printed, as JSON and as text. */
  readonly report: (errors: Errors) => [json: object, format: () => string];
}

/** Runs a command that changes something, and prints what it did, also if it failed on some hosts. */
function change(
  flags: EtcdWorkFlags,
  context: CommandContext,
  { work, report }: ChangeParts,
): Promise<number> {
  const print = printer(flags, context);
  return runCommand(flags, context, async (options, terminal) => {
    const question = 'Are you sure';
    const confirm = askOn(terminal, context.io, { yes: flags.yes, question });
    const s3 = await readS3Flags(flags, context.io, options.events);
    try {
      const finished = await work({ ...options, confirm, s3 });
      print(...report([]));
      return finished;
    } catch (error) {
      if (error instanceof RunFailedError || (error instanceof RkeError && flags.output === 'json'))
        print(...report(errorsOf(error)));
      throw error;
    }
  });
}

const errorsOf = (error: unknown): Errors => (error === undefined ? [] : redactValue(runErrors(error)));

function byHost(archives: readonly CheckedArchive[]): CheckedArchive[] {
  return archives.toSorted((a, b) => (a.host < b.host ? -1 : 1));
}

function reportDeleted(
  deleted: DeletedSnapshots,
  errors: Errors,
  inBucket: { readonly s3?: string; readonly objects?: readonly string[] },
): [object, () => string] {
  const rows = [...deleted].map(([host, names]) => ({ host, names }));
  return [{ deleted: rows, ...inBucket, errors }, () => ''];
}
