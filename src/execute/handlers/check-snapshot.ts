import { etcdError, RkeError } from '../../core/errors.js';
import type { DockerApi, Host } from '../../host/host.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import {
  checkExits,
  checkResult,
  checkScript,
  parseCheckResult,
  type CheckedSnapshot,
} from '../../reconcile/snapshots/check-script.js';
import { helperContainer } from '../helper-container.js';
import type { RunContext } from '../run-context.js';
import { createContainer, withHelper } from './containers.js';
import { saveAgain } from './snapshot-errors.js';

export interface SnapshotCheck {
  readonly name: string;
  /** The container that has taken the snapshot: the check uses its image, labels of SELinux and mount of the snapshots. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  /** SHA-256 of the state that the archive must have; undefined if it needs none. */
  readonly stateSha256: string | undefined;
  /** The archive is older than the run, and is kept if it is damaged. */
  readonly isStored?: boolean;
  /** Name of the container that checks; two checks on a host at the same time need two. */
  readonly checker?: string;
}

/** RKE's name for the container that compares snapshots (services/etcd.go). */
export const checkerName = 'etcd-checksum-checker';

/**
 * Checks the archive of a snapshot on its host: nothing of it leaves the host.
 *
 * @returns what is in it; undefined if there is no archive
 * @throws RkeError (exit 8) SNAPSHOT_INVALID or SNAPSHOT_WITHOUT_STATE if it cannot be restored, SNAPSHOT_UNCHECKED if that is not
 *   known
 */
export async function checkSnapshot(
  host: Host,
  {
    name,
    container,
    timeoutSeconds,
    stateSha256 = '',
    isStored = false,
    checker: called = checkerName,
  }: SnapshotCheck,
  { signal, unpackFiles }: Pick<RunContext, 'signal' | 'unpackFiles'>,
): Promise<CheckedSnapshot | undefined> {
  const { docker } = host;
  const checker: ContainerSpec = {
    ...helperContainer(called, container.image),
    entrypoint: ['/bin/sh', '-c'],
    cmd: [checkScript, 'rke', name, stateSha256],
    env: ['ETCDCTL_API=3'],
    binds: container.binds.filter((bind) => bind.split(':')[1] === '/backup'),
    securityOpt: container.securityOpt,
  };
  await docker.remove(called, { signal });
  return withHelper(docker, called, async () => {
    await createContainer(host, checker, { signal });
    const code = await docker
      .wait(called, { signal, milliseconds: timeoutSeconds * 1000 })
      .catch((error: unknown) => {
        if (error instanceof RkeError && error.code === 'DOCKER_TIMEOUT') return undefined;
        throw error;
      });
    const checked = code === 0 ? await readCheck(docker, called, { signal, unpackFiles }) : undefined;
    const evidence =
      code === undefined || checked !== undefined ? [] : await docker.logs(called, { signal, tail: 5 });
    return judgeCheck({ code, checked, evidence }, { host: host.address, name, timeoutSeconds, isStored });
  });
}

/** How the check of an archive ended. */
export interface EndedCheck {
  /** Exit code of the script; undefined if it did not end in time. */
  readonly code: number | undefined;
  /** What it found; undefined if it failed. */
  readonly checked: CheckedSnapshot | undefined;
  /** Its last lines. */
  readonly evidence: readonly string[];
}

/** Reads what a check that ended well has found; undefined if that is not complete. */
export async function readCheck(
  docker: DockerApi,
  container: string,
  { signal, unpackFiles }: Pick<RunContext, 'signal' | 'unpackFiles'>,
): Promise<CheckedSnapshot | undefined> {
  const found = await docker.getArchive(container, checkResult, { signal });
  const [file] = found === undefined ? [] : await unpackFiles(found);
  return file === undefined ? undefined : parseCheckResult(file.content.toString('utf8'));
}

/**
 * Decides by the end of a check.
 *
 * @returns what is in the archive; undefined if the archive is missing
 * @throws RkeError (exit 8), as `checkSnapshot`
 */
export function judgeCheck(
  { code, checked, evidence }: EndedCheck,
  {
    host,
    name,
    timeoutSeconds,
    isStored = false,
  }: { readonly host: string } & Pick<SnapshotCheck, 'name' | 'timeoutSeconds' | 'isStored'>,
): CheckedSnapshot | undefined {
  if (checked !== undefined) return checked;
  if (code === undefined)
    throw uncheckedError(host, name, [`the check did not end within ${timeoutSeconds} s`]);
  if (code === checkExits.missing) return undefined;
  throw isStored ? storedError(code, { host, name, evidence }) : checkError(code, { host, name, evidence });
}

interface Checked {
  readonly host: string;
  readonly name: string;
  readonly evidence: readonly string[];
}

/** Of an archive that was there before. */
function storedError(code: number, { host, name, evidence }: Checked): RkeError {
  if (code === checkExits.damaged)
    return etcdError(
      'SNAPSHOT_INVALID',
      `the archive of snapshot ${name} is damaged and cannot be restored`,
      {
        host,
        evidence,
        fix: `restore another one; check the disk of the host (\`dmesg\`), and delete it with \`rke etcd delete ${name}\``,
      },
    );
  if (code === checkExits.withoutState)
    return etcdError('SNAPSHOT_WITHOUT_STATE', `snapshot ${name} has no usable state of the cluster in it`, {
      host,
      evidence,
      fix: 'the database is good: it can be restored with a copy of cluster.rkestate of that time, so keep one',
    });
  return etcdError('SNAPSHOT_UNCHECKED', `the archive of snapshot ${name} could not be checked`, {
    host,
    evidence,
    fix: 'fix what the last lines show, then run the same command again',
  });
}

function checkError(code: number, { host, name, evidence }: Checked): RkeError {
  if (code === checkExits.damaged)
    return etcdError('SNAPSHOT_INVALID', 'the archive of the snapshot is damaged; it was removed', {
      host,
      evidence,
      fix: `check the disk of the host (\`dmesg\`), then ${saveAgain}`,
    });
  if (code === checkExits.withoutState)
    return etcdError(
      'SNAPSHOT_WITHOUT_STATE',
      'the archive of the snapshot does not have the state of the cluster',
      {
        host,
        evidence,
        fix: 'keep a copy of cluster.rkestate beside it; check system_images.alpine, which takes snapshots',
      },
    );
  return uncheckedError(host, name, evidence);
}

function uncheckedError(host: string, name: string, evidence: readonly string[]): RkeError {
  return etcdError('SNAPSHOT_UNCHECKED', `the archive of snapshot ${name} could not be checked`, {
    host,
    evidence,
    fix: `the archive is kept in ${snapshotDirectory}; fix the cause, then take another snapshot`,
  });
}
