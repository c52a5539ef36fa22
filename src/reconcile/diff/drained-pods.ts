import { listAt, recordAt, textAt } from '../../core/fields.js';
import type { DrainSettings, KubeObject } from '../../plan/cluster-plan-types.js';

/** What draining a node means for its pods. */
export interface DrainedPods {
  readonly evicted: readonly KubeObject[];
  /** Pods that the options do not allow to be evicted, each with the reason; nothing is evicted then. */
  readonly refused: readonly RefusedPod[];
}

export interface RefusedPod {
  /** `namespace/name`. */
  readonly pod: string;
  readonly why: 'daemonset' | 'local-data' | 'no-controller';
}

type Choice = Pick<DrainSettings, 'force' | 'ignoreDaemonSets' | 'deleteLocalData'>;

/**
 * Sorts the pods of a node as `kubectl drain` does (kubectl pkg/drain/filters.go): static pods stay, pods that have ended may
 * always go.
 */
export function sortDrainedPods(pods: readonly KubeObject[], options: Choice): DrainedPods {
  const evicted: KubeObject[] = [];
  const refused: RefusedPod[] = [];
  for (const pod of pods) {
    if (isStatic(pod)) continue;
    const controller = controllerKind(pod);
    if (controller === 'DaemonSet' && !hasEnded(pod)) {
      if (!options.ignoreDaemonSets) refused.push({ pod: nameOf(pod), why: 'daemonset' });
      continue;
    }
    const why = hasEnded(pod) ? undefined : reasonToKeep(pod, controller, options);
    if (why === undefined) evicted.push(pod);
    else refused.push({ pod: nameOf(pod), why });
  }
  return { evicted, refused };
}

function reasonToKeep(
  pod: KubeObject,
  controller: string | undefined,
  { force, deleteLocalData }: Choice,
): RefusedPod['why'] | undefined {
  if (controller === undefined && !force) return 'no-controller';
  return hasLocalData(pod) && !deleteLocalData ? 'local-data' : undefined;
}

/** `namespace/name` of a pod. */
export function nameOf({ metadata: { namespace = 'default', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

/** A static pod belongs to the kubelet: the API cannot end it. */
function isStatic({ metadata }: KubeObject): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(recordAt(pod, 'status'), 'phase'));
}

function controllerKind({ metadata }: KubeObject): string | undefined {
  const owner = listAt(metadata as unknown as Record<string, unknown>, 'ownerReferences').find(
    ({ controller }) => controller === true,
  );
  return owner === undefined ? undefined : textAt(owner, 'kind');
}

function hasLocalData(pod: KubeObject): boolean {
  return listAt(recordAt(pod, 'spec'), 'volumes').some(
    ({ emptyDir }) => emptyDir !== undefined && emptyDir !== null,
  );
}
