import type { LeftOut } from '../operations.js';
import type { HostOperations } from './host-operations.js';

/** What RKE v1 deploys in the worker plane (services/workerplane.go doDeployWorkerPlane). */
const ofWorkers: ReadonlySet<string> = new Set(['service-sidekick', 'nginx-proxy', 'kubelet', 'kube-proxy']);

/** Reduces what a host needs to what `--update-only` does: all files, and containers of workers if the host is a new one. */
export function keepOnlyNewWorkers(
  work: HostOperations,
  host: string,
  newWorkers: ReadonlySet<string>,
): { readonly work: HostOperations; readonly leftOut: readonly LeftOut[] } {
  const isKept = ({ container }: { readonly container: { readonly name: string } }): boolean =>
    newWorkers.has(host) && ofWorkers.has(container.name);
  const containers = work.containers.filter(isKept);
  const leftOut = work.containers.filter((one) => !isKept(one));
  const removals = newWorkers.has(host) ? work.leftovers : [];
  const waited = new Set(work.files.flatMap(({ after }) => after));
  return {
    work: {
      ...work,
      containers,
      broken: work.broken.filter(isKept),
      leftovers: removals,
      pulls: newWorkers.has(host) ? work.pulls : work.pulls.filter(({ id }) => waited.has(id)),
    },
    leftOut: [
      ...leftOut.map(({ container }) => ({ host, container: container.name })),
      ...work.leftovers.flatMap((one) =>
        one.kind === 'remove-container' && !removals.includes(one) ? [{ host, container: one.name }] : [],
      ),
    ],
  };
}
