import { listAt, recordAt } from '../../core/fields.js';
import type { CallOptions, ContainerSummary, Host } from '../../host/host.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import type { NodeContext } from '../node-lister.js';
import { poll, type Look, type OnWaiting } from '../poll.js';

/** What cri-dockerd and the dockershim put on the container that owns the network of a pod. */
const sandboxLabel = 'io.kubernetes.docker.type';

/** The pause process ends on SIGTERM. */
const stopSeconds = 10;

/**
 * Stops the sandboxes of all pods of a host that do not use its own network. The kubelet then ends their containers with their
 * grace period and creates new sandboxes, with addresses of the plugin that it knows now. Pods that do not come back in time are
 * reported as a warning: the others need the same.
 */
export async function recreatePods(
  host: Host,
  operation: OperationOf<'recreate-pods'>,
  context: NodeContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { signal, events } = context;
  const before = await sandboxesOf(host, { signal });
  const wanted = await countReady(operation, context, { signal });
  for (const { name } of before) await host.docker.stop(name, { signal, seconds: stopSeconds });
  const old = new Set(before.map(({ id }) => id));
  const back = await poll<undefined>(
    async (limit): Promise<Look<undefined>> => {
      const now = (await sandboxesOf(host, { signal: limit })).filter(({ id }) => !old.has(id));
      if (now.length < before.length)
        return { done: false, why: `${now.length} of ${before.length} pods are recreated` };
      const ready = await countReady(operation, context, { signal: limit });
      return ready >= wanted
        ? { done: true, value: undefined }
        : { done: false, why: `${ready} of ${wanted} pods are ready` };
    },
    { ...context, timeoutSeconds: operation.timeoutSeconds, onWaiting },
  );
  if ('timedOut' in back)
    events.emit({
      type: 'warning',
      message: `${back.timedOut} after ${operation.timeoutSeconds} s; check \`kubectl get pods -A -o wide\``,
      host: host.address,
    });
}

async function sandboxesOf({ docker }: Host, options: CallOptions): Promise<ContainerSummary[]> {
  const isSandbox = ({ running, labels, networkMode }: ContainerSummary): boolean =>
    running && labels[sandboxLabel] === 'podsandbox' && networkMode !== 'host';
  return (await docker.list(options)).filter(isSandbox);
}

/** Pods of the node that are Ready, those with the network of the host included. */
async function countReady(
  { node }: OperationOf<'recreate-pods'>,
  { kube, lister }: NodeContext,
  options: CallOptions,
): Promise<number> {
  const name = (await lister.glance(node, options))?.metadata.name;
  if (name === undefined) return 0;
  const pods = { apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${name}` };
  return (await kube.list(pods, options)).filter(isReady).length;
}

function isReady(pod: KubeObject): boolean {
  const conditions = listAt(recordAt(pod, 'status'), 'conditions');
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
