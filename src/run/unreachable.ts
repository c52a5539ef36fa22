import type { NodeSpec, Role } from '../config/cluster-spec.js';
import { RkeError, sshError } from '../core/errors.js';
import { RunFailedError, type Failure } from '../core/hosts-error.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import type { ObservedCluster } from '../reconcile/observed.js';

/** The hosts of a run; those that could not be read count as unreachable. */
export type ReachedHosts = Pick<HostSet, 'hosts' | 'unreachable'>;

/** The hosts that a run continues with after observing them. */
export function withUnread(
  { hosts, unreachable }: ReachedHosts,
  { unread = new Map() }: Pick<ObservedCluster, 'unread'>,
): ReachedHosts {
  return {
    hosts: new Map([...hosts].filter(([address]) => !unread.has(address))),
    unreachable: new Map([...unreachable, ...unread]),
  };
}

/** Whether the user accepts to do without etcd and control-plane hosts that the cluster has. */
export interface Ignorable {
  /** Nodes of the last finished run, with the roles that they have there. */
  readonly before: readonly NodeSpec[];
  readonly isAccepted: boolean;
}

/**
 * Requires all etcd and control-plane hosts, because a cluster that is created or changed without one of them is not that of
 * cluster.yml. Unreachable workers get no operations, and the run ends with exit code 9. The same goes for etcd and control-plane
 * hosts that the user accepts to do without (`--ignore-unreachable`), if the cluster has them already.
 *
 * @param leaving nodes that are drained and cleaned in this run: all must be reachable
 * @param ignorable undefined if the command cannot do without any of them
 * @returns failures of the hosts that were not reached
 * @throws RunFailedError if one of them, or every host, is unreachable; nothing has been changed then
 */
export function requireAllButWorkers(
  nodes: readonly NodeSpec[],
  { hosts, unreachable }: ReachedHosts,
  leaving: readonly NodeSpec[] = [],
  ignorable?: Ignorable,
): Failure[] {
  const ignored = ignorable?.isAccepted === true ? ignorable.before : undefined;
  const isOffered = ignorable?.isAccepted === false && hosts.size > 0;
  const stuck = listUnreached(leaving, { hosts, unreachable }).map(explainLeaving);
  const failures = nodes.flatMap((node): (Failure & { node: NodeSpec })[] => {
    const error = unreachable.get(node.address);
    if (error === undefined) return [];
    const failure: Failure = { title: 'connect', host: node.address, error };
    const newRole = ignored === undefined ? undefined : findNewRole(node, ignored);
    if (newRole !== undefined) return [{ ...explainJoining(failure, newRole), node }];
    const isIgnorable = isOffered && isMember(node) && findNewRole(node, ignorable.before) === undefined;
    return [{ ...(isIgnorable ? offerToIgnore(failure, error) : failure), node }];
  });
  const isNeeded = failures.some(({ node }) =>
    ignored === undefined ? isMember(node) : findNewRole(node, ignored) !== undefined,
  );
  if (isNeeded || stuck.length > 0 || hosts.size === 0) throw new RunFailedError([...stuck, ...failures]);
  return failures;
}

const isMember = ({ role }: NodeSpec): boolean => role.some((one) => one !== 'worker');

/** A role in the control plane or etcd that a node gets in this run; undefined if there is none. */
function findNewRole({ address, role }: NodeSpec, before: readonly NodeSpec[]): Role | undefined {
  const had = before.find((node) => node.address === address)?.role ?? [];
  return role.find((one) => one !== 'worker' && !had.includes(one));
}

/** Adds the way out to what the user does about a host that cannot be reached. */
function offerToIgnore(failure: Failure, error: RkeError): Failure {
  const offer =
    'or run the same command with `--ignore-unreachable`: it leaves the host as it is and counts its members as not healthy';
  const fix = (on: string): string =>
    [error.fixFor(on), offer].filter((part) => part !== undefined).join('; ');
  return {
    ...failure,
    error: new RkeError(error.code, error.message, { ...error.details, fix }, error.exitCode),
  };
}

function explainJoining({ title, host = '', error }: Failure, role: Role): Failure {
  const message = `the host is to get the role ${role}, but it cannot be reached (${error.message}); --ignore-unreachable is for hosts that have their roles in the cluster already`;
  const fix = 'make the host reachable, or remove the role or the node from cluster.yml until it is';
  return { title, host, error: sshError('JOINING_UNREACHABLE', message, { host, fix, cause: error }) };
}

/** A node is never deleted because its host is merely unreachable; the user may decide that the host is gone for good. */
function explainLeaving({ title, host = '', error }: Failure): Failure {
  const message = `the node left cluster.yml, but its host cannot be reached, so that it can be neither drained nor cleaned (${error.message})`;
  return {
    title,
    host,
    error: sshError('LEAVING_UNREACHABLE', message, {
      host,
      fix: (on) =>
        `make the host reachable with the login that cluster.yml had, then run the same command again; if it is gone for good, run \`rke node remove ${on} --force\``,
      cause: error,
    }),
  };
}

/** Requires at least one host, which is enough for `rke remove`. @throws RunFailedError if none was reached */
export function requireAnyHost(nodes: readonly NodeSpec[], hosts: ReachedHosts): Failure[] {
  const failures = listUnreached(nodes, hosts);
  if (hosts.hosts.size === 0) throw new RunFailedError(failures);
  return failures;
}

/** Lists why hosts were not reached, in the order of cluster.yml. */
export function listUnreached(nodes: readonly NodeSpec[], { unreachable }: ReachedHosts): Failure[] {
  return nodes.flatMap(({ address: host }): Failure[] => {
    const error = unreachable.get(host);
    return error === undefined ? [] : [{ title: 'connect', host, error }];
  });
}
