import type { EtcdMember } from '../../etcd/etcd.js';
import type { ClusterPlan, PlannedMember } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedEtcd } from '../observed.js';
import { applyStep, quorumFault, type MembershipStep, type QuorumMember } from './quorum.js';

/** A member of cluster.yml that does not vote yet, or has never started. */
export interface JoiningMember extends PlannedMember {
  /** How it is added; undefined if etcd has it already, because an earlier run began to add it. */
  readonly add: 'add-learner' | 'add-voter' | undefined;
  readonly isPromoted: boolean;
  /** Value of `--initial-cluster` for its first start: the members of that moment, with itself. */
  readonly initialCluster: string;
}

/** A member that leaves etcd. */
export interface LeavingMember {
  readonly id: string;
  readonly name: string;
  readonly peerUrl: string;
  /** undefined if it has never started. */
  readonly clientUrl: string | undefined;
  /** Address of its host; undefined if the host was not reached. */
  readonly host: string | undefined;
}

/** What differs between the membership of etcd and cluster.yml, in the order in which it is changed. */
export interface MembershipChanges {
  /** Members that are not healthy and left cluster.yml: removed first, so that a replacement can join. */
  readonly lost: readonly LeavingMember[];
  readonly joining: readonly JoiningMember[];
  /** Healthy members that left cluster.yml: removed last. */
  readonly leaving: readonly LeavingMember[];
  /** Healthy members that neither cluster.yml nor an earlier run has: they belong to somebody else. */
  readonly unknown: readonly EtcdMember[];
  /** Voting members of cluster.yml whose hosts were not reached. */
  readonly unreached: readonly PlannedMember[];
  /** Where etcd can be asked: the members that vote first. */
  readonly endpoints: readonly PlannedMember[];
  /** Addresses of hosts that an earlier run planned a member on, and cluster.yml does not. */
  readonly formerHosts: ReadonlySet<string>;
  /** The first step that would put the majority at risk. */
  readonly fault: string | undefined;
}

/** A membership that is as planned, or not known. */
export const noChanges: MembershipChanges = {
  lost: [],
  joining: [],
  leaving: [],
  unknown: [],
  unreached: [],
  endpoints: [],
  formerHosts: new Set(),
  fault: undefined,
};

/** Compares the membership of etcd with cluster.yml. Nothing is concluded while it is not known, as before etcd is founded. */
export function planMembership(
  { members = [], formerMembers = [] }: Pick<ClusterPlan, 'members' | 'formerMembers'>,
  { etcd, hosts }: Pick<ObservedCluster, 'etcd' | 'hosts'>,
): MembershipChanges {
  if (etcd === undefined || members.length === 0) return noChanges;
  const find = ({ peerUrl }: PlannedMember): EtcdMember | undefined =>
    etcd.members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
  const isReached = ({ host }: PlannedMember): boolean => hosts.has(host);
  const voting = members.filter((member) => isVoting(find(member)));
  const away = members.filter((member) => find(member) !== undefined && !isReached(member));
  const unreached = away.filter((member) => find(member)?.isLearner === false);
  const { lost, leaving, unknown } = sortOthers(etcd, { members, formerMembers, hosts });
  const before = etcd.members.filter(({ id }) => !lost.some((one) => one.id === id));
  // What an earlier run began comes first: etcd has one learner at a time.
  const toJoin = members
    .filter((member) => isReached(member) && !isVoting(find(member)))
    .toSorted((a, b) => Number(find(a) === undefined) - Number(find(b) === undefined));
  const joining = toJoin.map((member, index): JoiningMember => {
    const found = find(member);
    const add = hasLearners(etcd) ? 'add-learner' : 'add-voter';
    return {
      ...member,
      add: found === undefined ? add : undefined,
      isPromoted: found === undefined ? hasLearners(etcd) : found.isLearner,
      initialCluster: listInitialCluster(before, toJoin.slice(0, index + 1), members),
    };
  });
  const changes = { lost, joining, leaving, unknown, unreached };
  return {
    ...changes,
    endpoints: [...voting, ...formerMembers, ...toJoin].filter(isReached),
    formerHosts: new Set(formerMembers.map(({ host }) => host)),
    fault: findFault(etcd, members, changes),
  };
}

/** True for a member that has started and votes. */
export function isVoting(member: EtcdMember | undefined): boolean {
  return member !== undefined && !member.isLearner && member.clientUrls.length > 0;
}

/** True for the host of a member that joins. */
export function isJoining(host: string, { joining }: MembershipChanges): boolean {
  return joining.some((member) => member.host === host);
}

