import { kubeError, RkeError } from '../../core/errors.js';
import type { CallOptions } from '../../host/host.js';
import type { KubeObject, NodeIdentity } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { objectReadiness } from '../../reconcile/diff/readiness.js';
import type { NodeContext, NodeLister } from '../node-lister.js';
import { poll, type Look, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { lastWords } from './health.js';
import { KubeletReports } from './kubelet-reports.js';

type AwaitReady = OperationOf<'await-node-ready'>;

/** Waits for the node's Ready condition; if the kubelet was started again, for one that the new kubelet reported. */
export async function awaitNodeReady(
  operation: AwaitReady,
  context: NodeContext,
  onWaiting: OnWaiting,
): Promise<void> {
  let reports: KubeletReports | undefined;
  const result = await poll<undefined>(
    async (signal) => {
      if (operation.newKubelet !== undefined)
        reports ??= new KubeletReports(await kubeletStart(operation, context, { signal }));
      return lookAtNode(operation, { ...context, reports }, { signal });
    },
    { ...context, timeoutSeconds: operation.timeoutSeconds, onWaiting },
  );
  if ('timedOut' in result)
    throw await nodeNotReady(operation, 'did not become Ready', result.timedOut, context);
}

async function lookAtNode(
  { node: identity, newKubelet }: AwaitReady,
  { lister, reports }: { readonly lister: NodeLister; readonly reports: KubeletReports | undefined },
  options: CallOptions,
): Promise<Look<undefined>> {
  // What an earlier look saw may be older than the last report of the old kubelet, which would then seem to be a new one.
  const isFirst = reports?.hasSeen === false;
  const node = await (isFirst ? lister.find(identity, options) : lister.glance(identity, options));
  if (node === undefined) return { done: false, why: 'not registered yet' };
  const readLease = (): Promise<KubeObject | undefined> => leaseOf(node, lister, options);
  const missing = await reports?.missing(node, readLease, newKubelet?.version);
  if (missing !== undefined) return { done: false, why: missing };
  const { ready, reason } = objectReadiness(node);
  return ready ? { done: true, value: undefined } : { done: false, why: reason };
}

async function leaseOf(
  { metadata: { name } }: KubeObject,
  lister: NodeLister,
  options: CallOptions,
): Promise<KubeObject | undefined> {
  try {
    return (await lister.leases(options)).get(name);
  } catch (error) {
    // Kubernetes before 1.14 has no Leases of nodes; its kubelets report their status every 10 s.
    if (error instanceof RkeError && error.code === 'KUBE_NO_SUCH_KIND') return undefined;
    throw error;
  }
}

async function kubeletStart(
  { host = '' }: AwaitReady,
  { hosts }: RunContext,
  options: CallOptions,
): Promise<string | undefined> {
  return (await hosts.get(host)?.docker.inspect('kubelet', options))?.startedAt;
}

/** The error for a node that did not register or become Ready in time, with the last log lines of its kubelet. */
export async function nodeNotReady(
  operation: { readonly host?: string; readonly node: NodeIdentity; readonly timeoutSeconds: number },
  what: string,
  why: string,
  context: RunContext,
): Promise<Error> {
  const { host, node, timeoutSeconds } = operation;
  return kubeError('NODE_NOT_READY', `node ${node.hostname} ${what} within ${timeoutSeconds}s: ${why}`, {
    ...(host === undefined
      ? {}
      : { host, evidence: await lastWords({ host, container: 'kubelet' }, context) }),
    fix: (on) => `check \`docker logs kubelet\` on ${on}, fix the cause, then run \`rke up\` again`,
  });
}
