import type { ObservedContainer } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';

/** Flags that etcd reads only while it has no data: they make it join or found a cluster, and are ignored from then on. */
const firstStartFlags = /^--initial-(cluster|cluster-state|cluster-token|advertise-peer-urls)=/;

/** RKE gives it to members that it adds to a running cluster (cluster/plan.go BuildEtcdProcess). */
const joins = '--initial-cluster-state=existing';
const founds = '--initial-cluster-state=new';

/**
 * The arguments of a container as they count in a comparison. Those of etcd that only its first start reads do not, once
 * it has started; before, all count but how it gets its cluster: a member that RKE has added joins, it founds none.
 *
 * @param hasStarted the program runs and stays up: a member that cannot join or found its cluster ends at once
 */
export function comparableArguments(
  name: string,
  list: readonly string[],
  { hasStarted }: { readonly hasStarted: boolean },
): readonly string[] {
  if (name !== 'etcd') return list;
  return hasStarted
    ? list.filter((argument) => !firstStartFlags.test(argument))
    : list.map((argument) => (argument === joins ? founds : argument));
}

/** A new generation of a member that was made to join its cluster: if it has no data yet, it still has to join. */
export function asJoined(planned: ContainerSpec, found: ObservedContainer): ContainerSpec {
  if (planned.name !== 'etcd' || !found.cmd.includes(joins)) return planned;
  return { ...planned, cmd: planned.cmd.map((argument) => (argument === founds ? joins : argument)) };
}
