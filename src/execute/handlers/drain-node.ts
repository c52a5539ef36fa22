import { kubeError } from '../../core/errors.js';
import type { CallOptions } from '../../host/host.js';
import type { DrainSettings, KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { nameOf, sortDrainedPods, type RefusedPod } from '../../reconcile/diff/drained-pods.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { fanOut } from '../fan-out.js';
import type { NodeContext } from '../node-lister.js';
import { poll, type Look, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { readNode } from './cordon-node.js';

/** Between two looks: a budget has room again when a pod elsewhere is Ready. */
const intervalMilliseconds = 1000;

/** One look lists the pods of a node and asks for each once. */
const lookMilliseconds = 30_000;
const evictionsAtOnce = 10;

/**
 * Evicts the pods of a node until none is left. Pods are asked for again as long as a PodDisruptionBudget does not allow it.
 * A node that does not exist has no pods.
 *
 * @throws RkeError DRAIN_REFUSED before any eviction; DRAIN_TIMED_OUT with what keeps the pods
 */
export async function drainNode(
  { node: identity, options }: OperationOf<'drain-node'>,
  context: NodeContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const node = await readNode(identity, context);
  if (node === undefined) return;
  const { name } = node.metadata;
  const { refused } = sortDrainedPods(await podsOn(name, context, context), options);
  if (refused.length > 0) throw refusal(name, refused);
  const asked = new Set<string>();
  const left = await poll<undefined>((signal) => evictRest(name, options, { ...context, signal, asked }), {
    ...context,
    timeoutSeconds: options.timeoutSeconds,
    intervalMilliseconds,
    lookMilliseconds,
    onWaiting,
  });
  if ('value' in left) return;
  throw kubeError(
    'DRAIN_TIMED_OUT',
    `node ${name} was not drained within ${options.timeoutSeconds}s: ${left.timedOut}`,
    {
      fix: 'give the PodDisruptionBudget room, e.g. by more replicas on other nodes, then run the same command again; `--drain-timeout 30m` allows more time. The node stays cordoned',
    },
  );
}

interface Round extends Pick<RunContext, 'kube'>, CallOptions {
  /** Uids of the pods that end. */
  readonly asked: Set<string>;
}

async function evictRest(name: string, options: DrainSettings, round: Round): Promise<Look<undefined>> {
  const { evicted: pods } = sortDrainedPods(await podsOn(name, round, round), options);
  if (pods.length === 0) return { done: true, value: undefined };
  const rest = pods.filter((pod) => !round.asked.has(uidOf(pod)));
  const answers = await fanOut(rest, { limit: evictionsAtOnce, signal: round.signal }, async (pod) => {
    const why = await round.kube.evict(refOf(pod), { ...options, signal: round.signal });
    if (why === undefined) round.asked.add(uidOf(pod));
    return why;
  });
  const blocked = answers.flatMap((answer, index) => {
    if (answer.status === 'rejected') throw answer.reason;
    const pod = rest[index];
    return answer.value === undefined || pod === undefined ? [] : [`${nameOf(pod)}: ${answer.value}`];
  });
  const ending = pods.filter((pod) => round.asked.has(uidOf(pod))).map(nameOf);
  return { done: false, why: describeRest(blocked, ending) };
}

/** Reasons first: a pod that ends needs nobody. */
function describeRest(blocked: readonly string[], ending: readonly string[]): string {
  const parts = [...blocked, ...(ending.length === 0 ? [] : [`ending: ${listSome(ending)}`])];
  return listSome(parts, '; ');
}

const mostNamed = 5;

function listSome(items: readonly string[], separator = ', '): string {
  const more = items.length - mostNamed;
  return more > 0
    ? `${items.slice(0, mostNamed).join(separator)}${separator}and ${more} more`
    : items.join(separator);
}

function podsOn(
  name: string,
  { kube }: Pick<RunContext, 'kube'>,
  { signal }: CallOptions,
): Promise<readonly KubeObject[]> {
  const fieldSelector = `spec.nodeName=${name}`;
  return kube.list({ apiVersion: 'v1', kind: 'Pod', fieldSelector }, { signal, patient: true });
}

const uidOf = (pod: KubeObject): string => pod.metadata.uid ?? nameOf(pod);

function refOf({ metadata: { namespace = 'default', name } }: KubeObject): ObjectRef {
  return { apiVersion: 'v1', kind: 'Pod', namespace, name };
}

const reasons: Readonly<Record<RefusedPod['why'], { readonly what: string; readonly allow: string }>> = {
  daemonset: { what: 'of a DaemonSet', allow: 'ignore_daemonsets: true' },
  'local-data': { what: 'has data in an emptyDir', allow: 'delete_local_data: true' },
  'no-controller': { what: 'no controller would recreate it', allow: 'force: true' },
};

function refusal(node: string, refused: readonly RefusedPod[]): Error {
  const pods = refused.map(({ pod, why }) => `${pod} (${reasons[why].what})`);
  const keys = [...new Set(refused.map(({ why }) => reasons[why].allow))];
  return kubeError('DRAIN_REFUSED', `node ${node} cannot be drained: ${listSome(pods)}`, {
    fix: `move these pods yourself, or allow it in upgrade_strategy.node_drain_input of cluster.yml: ${keys.join(', ')}`,
  });
}
