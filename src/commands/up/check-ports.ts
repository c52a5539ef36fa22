import { dockerError } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { portConflicts } from '../../reconcile/checks/port-conflicts.js';

/** Stops before anything is changed where a port of a new container is taken. @throws RunFailedError (exit 6) */
export function checkPorts(operations: readonly Operation[], observed: ObservedCluster): void {
  const failures = portConflicts(operations, observed).map(({ host, container, port }) => ({
    title: `start ${container}`,
    host,
    error: dockerError('PORT_IN_USE', `port ${port}, which ${container} needs, is in use on ${host}`, {
      host,
      fix: `find out who listens there (ss -ltnp 'sport = :${port}' on the host) and stop it, then run rke again`,
    }),
  }));
  if (failures.length > 0) throw new RunFailedError(failures, false);
}
