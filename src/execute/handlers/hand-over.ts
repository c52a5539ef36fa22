import { withDeadline } from '../../core/deadline.js';
import { kubeError } from '../../core/errors.js';
import { listAt, recordAt, textAt, type Fields } from '../../core/fields.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import type { Successor } from '../../reconcile/kinds/cluster-kinds.js';
import { poll, type Look, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { applyObject } from './apply-object.js';

export interface HandOverOptions {
  readonly context: RunContext;
  readonly onWaiting: OnWaiting;
  /** Deletes the workload whose pods leave the Service. */
  readonly remove: () => Promise<void>;
}

const restoreMilliseconds = 10_000;

/**
 * Removes a workload whose pods are behind the same Service as those of its successor. The Service selects just the current
 * pods of the successor first, and the old ones are deleted when they have not been behind it for `steadySeconds`: by then
 * kube-proxy sends nothing to them on any node, so that no request is lost. Afterwards, and if something fails, the Service is
 * applied as planned.
 *
 * @throws RkeError ADDON_NOT_AVAILABLE (exit 7) if the old pods stay behind the Service; nothing is deleted then
 */
export async function handOver(
  successor: Successor,
  { context, onWaiting, remove }: HandOverOptions,
): Promise<void> {
  const { service, deployment, timeoutSeconds } = successor;
  const current = await findReplicaSet(deployment, context);
  const waitFor = (look: (signal: AbortSignal) => Promise<Look<undefined>>): Promise<object> =>
    poll(look, { ...context, timeoutSeconds, onWaiting });
  try {
    await applyObject(withHash(service, current), context);
    const result = await waitFor(lookBehind(successor, current, context));
    if ('timedOut' in result) throw stillBehind(successor, String(result.timedOut));
    await remove();
    // Pods of a deleted Deployment are deleted in the background, and would be selected again until then.
    await waitFor(lookForOthers(successor, current, context));
  } finally {
    await withDeadline({ milliseconds: restoreMilliseconds }, (signal) =>
      applyObject(service, { ...context, signal }),
    );
  }
}

/** The label by which a Deployment tells the pods of its ReplicaSets apart. */
const hashLabel = 'pod-template-hash';
const revision = 'deployment.kubernetes.io/revision';

async function findReplicaSet(
  ref: ObjectRef,
  { kube, signal }: Pick<RunContext, 'kube' | 'signal'>,
): Promise<KubeObject> {
  const { namespace = '' } = ref;
  const options = { signal, patient: true };
  const deployment = await kube.get(ref, options);
  const sets = await kube.list({ apiVersion: ref.apiVersion, kind: 'ReplicaSet', namespace }, options);
  const current = sets.find(
    ({ metadata }) =>
      ownersOf(metadata).includes(deployment?.metadata.uid ?? '') &&
      metadata.annotations?.[revision] === deployment?.metadata.annotations?.[revision],
  );
  if (current?.metadata.labels?.[hashLabel] !== undefined) return current;
  throw kubeError('ADDON_NOT_AVAILABLE', `${describeRef(ref)} has no pods of its current version`, {
    fix: `check \`kubectl -n ${namespace} describe deployment ${ref.name}\`, then run \`rke up\` again`,
  });
}

function ownersOf(metadata: Fields): string[] {
  return listAt(metadata, 'ownerReferences').map((owner) => textAt(owner, 'uid'));
}

function withHash(service: KubeObject, { metadata }: KubeObject): KubeObject {
  const spec = recordAt(service, 'spec');
  const selector = { ...recordAt(spec, 'selector'), [hashLabel]: metadata.labels?.[hashLabel] };
  return { ...service, spec: { ...spec, selector } };
}

/** Whether only pods of the ReplicaSet have been behind the Service for long enough. */
function lookBehind(
  { service, steadySeconds }: Successor,
  current: KubeObject,
  { kube, clock }: RunContext,
): (signal: AbortSignal) => Promise<Look<undefined>> {
  let since: number | undefined;
  return async (signal) => {
    const endpoints = await kube.get({ ...objectRef(service), kind: 'Endpoints' }, { signal });
    const names = listAt(endpoints ?? {}, 'subsets')
      .flatMap((subset) => listAt(subset, 'addresses'))
      .map((address) => textAt(recordAt(address, 'targetRef'), 'name') || textAt(address, 'ip'));
    const others = names.filter((name) => !isPodOf(current, name));
    if (others.length > 0 || names.length === 0) {
      since = undefined;
      const why = names.length === 0 ? 'it has no pods' : `it still has ${others.join(', ')}`;
      return { done: false, why: `${describeRef(objectRef(service))}: ${why}` };
    }
    since ??= clock.now();
    return clock.now() - since >= steadySeconds * 1000
      ? { done: true, value: undefined }
      : { done: false, why: 'nodes stop using the old pods' };
  };
}

/** Whether all other pods that the Service would select are at least about to end. */
function lookForOthers(
  { service }: Successor,
  current: KubeObject,
  { kube }: RunContext,
): (signal: AbortSignal) => Promise<Look<undefined>> {
  const { namespace = '' } = service.metadata;
  const labels = Object.entries(recordAt(recordAt(service, 'spec'), 'selector'));
  const labelSelector = labels.map(([name, value]) => `${name}=${String(value)}`).join(',');
  return async (signal) => {
    const pods = await kube.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector }, { signal });
    const others = pods.filter(
      ({ metadata }) =>
        !isPodOf(current, metadata.name) && textAt(metadata as Fields, 'deletionTimestamp') === '',
    );
    return others.length === 0
      ? { done: true, value: undefined }
      : { done: false, why: `${others.map(({ metadata }) => metadata.name).join(', ')} still run` };
  };
}

/** A pod is named by its ReplicaSet. */
const isPodOf = ({ metadata }: KubeObject, pod: string): boolean => pod.startsWith(`${metadata.name}-`);

function stillBehind({ service, deployment, timeoutSeconds }: Successor, why: string): Error {
  const { namespace = '', name } = service.metadata;
  return kubeError(
    'ADDON_NOT_AVAILABLE',
    `${describeRef(deployment)} did not take over the Service ${name} within ${timeoutSeconds}s: ${why}`,
    { fix: `check \`kubectl -n ${namespace} get endpoints ${name}\`, then run \`rke up\` again` },
  );
}
