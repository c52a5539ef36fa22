import type { ClusterStatus, UnreadCluster } from '../../commands/status/cluster-status.js';
import { formatAge } from '../../reconcile/snapshots/snapshot-age.js';
import { fitTable } from '../../report/fit-table.js';
import { HostGroups } from '../../report/host-groups.js';
import type { ScreenLook } from '../../report/screen-look.js';
import { oneLine, truncate, type Style } from '../../report/style.js';
import { fold } from '../../report/wording.js';
import { findingLines, stateText } from './status-text.js';

/** Formats several clusters, a line each, and what is wrong with them. */
export function formatStatuses(
  clusters: readonly (ClusterStatus | UnreadCluster)[],
  look: ScreenLook,
): string {
  const { style, width = Infinity } = look;
  const read = clusters.filter((one) => 'cluster' in one);
  const rows = read.map((status) => rowOf(status, style));
  const header = ['CLUSTER', 'VERSION', 'READY', 'ETCD', 'CERTIFICATES', 'BACKUP', 'STATE', 'FILE'];
  const wrong = read.flatMap((status) => {
    const lines = findingLines(status.findings, look);
    return lines.length === 0
      ? []
      : ['', style.strong(`cluster ${status.cluster} (${status.config})`), ...lines.slice(1)];
  });
  const unread = clusters.flatMap((one) =>
    'cluster' in one ? [] : [style.bad(truncate(`✗ ${one.config}: ${reasonOf(one)}`, width))],
  );
  return [
    ...(rows.length === 0 ? [] : fitTable([header, ...rows], width, ['VERSION', 'CERTIFICATES'])),
    ...(unread.length === 0 ? [] : [...(rows.length === 0 ? [] : ['']), ...unread]),
    ...wrong,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function rowOf(status: ClusterStatus, style: Style): string[] {
  const { cluster, kubernetesVersion, nodes, etcd, certificates, backup, config } = status;
  return [
    cluster,
    kubernetesVersion,
    `${nodes.filter(({ ready }) => ready === true).length} of ${nodes.length}`,
    etcd === undefined ? '-' : `${etcd.healthyVoters} of ${etcd.voters}`,
    certificates === undefined ? '-' : `${certificates.daysLeft} days`,
    backup === undefined ? 'none' : formatAge(backup.ageSeconds),
    stateText(status, style),
    config,
  ];
}

/** Why a cluster could not be read, in one line: the same of several hosts once. */
function reasonOf({ errors }: UnreadCluster): string {
  const groups = new HostGroups<{ readonly message: string }>();
  for (const { host = '', message } of errors) groups.add(host, { message: oneLine(message) });
  return groups.all
    .map(({ line: { message }, hosts }) => {
      const named = hosts.filter((host) => host !== '');
      return named.length === 0 ? message : `${message} (${fold(named)})`;
    })
    .join('; ');
}
