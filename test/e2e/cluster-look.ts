import type { LabNode } from '../lab/node.js';
import type { Kubectl } from './kubectl.js';

/** Everything that must stay the same on a host without changes. */
export const hostOf = async (node: LabNode): Promise<{ containers: string[]; files: string }> => ({
  containers: await containersOf(node),
  files: await filesOf(node),
});

/** The containers that do not belong to pods: `/name id started`. */
async function containersOf(node: LabNode): Promise<string[]> {
  const names = (await node.dockerPs()).filter((name) => !name.startsWith('k8s_'));
  const format = '{{.Name}} {{.Id}} {{.State.StartedAt}}';
  return (await node.must(['docker', 'inspect', '-f', format, ...names])).split('\n');
}

/** The running containers of pods; the kubelet removes dead ones at any time. */
export async function podsOf(node: LabNode): Promise<string[]> {
  const listed = ['docker', 'ps', '--no-trunc', '--format', '{{.Names}} {{.ID}}', '--filter', 'name=^/?k8s_'];
  return (await node.must(listed)).split('\n').sort();
}

/** Every file that rke could write: with mode, owner, and the times of its last write and change. */
function filesOf(node: LabNode): Promise<string> {
  // A worker does not have all of these directories.
  const find = 'find /etc/kubernetes /opt/rke /var/lib/etcd -maxdepth 2 -not -path "/var/lib/etcd/*"';
  return node.must(['sh', '-c', `${find} -printf '%p %m %u:%g %s %T@ %C@\\n' 2>/dev/null || true`]);
}

/** Kinds that the cluster itself writes all the time; the lock is one of them. */
const busy = ['events', 'leases', 'endpoints', 'endpointslices', 'pods', 'replicasets', 'componentstatuses'];
/** Kinds whose status the cluster writes. */
const reported = ['nodes', 'deployments', 'daemonsets', 'apiservices'];

/** Every object of the cluster with its version; for objects whose status changes, only the fields that rke can set. */
export async function objectsOf(kubectl: Kubectl): Promise<string[]> {
  const rows = async (kinds: readonly string[], fields: string): Promise<string[]> =>
    (
      await kubectl([
        ...['get', kinds.join(','), '-A', '-o'],
        `jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} ${fields}{"\\n"}{end}`,
      ])
    ).split('\n');
  const listed = (await kubectl(['api-resources', '--verbs=list', '-o', 'name'])).split('\n');
  const moving = [...busy, ...reported];
  const still = listed.filter(
    (kind) => !moving.includes(kind.split('.')[0] ?? '') && !kind.endsWith('.metrics.k8s.io'),
  );
  return [
    ...(await rows(still, '{.metadata.uid} {.metadata.resourceVersion}')),
    ...(await rows(reported, '{.metadata.uid} {.metadata.labels} {.metadata.annotations} {.spec}')),
  ];
}

/** The writes of the administrator, whose credentials rke uses, since then, from the audit logs of this cluster. */
export async function writtenSince(nodes: readonly LabNode[], since: Date): Promise<string[]> {
  const logs = await Promise.all(
    nodes.map((node) =>
      node.must(['sed', '-n', '/"username":"kube-admin"/p', '/var/log/kube-audit/audit-log.json']),
    ),
  );
  const entries = logs.flatMap((log) =>
    log
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEntry),
  );
  const written = entries.filter(
    ({ verb, responseStatus, requestReceivedTimestamp }) =>
      !['get', 'list', 'watch'].includes(verb) &&
      responseStatus !== undefined && // The first entry of each request has no response.
      responseStatus.code < 300 &&
      new Date(requestReceivedTimestamp) > since,
  );
  // The name of a created object is only in its body.
  return [
    ...new Set(
      written.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource} ${objectRef?.name ?? ''}`),
    ),
  ];
}

interface AuditEntry {
  readonly verb: string;
  readonly requestReceivedTimestamp: string;
  readonly responseStatus?: { readonly code: number };
  readonly objectRef?: { readonly resource: string; readonly name?: string };
}
