import { RkeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { renewalDays } from '../../pki/x509/validity.js';
import { oldSnapshotFault } from '../../reconcile/snapshots/snapshot-age.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import type { ClusterStatus, NodeStatus, StatusFinding } from './cluster-status.js';

type Parts = Pick<ClusterStatus, 'nodes' | 'etcd' | 'certificates' | 'backup' | 'addons' | 'pending'>;

interface Known extends Pick<ReadCluster, 'plan' | 'observed'> {
  /** Why hosts were not read, by address. */
  readonly failed: ReadonlyMap<string, Error>;
  readonly bucketFailures: readonly Failure[];
  /** False if no run has put a component on a host yet. */
  readonly isCreated: boolean;
}

/** Lists what is wrong or pending, what keeps the cluster from working first. Pure. */
export function listFindings(parts: Parts, known: Known): StatusFinding[] {
  const { plan, observed, failed, bucketFailures } = known;
  const old = oldSnapshotFault(plan, observed);
  return [
    ...(parts.etcd?.problems ?? []).map((message): StatusFinding => ({ part: 'etcd', message })),
    ...(known.isCreated ? ofApi(known) : []),
    ...parts.nodes.flatMap((node) => [
      ...ofHost(node, failed.get(node.address ?? '')),
      ...ofNode(node),
      ...ofContainers(node),
    ]),
    ...ofCertificates(parts),
    ...(old === undefined ? [] : [{ part: 'backup', message: old } as const]),
    ...bucketFailures.map(({ error }) => findingOf('backup', error)),
    ...parts.addons.flatMap(({ name, troubles }) =>
      troubles.map((message): StatusFinding => ({ part: 'addon', subject: name, message })),
    ),
    ...ofPending(parts),
  ];
}

function findingOf(part: StatusFinding['part'], error: Error, subject?: string): StatusFinding {
  const fix = error instanceof RkeError ? error.fix : undefined;
  return {
    part,
    ...(subject === undefined ? {} : { subject }),
    message: error.message,
    ...(fix === undefined ? {} : { fix }),
  };
}

function ofApi({ observed: { kube, kubeTrouble, hosts }, plan }: Known): StatusFinding[] {
  if (kube !== undefined) return [];
  const isReached = plan.nodes.some(
    ({ node }) => node.role.includes('controlplane') && hosts.has(node.address),
  );
  const why = kubeTrouble ?? (isReached ? 'no kube-apiserver runs' : 'no control-plane host was reached');
  return [
    {
      part: 'api',
      message: `the Kubernetes API does not answer (${why}): nodes and add-ons are unknown`,
      fix: isReached
        ? 'check `docker logs kube-apiserver` on the control-plane hosts; `rke up` repairs them'
        : 'make a control-plane host reachable',
    },
  ];
}

const nameOf = ({ name }: NodeStatus): { readonly subject: string } => ({ subject: name });

function ofHost(node: NodeStatus, error: Error | undefined): StatusFinding[] {
  if (node.host !== 'unreachable') return [];
  return [
    error === undefined
      ? { part: 'host', ...nameOf(node), message: `the host was not read: ${node.error ?? ''}` }
      : findingOf('host', error, node.name),
  ];
}

function ofNode(node: NodeStatus): StatusFinding[] {
  const { ready, state, pressure, version } = node;
  if (version === undefined || (state !== 'in-cluster' && state !== 'unknown')) return [];
  return [
    ...(ready === false
      ? [
          {
            part: 'node',
            ...nameOf(node),
            message: 'the node is not Ready',
            fix: `check \`rke logs kubelet --node ${node.name}\``,
          } as const,
        ]
      : []),
    ...pressure.map((condition): StatusFinding => ({
      part: 'node',
      ...nameOf(node),
      message: `the node reports ${condition}`,
      fix: `check \`rke doctor --nodes ${node.name}\``,
    })),
  ];
}

function ofContainers(node: NodeStatus): StatusFinding[] {
  return (node.containers?.faults ?? []).map(({ name, fault }): StatusFinding => ({
    part: 'container',
    ...nameOf(node),
    message: `container ${name} ${fault}`,
    fix: `check \`rke logs ${name} --node ${node.name}\`; \`rke up\` repairs it`,
  }));
}

function ofCertificates({ certificates }: Parts): StatusFinding[] {
  if (certificates === undefined || certificates.daysLeft >= renewalDays) return [];
  const { name, host, expires, daysLeft } = certificates;
  const when = daysLeft < 0 ? 'expired' : 'expires';
  return [
    {
      part: 'certificates',
      message: `certificate ${name} ${host === undefined ? '' : `on ${host} `}${when} on ${expires.slice(0, 10)}`,
      fix: 'run `rke cert status` for all of them; `rke up` reissues those that have less than 30 days left',
    },
  ];
}

function ofPending({ pending }: Parts): StatusFinding[] {
  if (pending === undefined) return [];
  const { hasChanges, summary, unfinished, destructive, problems } = pending;
  const lost = destructive.length === 0 ? '' : ' (destructive)';
  return [
    ...unfinished.map((message): StatusFinding => ({
      part: 'pending',
      message: `an earlier run did not finish: ${message}`,
      fix: 'run `rke up`',
    })),
    ...problems.map(({ message, fix, host }): StatusFinding => ({
      part: 'pending',
      ...(host === undefined ? {} : { subject: host }),
      message: `rke up would stop: ${message}`,
      ...(fix === undefined ? {} : { fix }),
    })),
    ...(hasChanges
      ? [
          {
            part: 'pending',
            message: `rke up has changes to apply: ${summary}${lost}`,
            fix: 'read them with `rke plan`, apply them with `rke up`',
          } as const,
        ]
      : []),
  ];
}
