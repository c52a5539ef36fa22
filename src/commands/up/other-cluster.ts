import { stateError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { isSamePem } from '../../core/pem-text.js';
import { certificatePath } from '../../pki/required/certificate-paths.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Refuses hosts that run another cluster: one that joins would be torn out of it, and one that leaves ours has joined it since and
 * would be cleaned. Its CA tells, because a host gets that of its cluster before anything else.
 *
 * A host that has been in the cluster since its last finished run is not asked: it may have missed a change of the CA.
 */
export function refuseOtherCluster(
  { nodes, leaving = [] }: Pick<ClusterPlan, 'nodes' | 'leaving'>,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  state: ClusterState | undefined,
): Failure[] {
  const ours = [state?.currentState, state?.desiredState].flatMap((half) => {
    const text = half?.certificatesBundle?.['kube-ca']?.certificatePEM ?? '';
    return text === '' ? [] : [text];
  });
  if (ours.length === 0) return [];
  const isOther = (host: string): boolean => {
    const found = hosts.get(host)?.files?.get(certificatePath('kube-ca'))?.certificate;
    return found !== undefined && !ours.some((own) => isSamePem(own, found));
  };
  const members = new Set(state?.currentState.rkeConfig?.nodes.map(({ address }) => address));
  const addressesOf = (plans: ClusterPlan['nodes']): string[] => plans.map(({ node }) => node.address);
  return [
    ...addressesOf(nodes)
      .filter((host) => !members.has(host) && isOther(host))
      .map((host) =>
        refusal(host, {
          message: 'the host already belongs to another cluster: its kube-ca.pem is not that of this one',
          fix: 'take it out of that cluster first: remove it from the cluster.yml there and run `rke up`, or `rke remove` if that cluster is to go',
        }),
      ),
    ...addressesOf(leaving)
      .filter(isOther)
      .map((host) =>
        refusal(host, {
          message:
            'the node left cluster.yml, but its host belongs to another cluster now: its kube-ca.pem is not that of this one',
          fix: (on) => `run \`rke node remove ${on} --force\`: it deletes the node and leaves the host alone`,
        }),
      ),
  ];
}

function refusal(
  host: string,
  { message, fix }: { readonly message: string; readonly fix: string | ((on: string) => string) },
): Failure {
  return { title: 'check host', host, error: stateError('OTHER_CLUSTER', message, { host, fix }) };
}
