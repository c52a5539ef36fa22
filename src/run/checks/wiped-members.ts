import type { CodeOf } from '../../core/codes/error-codes.js';
import { etcdError } from '../../core/errors.js';
import { RunFailedError, type Failure } from '../../core/hosts-error.js';
import { wipedMembers, type WipedInput } from '../../reconcile/checks/wiped-members.js';
import type { OperationPlan } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Stops before anything is changed if etcd members of an existing cluster would start without their data.
 *
 * @param paths etcd data directory of each host, by address
 * @param joined members that have run, according to the others; until a first run has finished, only these are checked
 * @param mayBeEmpty hosts whose members join, or leave: etcd knows that they have no data, or needs it no longer
 * @param starting hosts on which the run starts etcd; all by default
 * @throws RunFailedError (exit 8) with one failure for each of these hosts
 */
export function refuseWipedMembers(
  state: ClusterState | undefined,
  {
    observed,
    facts,
    paths,
    joined = new Set(),
    starting,
    mayBeEmpty = new Set(),
  }: Omit<WipedInput, 'running'> & {
    readonly paths: DataPaths;
    readonly joined?: ReadonlySet<string>;
    readonly starting?: ReadonlySet<string>;
    readonly mayBeEmpty?: ReadonlySet<string>;
  },
): void {
  const isFinished = state?.currentState.rkeConfig !== undefined;
  const running = isFinished ? state.currentState.rkeConfig : state?.desiredState.rkeConfig;
  if (running === undefined) return;
  const { empty, unknown, hasMajority, neededToo } = wipedMembers({ running, observed, facts });
  const pathOf = (host: string): string => paths.get(host)?.etcdData ?? '/var/lib/etcd';
  const wayOut = (host: string): string => {
    if (hasMajority) return replace(host);
    return neededToo.length > 0 ? reachFirst(neededToo) : recreate;
  };
  const failures = [
    ...empty.map((host) =>
      failure(host, {
        code: 'ETCD_DATA_GONE',
        message: `the host is an etcd member, but ${pathOf(host)} has no data (was it reinstalled?); it would start as a new, empty etcd`,
        fix: `if the data is on a disk that is not mounted, mount it at ${pathOf(host)}; otherwise ${wayOut(host)}`,
      }),
    ),
    ...unknown.map((host) =>
      failure(host, {
        code: 'ETCD_DATA_UNKNOWN',
        message: `the host is an etcd member without a container, and ${pathOf(host)} cannot be read to check for data`,
        fix: `check \`sudo ls ${pathOf(host)}/member\` on the host; if it has data, run \`sudo chmod o+x ${pathOf(host)}\` there and run rke again; if not, ${wayOut(host)}`,
      }),
    ),
  ];
  const concerned = failures.filter(
    ({ host = '' }) =>
      (isFinished || joined.has(host)) && (starting?.has(host) ?? true) && !mayBeEmpty.has(host),
  );
  if (concerned.length > 0) throw new RunFailedError(concerned);
}

/** Lists the hosts on which a plan starts stopped etcd members. */
export function listEtcdStarts({ operations }: Pick<OperationPlan, 'operations'>): ReadonlySet<string> {
  return new Set(
    operations.flatMap((one) =>
      one.kind === 'start-container' && one.name === 'etcd' && one.host !== undefined ? [one.host] : [],
    ),
  );
}

type DataPaths = ReadonlyMap<string, { readonly etcdData?: string }>;

const replace = (host: string): string =>
  `run \`rke node remove ${host}\`, add the host to cluster.yml again, then run \`rke up\``;

const reachFirst = (hosts: readonly string[]): string =>
  `make ${hosts.join(', ')} reachable, which may have the data, then run rke again`;

const recreate =
  'restore the cluster from a snapshot with `rke etcd snapshot-restore --name NAME`, or remove it with `rke remove` and create a new one with `rke up`; all its data is lost then';

function failure(
  host: string,
  { code, message, fix }: { readonly code: CodeOf<'etcd'>; readonly message: string; readonly fix: string },
): Failure {
  return { title: 'check etcd data', host, error: etcdError(code, message, { host, fix }) };
}
