import { withDeadline } from '../../core/deadline.js';
import type { CallOptions } from '../../host/host.js';
import type { KubeReader } from '../../kube/kube.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { describeRemovedApis, parseDeprecatedApis } from '../../reconcile/diff/deprecated-apis.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import { imageMinor } from '../../versions/kubernetes-version.js';

/** Metrics of a large cluster have some MiB; without them the run continues. */
const metricsMilliseconds = 20_000;

/**
 * Finds APIs that are asked for and that the next minor version no longer serves, if the run upgrades kube-apiserver. Every
 * kube-apiserver counts for itself, since it started; one that does not answer is left out.
 *
 * @returns a warning; undefined if no such API is asked for
 * @throws the signal's reason when it is aborted
 */
export async function findRemovedApis(
  plan: ClusterPlan,
  observed: ObservedCluster,
  kube: Pick<KubeReader, 'metrics'>,
  { signal }: CallOptions,
): Promise<string | undefined> {
  const containers = plan.nodes.flatMap((node) => node.containers);
  const next = imageMinor(containers.find(({ name }) => name === 'kube-apiserver')?.image);
  const isUpgrade = [...observed.hosts.values()].some((host) => {
    const minor = imageMinor(host.containers.get('kube-apiserver')?.image);
    return minor !== undefined && next !== undefined && minor < next;
  });
  if (!isUpgrade || next === undefined || observed.kube === undefined) return undefined;
  try {
    const texts = await withDeadline({ milliseconds: metricsMilliseconds, signal }, (limit) =>
      kube.metrics({ signal: limit }),
    );
    return describeRemovedApis(texts.flatMap(parseDeprecatedApis), next);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
