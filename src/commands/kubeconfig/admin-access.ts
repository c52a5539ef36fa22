import { stateError } from '../../core/errors.js';
import { askControlPlanes, type AskOptions } from '../../kube/answering.js';
import type { AdminKubeconfigOptions } from '../../kubeconfig/admin-kubeconfig.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { adminOf } from '../../run/open-kube.js';

/** The content of the admin kubeconfig, and how its server was found. */
export interface AdminAccess extends AdminKubeconfigOptions {
  /** Addresses of all control planes, in the order of cluster.yml. */
  readonly controlPlanes: readonly string[];
  /** Those that did not answer although another one did. */
  readonly silent: readonly string[];
  /** Set if no control plane answers. */
  readonly warning: string | undefined;
}

/**
 * Reads the admin access from the state of the last finished run, otherwise from the desired state. Its server is the first
 * control plane that answers, or the first one if none does (RKE cmd/util.go getKubeconfig).
 *
 * @param name of cluster and context; by default that of the cluster
 * @throws RkeError STATE_WITHOUT_ADMIN (exit 4) if the state has no control plane or no kube-admin certificate
 */
export async function readAdminAccess(
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
      `${location} has no control-plane host, or no kube-admin certificate`,
      {
        fix: 'run `rke up`, which creates the certificate',
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
        ? `no kube-apiserver answers on port 6443 from this machine; the kubeconfig uses the first one\n${asked
            .map(({ address, failure = '' }) => `  ${address}: ${failure}`)
            .join('\n')}`
        : undefined,
  };
}
