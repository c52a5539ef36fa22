import type { CallOptions, HostReader } from '../host/host.js';
import type { EtcdEndpoint, EtcdMember } from '../etcd/etcd.js';
import type { PlannedMember } from '../plan/cluster-plan-types.js';
import { askHealth } from './container-health.js';
import type { Probe } from './run-context.js';

/** Where a member of the plan is asked. */
export const endpointOf = ({ host, clientUrl }: PlannedMember): EtcdEndpoint => ({ host, url: clientUrl });

export interface MemberProbes {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly probe: Probe;
  /** Members whose hosts are known. Another member is asked from one of them. */
  readonly known: readonly PlannedMember[];
}

/** Asks a member for its health: on its own host, or from the host of another member if it has none that is connected. */
export async function isMemberHealthy(
  { peerUrls, clientUrls }: EtcdMember,
  { hosts, probe, known }: MemberProbes,
  options: CallOptions,
): Promise<boolean> {
  const own = known.find(({ peerUrl }) => peerUrls.includes(peerUrl));
  const from = [own, ...known].flatMap((member) => hosts.get(member?.host ?? '') ?? [])[0];
  const url = own?.clientUrl ?? clientUrls[0];
  if (from === undefined || url === undefined) return false;
  const check = { url: `${url}/health`, certificate: 'kube-node' } as const;
  return (await askHealth(from, check, probe, options)) === undefined;
}
