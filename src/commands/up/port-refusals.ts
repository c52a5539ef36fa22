import { dockerError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { portConflicts } from '../../reconcile/checks/port-conflicts.js';

/** Refuses ports of new containers that are in use: one failure PORT_IN_USE (exit 6) for each. */
export function refusePorts(operations: readonly Operation[], observed: ObservedCluster): Failure[] {
  return portConflicts(operations, observed).map(({ host, container, port }) => ({
    title: `start ${container}`,
    host,
    error: dockerError('PORT_IN_USE', `port ${port}, which ${container} needs, is in use`, {
      host,
      fix: `find the process with \`ss -ltnp 'sport = :${port}'\` on the host, stop it, then run \`rke up\` again`,
    }),
  }));
}
