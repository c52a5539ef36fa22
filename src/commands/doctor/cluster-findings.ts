import type { ReadCluster } from '../../run/with-cluster.js';
import type { PendingChanges, StatusFinding } from '../status/cluster-status.js';
import type { PreparedStatus } from '../status/prepare-status.js';
import { describeCluster } from '../status/read-status.js';
import type { DoctorFinding, ExaminedPart } from './doctor-report.js';
import { partReasons } from './part-reasons.js';

/** Examines what `rke status` reads of a running cluster. Changes that `rke up` would make are no finding; what stops it is one. */
export async function examineRunning(
  cluster: ReadCluster,
  prepared: Pick<PreparedStatus, 'session' | 'up'>,
): Promise<DoctorFinding[]> {
  const { findings } = await describeCluster(cluster, prepared, withoutChanges);
  const addresses = new Map(
    cluster.session.spec.nodes.flatMap(({ hostnameOverride, address }) => [
      [hostnameOverride, address] as const,
      [address, address] as const,
    ]),
  );
  return findings.flatMap((finding) => toFinding(finding, addresses));
}

/** What is examined on hosts is a finding there. */
const withoutChanges = (pending: PendingChanges): PendingChanges => ({
  ...pending,
  hasChanges: false,
  problems: pending.problems.filter(({ code }) => !/^(CHECK_|PORT_IN_USE$|DOCKER_VERSION$)/.test(code)),
});

const usualFix: Readonly<Partial<Record<StatusFinding['part'], string>>> = {
  etcd: 'check `rke etcd status`, and repair the members: docs/etcd.md',
  backup: 'check `rke etcd ls`, and take one with `rke etcd snapshot-save`',
  addon: 'check `rke addon ls`',
};

function toFinding(
  { part, subject, message, fix = usualFix[part] ?? 'check `rke status`' }: StatusFinding,
  addresses: ReadonlyMap<string, string>,
): DoctorFinding[] {
  // Hosts that were not reached are findings with the whole cause.
  if (part === 'host') return [];
  const examined: ExaminedPart = part === 'container' ? 'containers' : part;
  const host = part === 'addon' ? undefined : addresses.get(subject ?? '');
  return [
    {
      part: examined,
      severity: part === 'backup' ? 'warning' : 'error',
      ...(host === undefined ? {} : { host }),
      message: part === 'addon' ? `${subject ?? ''}: ${message}` : message,
      why: partReasons[examined],
      fix,
    },
  ];
}
