import { etcdError } from '../../core/errors.js';
import type { Host } from '../../host/host.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { anyState } from '../../reconcile/snapshots/check-script.js';
import { helperContainer } from '../helper-container.js';
import type { RunContext } from '../run-context.js';
import { checkSnapshot } from './check-snapshot.js';
import { runOnce } from './containers.js';

/** Checks an archive completely, and reports what is in it. @throws RkeError (exit 8) if it cannot be restored, or not be checked */
export async function verifySnapshot(
  host: Host,
  { name, container, timeoutSeconds }: OperationOf<'verify-snapshot'>,
  context: Pick<RunContext, 'signal' | 'unpackFiles' | 'events'>,
): Promise<void> {
  const check = { name, container, timeoutSeconds, stateSha256: anyState, isStored: true };
  const checked = await checkSnapshot(host, check, context);
  if (checked === undefined)
    throw etcdError('SNAPSHOT_NOT_FOUND', `there is no snapshot ${name} any more`, {
      host: host.address,
      fix: 'list the snapshots with `rke etcd ls`',
    });
  const file = `${snapshotDirectory}/${name}.zip`;
  context.events.emit({ type: 'snapshot-verified', host: host.address, name, file, ...checked });
}

/** Deletes archives; none is an error if it is gone already. */
export async function deleteSnapshots(
  host: Host,
  { names, container }: OperationOf<'delete-snapshots'>,
  { signal }: Pick<RunContext, 'signal'>,
): Promise<void> {
  const remover = {
    ...helperContainer('etcd-remove-snapshot', container.image),
    entrypoint: ['rm', '-f'],
    cmd: ['--', ...names.flatMap((name) => [`/backup/${name}.zip`, `/backup/${name}`])],
    binds: container.binds.filter((bind) => bind.split(':')[1] === '/backup'),
    securityOpt: container.securityOpt,
  };
  await runOnce(host, remover, { signal });
}
