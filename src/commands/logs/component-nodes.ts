import type { NodeSpec, Role } from '../../config/cluster-spec.js';
import { usageError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import { componentNames, type ComponentName } from '../../reconcile/diff/own-containers.js';

/** The roles of the nodes that run a component; those that are absent run on all nodes. */
const rolesOf: Readonly<Partial<Record<ComponentName, (role: readonly Role[]) => boolean>>> = {
  etcd: (role) => role.includes('etcd'),
  'etcd-rolling-snapshots': (role) => role.includes('etcd'),
  'kube-apiserver': (role) => role.includes('controlplane'),
  'kube-controller-manager': (role) => role.includes('controlplane'),
  'kube-scheduler': (role) => role.includes('controlplane'),
  'nginx-proxy': (role) => !role.includes('controlplane'),
};

/** @throws RkeError USAGE (exit 2) with the nearest name */
export function requireComponent(name: string): ComponentName {
  const found = componentNames.find((component) => component === name);
  if (found !== undefined) return found;
  throw usageError(`there is no component ${name}${didYouMean(name, componentNames)}`, {
    fix: `use one of ${componentNames.join(', ')}`,
  });
}

/** The nodes of cluster.yml that run the component. */
export function listComponentNodes(component: ComponentName, nodes: readonly NodeSpec[]): NodeSpec[] {
  return nodes.filter(({ role }) => rolesOf[component]?.(role) ?? true);
}
