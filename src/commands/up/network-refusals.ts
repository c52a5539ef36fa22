import { definitionsOf } from '../../config/addons/addon-definitions.js';
import { defaultChoice } from '../../config/addons/addon-definitions.js';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { addonInCluster } from '../../plan/addons/addons-in-cluster.js';
import { describeRef } from '../../plan/addons/object-ref.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { isDeployedHere } from '../../reconcile/intents/network-change.js';
import type { ObservedCluster } from '../../reconcile/observed.js';

/**
 * Refuses to apply a network plugin beside another one that runs, whatever the state says: RKE v1 may have failed in the middle,
 * or somebody changed it by hand. With `--allow-network-change`, refuses a change that would stay incomplete.
 */
export function refuseNetwork(
  { network: { plugin }, kubernetesVersion }: ClusterSpec,
  plan: ClusterPlan,
  observed: ObservedCluster,
): Failure[] {
  if (plugin === 'none') return [];
  const { networkChange } = plan;
  const earlier = new Set(networkChange?.earlier.map((one) => one.plugin));
  const found = observed.kube?.networkPlugins ?? new Set<string>();
  const others = definitionsOf('network').filter(({ name }) => name !== plugin && found.has(name));
  const isPending = [...earlier].some((name) => name !== plugin);
  const refusals: string[][] = [];
  if (isPending || (networkChange !== undefined && others.length > 0))
    refusals.push(...incompleteChange(plan, observed));
  for (const { name } of others) {
    // Beside the planned one, another may be the user's own.
    if (earlier.has(name) || found.has(plugin)) continue;
    const workload = describeRef(addonInCluster(name).workload);
    const isDefault = plugin === defaultChoice('network', kubernetesVersion);
    const wanted = `${plugin}${isDefault ? ' (the default of RKE v1 if network.plugin is not set)' : ''}`;
    if (networkChange === undefined)
      refusals.push([
        `the cluster runs the network plugin ${name} (${workload}), but cluster.yml has ${wanted}`,
        `write network: {plugin: ${name}} with the options that it was deployed with; \`rke up --allow-network-change\` replaces it, which interrupts the network of all pods (docs/running-cluster.md)`,
      ]);
    else if (!isDeployedHere(name, observed))
      refusals.push([
        `cannot replace the network plugin ${name} (${workload}): neither rke nor RKE v1 has deployed it, so its other objects are not known`,
        `remove it the way it was installed, and its files in /etc/cni/net.d on every host; then run the same command again`,
      ]);
  }
  return refusals.map(([message = '', fix = '']) => ({
    title: 'check the network plugin',
    error: kubeError('NETWORK_CHANGE', message, { fix }),
  }));
}

function incompleteChange({ nodes }: ClusterPlan, { hosts, kube }: ObservedCluster): string[][] {
  const missing = nodes.map(({ node }) => node.address).filter((address) => !hosts.has(address));
  return [
    ...(kube === undefined
      ? [
          [
            'cannot change the network plugin: the Kubernetes API cannot be read',
            'repair kube-apiserver first: run `rke up` with the plugin as it was',
          ],
        ]
      : []),
    ...(missing.length > 0
      ? [
          [
            `cannot change the network plugin: ${missing.join(', ')} cannot be reached, and would keep the configuration of the old plugin`,
            'make all hosts reachable, then run the same command again',
          ],
        ]
      : []),
  ];
}
