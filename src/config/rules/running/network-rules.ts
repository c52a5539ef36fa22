import type { ClusterSpec } from '../../cluster-spec.js';
import { error, type Finding } from '../rule.js';
import { differences } from './differences.js';
import {
  cannotChange,
  offerRestart,
  refuse,
  refuseValue,
  warnOf,
  type RunningCluster,
} from './running-cluster.js';

const path = 'network.plugin';

/** Plugins other than that of the file which hosts may have, because a run has applied them or has started to. */
export function earlierPlugins(
  { network: { plugin } }: Pick<ClusterSpec, 'network'>,
  earlier: readonly (ClusterSpec | undefined)[],
): string[] {
  const plugins = earlier.flatMap((one) => (one === undefined ? [] : [one.network.plugin]));
  return [...new Set(plugins)].filter((one) => one !== plugin);
}

/**
 * `network.plugin`: refused unless the user accepts the interruption. An interrupted change counts as well: hosts may have either
 * plugin.
 */
export function checkNetworkChange(cluster: RunningCluster): Finding[] {
  const { spec, running, begun, allowNetworkChange } = cluster;
  const [before] = earlierPlugins(spec, [running, begun]);
  if (before === undefined) return [];
  if (!allowNetworkChange) return [refuseChange(before, cluster)];
  if (running.kubernetesVersion !== spec.kubernetesVersion)
    return [
      error(
        cannotChange,
        'kubernetes_version',
        `cannot be changed together with the network plugin: keep ${running.kubernetesVersion} for this run, and upgrade in the next one`,
      ),
    ];
  return [warnOf(path, describeNetworkChange(before, spec.network.plugin))];
}

function refuseChange(before: string, cluster: RunningCluster): Finding {
  const { plugin } = cluster.spec.network;
  const isBegun = cluster.running.network.plugin === plugin;
  const isWritten = cluster.lineOf(path) !== undefined;
  // A key that was left out is not a wish for a change.
  if (!isWritten && !isBegun)
    return refuseValue(
      { path, before, after: plugin },
      'pods of the two plugins cannot reach each other',
      cluster,
    );
  const problem = isBegun
    ? `an interrupted run has started to change ${plugin} to ${before}, so hosts may have either`
    : `cannot be changed from ${before} to ${plugin} on a running cluster: ${interruption(before, plugin)}`;
  const remedy = isBegun
    ? `set ${before} to complete the change, or keep ${plugin} to undo it; both need \`rke up --allow-network-change\``
    : `set it back to ${before}; \`rke up --allow-network-change\` changes it nevertheless (docs/running-cluster.md)${offerRestart(cluster)}`;
  return refuse(path, problem, remedy);
}

const interruption = (before: string, after: string): string =>
  before === 'none' || after === 'none'
    ? 'rke does not know the network that nodes have without its plugin'
    : 'pods lose their network until they have been recreated, node by node';

/** What a change of the plugin does to a running cluster, and what is left to the user. */
export function describeNetworkChange(before: string, after: string): string {
  if (after === 'none')
    return (
      `${before} stays on the nodes and is no longer managed by rke; ` +
      'remove it yourself once another network works (docs/running-cluster.md)'
    );
  if (before === 'none')
    return (
      `${after} is applied, then the kubelet is restarted and all pods are recreated, node by node; ` +
      'before that, remove the network that you installed, with its files in /etc/cni/net.d on every host: ' +
      'the kubelet uses the first file there'
    );
  return (
    `${before} is removed from the cluster and all hosts, then ${after} is applied, and pods are recreated node by node; ` +
    'until then pods of different nodes cannot reach each other, and no NetworkPolicy is enforced; ' +
    `custom resources of ${before} stay`
  );
}

/** Options that decide how nodes reach the pods of each other: a node with the old value cannot reach one with the new. */
const sharedOptions: readonly string[] = [
  'canal_flannel_backend_type',
  'flannel_backend_type',
  'flannel_backend_port',
  'flannel_backend_vni',
  'WeavePassword',
];

/** Warns of options that interrupt the network while nodes with the old and the new value exist side by side. */
export function warnOfNetworkOptions({ running, spec }: RunningCluster): Finding[] {
  const { plugin, options = {}, updateStrategy } = spec.network;
  if (running.network.plugin !== plugin || plugin === 'none') return [];
  const before = running.network.options ?? {};
  const changed = sharedOptions.filter(
    (name) => isOptionOf(plugin, name) && (options[name] ?? '') !== (before[name] ?? ''),
  );
  const changes = differences(running, spec).filter(({ key }) => key.startsWith('network.'));
  const isOnDelete = updateStrategy?.strategy === 'OnDelete';
  return [
    ...changed.map((name) =>
      warnOf(
        `network.options.${name}`,
        'pods of nodes with the old value cannot reach those of nodes with the new one, until the last node has it; ' +
          (isOnDelete
            ? `with update_strategy OnDelete, delete the pods of ${plugin} yourself, all in one go`
            : `nodes get it one after another, by update_strategy`),
      ),
    ),
    ...(isOnDelete &&
    changed.length === 0 &&
    changes.some(({ key }) => key !== 'network.update_strategy.strategy')
      ? [
          warnOf(
            'network.update_strategy.strategy',
            `OnDelete: pods of ${plugin} keep the old settings until you delete them`,
          ),
        ]
      : []),
  ];
}

const optionPrefixes: Readonly<Record<string, string>> = {
  canal: 'canal_',
  flannel: 'flannel_',
  weave: 'Weave',
};

const isOptionOf = (plugin: string, option: string): boolean => {
  const prefix = optionPrefixes[plugin];
  return prefix !== undefined && option.startsWith(prefix);
};
