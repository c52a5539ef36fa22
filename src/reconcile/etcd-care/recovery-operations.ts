import { posix } from 'node:path';
import { quoteForShell } from '../../core/shell-quote.js';
import type { EtcdMember } from '../../etcd/etcd.js';
import type { ObservedContainer } from '../../host/host.js';
import type { ClusterPlan, ContainerSpec, NodePlan, PlannedMember } from '../../plan/cluster-plan-types.js';
import { etcdDataPath } from '../checks/etcd-data-path.js';
import { recoveryName } from '../diff/own-containers.js';
import { onHostFunction } from '../intents/host-script.js';
import { planHost, pullIfMissing } from '../intents/host-operations.js';
import { planMembership } from '../membership/plan-membership.js';
import type { ObservedCluster, ObservedHost } from '../observed.js';
import { recoverEtcdId, setAsideId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { pruneSatisfiedDependencies, uniqueById } from '../order/graph.js';
import { joinMembers, withJoinArguments } from '../order/join-members.js';
import { orderContainers } from '../order/order-containers.js';
import { idsOf } from '../order/planes.js';
import type { Recovery } from './decide-recovery.js';
import { limitApiServers } from './limit-api-servers.js';

export interface RecoveryInput {
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
  readonly recovery: Exclude<Recovery, { kind: 'refuse' }>;
  /** Addresses of hosts that may join: they have certificates. */
  readonly mayJoin: ReadonlySet<string>;
  /** Part of the names of directories that are set aside, e.g. `20261126T164000Z`. */
  readonly stamp: string;
}

/** Seconds in which a member must lead a cluster of itself: it applies its log first. */
const recoverSeconds = 300;

/**
 * Recovers etcd: the survivor becomes the only member; then the data of the old cluster is moved aside on the others, and they join,
 * one at a time, as learners. kube-apiserver gets the members that there are then. Nothing else is changed on a host.
 */
export function recoveryOperations(input: RecoveryInput): Operation[] {
  const { recovery, plan, observed } = input;
  const recover = recovery.kind === 'recover' ? recoverOn(recovery.survivor.host, input) : [];
  const after = idsOf(recover);
  const setAside = recovery.stale.flatMap((host) => setAsideOn(host, after, input));
  const members: readonly EtcdMember[] =
    recovery.kind === 'rejoin' ? recovery.view.membership.members : aloneMember(recovery, plan);
  const clusterVersion =
    recovery.kind === 'rejoin'
      ? recovery.view.membership.clusterVersion
      : (recovery.survivor.status?.version ?? '3.5.0');
  const hosts = withoutEtcd(observed.hosts, recovery.stale);
  const etcd = { clusterId: '', clusterVersion, members, healthyOthers: new Set<string>() };
  const joins = joinOperations({ ...input, observed: { ...observed, hosts, etcd } }, [
    ...after,
    ...idsOf(setAside),
  ]);
  const joined = new Set(joins.flatMap((one) => (one.kind === 'promote-member' ? [one.peerUrl] : [])));
  const present = (plan.members ?? []).filter(
    ({ peerUrl }) => joined.has(peerUrl) || members.some(({ peerUrls }) => peerUrls.includes(peerUrl)),
  );
  const api = limitApiServers(plan, observed, {
    clientUrls: new Set(present.map(({ clientUrl }) => clientUrl)),
    after: [...after, ...idsOf([...setAside, ...joins])],
  });
  return pruneSatisfiedDependencies(uniqueById([...recover, ...setAside, ...joins, ...api]));
}

/** The name of what is set aside in the directory of etcd. */
export const asideName = (stamp: string): string => `member.before-recovery-${stamp}`;

function recoverOn(host: string, { plan, observed, stamp }: RecoveryInput): Operation[] {
  const node = plan.nodes.find((one) => one.node.address === host);
  const member = plan.members?.find((one) => one.host === host);
  const running = observed.hosts.get(host)?.containers.get('etcd');
  if (node === undefined || member === undefined || running === undefined) return [];
  const directory = etcdDataPath(node);
  const pulls = pullIfMissing(node.images[0] ?? '', host, observed);
  return [
    ...pulls,
    {
      id: recoverEtcdId(host),
      stage: 'etcd',
      title: `make ${member.name} the only etcd member`,
      host,
      after: idsOf(pulls),
      kind: 'recover-etcd',
      member,
      container: withForce(running),
      image: node.images[0] ?? '',
      script: copyScript(directory, asideName(stamp)),
      aside: posix.join(directory, asideName(stamp)),
      timeoutSeconds: recoverSeconds,
    },
  ];
}

/** The member's container with the flag that makes it the only member; Docker does not restart it. */
function withForce({
  image,
  entrypoint,
  cmd,
  env,
  binds,
  securityOpt,
  user,
}: ObservedContainer): ContainerSpec {
  return {
    name: recoveryName,
    image,
    entrypoint,
    cmd: [...cmd, '--force-new-cluster'],
    env,
    binds,
    securityOpt,
    ...(user === '' ? {} : { user }),
    volumesFrom: [],
    networkMode: 'host',
    privileged: false,
    labels: {},
    started: true,
  };
}

function setAsideOn(
  host: string,
  after: readonly OperationId[],
  { plan, observed, stamp }: RecoveryInput,
): Operation[] {
  const node = plan.nodes.find((one) => one.node.address === host);
  if (node === undefined) return [];
  const directory = etcdDataPath(node);
  const pulls = pullIfMissing(node.images[0] ?? '', host, observed);
  return [
    ...pulls,
    {
      id: setAsideId(host),
      stage: 'etcd',
      title: 'move the data of the old etcd cluster aside',
      host,
      after: [...after, ...idsOf(pulls)],
      kind: 'set-aside-etcd',
      image: node.images[0] ?? '',
      script: moveScript(directory, asideName(stamp)),
      aside: posix.join(directory, asideName(stamp)),
    },
  ];
}

/** Within the directory, so that it also works if that is a separate disk. A copy that is not complete is not left behind. */
function copyScript(directory: string, aside: string): string {
  return `
${onHostFunction}
on_host sh -c '
cd "$1" && [ -d member ] || { echo "there is no data in $1"; exit 1; }
rm -rf member.before-recovery-*.part && cp -a member "$2.part" && sync && mv "$2.part" "$2" || { rm -rf "$2.part"; exit 1; }
' rke ${quoteForShell(directory)} ${quoteForShell(aside)}`.trim();
}

/** The same for data that is no longer needed there; none is no error. */
function moveScript(directory: string, aside: string): string {
  return `
${onHostFunction}
on_host sh -c '
cd "$1" 2>/dev/null && [ -e member ] || exit 0
mv member "$2"
' rke ${quoteForShell(directory)} ${quoteForShell(aside)}`.trim();
}

function aloneMember(
  { survivor }: Extract<Recovery, { kind: 'recover' }>,
  { members = [] }: ClusterPlan,
): EtcdMember[] {
  const member = members.find(({ host }) => host === survivor.host);
  if (member === undefined) return [];
  const { name, peerUrl, clientUrl } = member;
  return [{ id: survivor.id ?? '0', name, peerUrls: [peerUrl], clientUrls: [clientUrl], isLearner: false }];
}

/** The hosts as they are when the old data was set aside. */
function withoutEtcd(
  hosts: ReadonlyMap<string, ObservedHost>,
  stale: readonly string[],
): ReadonlyMap<string, ObservedHost> {
  return new Map(
    [...hosts].map(([address, host]) => {
      if (!stale.includes(address)) return [address, host];
      const containers = new Map([...host.containers].filter(([name]) => name !== 'etcd'));
      return [address, { ...host, containers }];
    }),
  );
}

/** Adds the members that etcd does not have, as `rke up` does, and nothing else. */
function joinOperations(
  { plan: given, observed, mayJoin }: Omit<RecoveryInput, 'recovery' | 'stamp'>,
  after: readonly OperationId[],
): Operation[] {
  const isThere = (member: PlannedMember): boolean =>
    observed.etcd?.members.some(({ peerUrls }) => peerUrls.includes(member.peerUrl)) === true;
  const members = (given.members ?? []).filter((member) => isThere(member) || mayJoin.has(member.host));
  const membership = { ...planMembership({ members, formerMembers: [] }, observed), lost: [], leaving: [] };
  const plan = withJoinArguments(given, membership);
  const work = membership.joining.flatMap(({ host }) => {
    const node = plan.nodes.find((one) => one.node.address === host);
    const found = observed.hosts.get(host);
    return node === undefined || found === undefined ? [] : [workOf(node, found)];
  });
  const starts = work.flatMap(({ etcd }) => etcd);
  const joins = joinMembers(membership, starts, after);
  const files = work.flatMap((one) => one.files);
  const images = new Set([...joins, ...files].flatMap(imageOf));
  const pulls = work.flatMap((one) => one.pulls).filter((one) => images.has(imageOf(one)[0] ?? ''));
  return [...pulls, ...files, ...joins];
}

function workOf(node: NodePlan, found: ObservedHost) {
  const work = planHost(node, found);
  return {
    pulls: work.pulls,
    files: work.files,
    etcd: orderContainers(node, work, 'files').filter(({ container }) => container === 'etcd'),
  };
}

function imageOf(operation: Operation): string[] {
  if ('container' in operation) return [operation.container.image];
  return 'image' in operation ? [operation.image] : [];
}