/** Learners exist since etcd 3.4. */
function hasLearners({ clusterVersion }: ObservedEtcd): boolean {
  const [major = 0, minor = 0] = clusterVersion.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 4);
}

/** Sorts the members that cluster.yml does not have. */
function sortOthers(
  { members: found, healthyOthers }: ObservedEtcd,
  {
    members,
    formerMembers,
    hosts,
  }: Required<Pick<ClusterPlan, 'members' | 'formerMembers'>> & Pick<ObservedCluster, 'hosts'>,
): Pick<MembershipChanges, 'lost' | 'leaving' | 'unknown'> {
  const planned = new Set(members.map(({ peerUrl }) => peerUrl));
  const others = found.filter(({ peerUrls }) => !peerUrls.some((url) => planned.has(url)));
  const sorted = others.map((member) => {
    const former = formerMembers.find(({ peerUrl }) => member.peerUrls.includes(peerUrl));
    const [peerUrl = ''] = member.peerUrls;
    const host = former !== undefined && hosts.has(former.host) ? former.host : undefined;
    const isHealthy = isVoting(member) && healthyOthers.has(member.id);
    const [clientUrl] = member.clientUrls;
    const leaving = { id: member.id, name: nameOf(member, former), peerUrl, clientUrl, host };
    return { member, leaving, place: !isHealthy ? 'lost' : former === undefined ? 'unknown' : 'leaving' };
  });
  const at = (place: string) => sorted.filter((one) => one.place === place);
  return {
    lost: at('lost').map(({ leaving }) => leaving),
    leaving: at('leaving').map(({ leaving }) => leaving),
    unknown: at('unknown').map(({ member }) => member),
  };
}

const nameOf = ({ id, name }: EtcdMember, known: PlannedMember | undefined): string =>
  name || (known?.name ?? `member-${id}`);

/** The order of cluster.yml, so that founding members get what they have; then the others. */
function listInitialCluster(
  found: readonly EtcdMember[],
  joining: readonly PlannedMember[],
  members: readonly PlannedMember[],
): string {
  const names = new Map<string, string>();
  for (const { name, peerUrl } of members) {
    const isThere = [...joining.map((one) => one.peerUrl), ...found.flatMap((one) => one.peerUrls)];
    if (isThere.includes(peerUrl)) names.set(peerUrl, name);
  }
  for (const member of found)
    for (const url of member.peerUrls) if (!names.has(url)) names.set(url, nameOf(member, undefined));
  return [...names].map(([url, name]) => `${name}=${url}`).join(',');
}

/** The members as they will be when those of cluster.yml that were reached are repaired, and then each step. */
function findFault(
  { members: found }: ObservedEtcd,
  members: readonly PlannedMember[],
  { lost, joining, leaving, unreached }: Omit<MembershipChanges, 'endpoints' | 'formerHosts' | 'fault'>,
): string | undefined {
  const gone = new Set([...lost, ...unreached].map(({ peerUrl }) => peerUrl));
  const notYet = new Set(joining.map(({ peerUrl }) => peerUrl));
  let now = found.map((member): QuorumMember => {
    const [peerUrl = ''] = member.peerUrls;
    const known = members.find((one) => one.peerUrl === peerUrl);
    return {
      name: nameOf(member, known),
      peerUrl,
      isVoter: !member.isLearner,
      isHealthy: !gone.has(peerUrl) && !notYet.has(peerUrl),
    };
  });
  const take = (change: MembershipStep['change'], { name, peerUrl }: NamedMember): string | undefined => {
    const step = { change, name, peerUrl };
    const fault = quorumFault(now, step);
    now = applyStep(now, step);
    return fault;
  };
  // A member that votes before its first start does so while the next step waits.
  const start = ({ peerUrl }: NamedMember): undefined => {
    now = now.map((one) => (one.peerUrl === peerUrl ? { ...one, isHealthy: true } : one));
  };
  const steps = [
    ...lost.map((member) => () => take('remove', member)),
    ...joining.flatMap((member) => {
      const { add, isPromoted } = member;
      return [
        ...(add === undefined ? [] : [() => take(add, member)]),
        isPromoted ? () => take('promote', member) : () => start(member),
      ];
    }),
    ...leaving.map((member) => () => take('remove', member)),
  ];
  for (const step of steps) {
    const fault = step();
    if (fault !== undefined) return fault;
  }
  return undefined;
}

type NamedMember = Pick<PlannedMember, 'name' | 'peerUrl'>;
