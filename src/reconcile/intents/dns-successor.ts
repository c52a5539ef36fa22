import { deployedNames } from '../../plan/addons/addons-in-cluster.js';
import type { AddonPlan } from '../../plan/cluster-plan-types.js';
import type { Successor } from '../kinds/cluster-kinds.js';

/** Names of the add-ons that are DNS providers. */
export const dnsProviders = deployedNames('dns');

/** As long as CoreDNS answers after it was told to stop (`lameduck` in RKE's Corefile); kube-dns stops at once. */
const steadySeconds = 5;
const timeoutSeconds = 120;

/** What takes over the Service of the cluster DNS from another provider; undefined if the planned add-ons have none. */
export function dnsSuccessor(addons: readonly AddonPlan[]): Successor | undefined {
  const provider = addons.find(({ name }) => dnsProviders.has(name));
  const service = provider?.objects.find(({ kind }) => kind === 'Service');
  const deployment = provider?.awaits.find(({ kind }) => kind === 'Deployment');
  return service === undefined || deployment === undefined
    ? undefined
    : { service, deployment, steadySeconds, timeoutSeconds };
}
