import { stateError } from '../../core/errors.js';
import { askControlPlanes, type AskOptions } from '../../kube/answering.js';
import type { AdminKubeconfigOptions } from '../../kubeconfig/admin-kubeconfig.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { adminOf } from '../../run/open-kube.js';

/** What the administrator's kubeconfig is made of, and how its address was found. */
export interface AdminAccess extends AdminKubeconfigOptions {
  /** All control planes of the cluster, in the order of its file. */
  readonly controlPlanes: readonly string[];
  /** Those of them that did not answer although another one did. */
  readonly silent: readonly string[];
  /** Told where no control plane answers. */
  readonly warning: string | undefined;
}

/**
 * From what the last run that finished left, else from the desired state: the administrator's way into the first control
 * plane that answers, or into the first one where none does (RKE cmd/util.go getKubeconfig).
 *
 * @param name of cluster and context; the cluster's own unless given
 * @throws RkeError STATE_WITHOUT_ADMIN (exit 4) where the state cannot give one
 */
export async function adminAccess(
  { currentState, desiredState }: ClusterState,
  {
    location,
    name,
    ...options
  }: AskOptions & { readonly location: string; readonly name?: string | undefined },
): Promise<AdminAccess> {
  const isRunning = currentState.certificatesBundle?.['kube-admin'] !== undefined;
  const { rkeConfig, certificatesBundle = {} } = isRunning ? currentState : desiredState;
  const spec = rkeConfig ?? desiredState.rkeConfig;
  const controlPlanes = (spec?.nodes ?? []).flatMap(({ address, role }) =>
    role.includes('controlplane') ? [address] : [],
  );
  const admin = adminOf(certificatesBundle);
  const [first] = controlPlanes;
  if (spec === undefined || first === undefined || [admin.ca, admin.cert, admin.key].includes(''))
    throw stateError(
      'STATE_WITHOUT_ADMIN',
      `the state at ${location} lacks a control plane, or the certificate of kube-admin`,
      {
        fix: 'run rke up, which makes them',
      },
    );
  const asked = await askControlPlanes(controlPlanes, admin, options);
  const answering = asked.find(({ failure }) => failure === undefined);
  return {
    clusterName: name ?? spec.clusterName,
    controlPlane: answering?.address ?? first,
    caPem: admin.ca,
    certificatePem: admin.cert,
    keyPem: admin.key,
    controlPlanes,
    silent:
      answering === undefined
        ? []
        : asked.flatMap(({ address, failure }) => (failure === undefined ? [] : [address])),
    warning:
      answering === undefined
        ? `no control plane answers on port 6443 from this machine; the server of the kubeconfig is the first one\n${asked
            .map(({ address, failure = '' }) => `  ${address}: ${failure}`)
            .join('\n')}`
        : undefined,
  };
}
