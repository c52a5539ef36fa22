import type { NodeSpec } from '../../config/cluster-spec.js';
import { withDeadline } from '../../core/deadline.js';
import { hostInUrl } from '../../core/ip.js';
import { isRecord } from '../../core/stable.js';
import type { Probe } from '../../execute/run-context.js';
import type { HostReader } from '../../host/host.js';
import { wipedMembers, type WipedInput } from '../../reconcile/checks/wiped-members.js';
import type { ClusterState } from '../../state/cluster-state.js';

const askMilliseconds = 10_000;

/**
 * After an unfinished first run, finds members without data that have run according to the running ones. etcd itself refuses
 * such a member if it reaches the others ("has already been bootstrapped"); one that has never run may start.
 *
 * @returns their addresses; empty if no member answers
 * @throws the signal's reason when it is aborted
 */
export async function findJoinedMembers(
  state: ClusterState | undefined,
  {
    observed,
    facts,
    hosts,
    probe,
    signal,
  }: Omit<WipedInput, 'running'> & {
    readonly hosts: ReadonlyMap<string, HostReader>;
    readonly probe: Probe;
    readonly signal: AbortSignal;
  },
): Promise<ReadonlySet<string>> {
  const begun = state?.desiredState.rkeConfig;
  if (begun === undefined || state?.currentState.rkeConfig !== undefined) return new Set();
  const { empty, unknown } = wipedMembers({ running: begun, observed, facts });
  if (empty.length + unknown.length === 0) return new Set();
  const members = begun.nodes.filter(({ role }) => role.includes('etcd'));
  const asks = members.map(async ({ address, internalAddress }): Promise<string[]> => {
    const host = hosts.get(address);
    if (host === undefined || observed.hosts.get(address)?.containers.get('etcd')?.running !== true)
      return [];
    const url = `https://${hostInUrl(internalAddress)}:2380/members`;
    try {
      return await withDeadline({ milliseconds: askMilliseconds, signal }, async (limited) =>
        readStartedNames((await probe(host, { url, certificate: 'kube-node' }, { signal: limited })).body),
      );
    } catch {
      return [];
    }
  });
  const names = new Set((await Promise.all(asks)).flat());
  signal.throwIfAborted();
  const hasRun = ({ hostnameOverride }: NodeSpec): boolean => names.has(`etcd-${hostnameOverride}`);
  return new Set(members.filter(hasRun).map(({ address }) => address));
}

/** Reads the names of members that have run: these have client URLs (etcd api/membership isMemberBootstrapped). */
function readStartedNames(body: string): string[] {
  const members: unknown = JSON.parse(body);
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) => {
    if (!isRecord(member)) return [];
    const { name, clientURLs } = member;
    return typeof name === 'string' && Array.isArray(clientURLs) && clientURLs.length > 0 ? [name] : [];
  });
}
