import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { CertificateName, CertificatePki } from '../certificates.js';
import { adminKubeconfig, serverUrl } from '../../kubeconfig/admin-kubeconfig.js';

/**
 * Sets the text of kube_config_cluster.yml in the entry of kube-admin, where RKE stores it (cluster/cluster.go
 * rebuildLocalAdminConfig). Its server stays the same while that host has the role controlplane: after its first run RKE
 * leaves the last control plane there. Otherwise it becomes the first control plane.
 *
 * @param before the entry in the state, with the path of the file
 */
export function setAdminKubeconfig(
  spec: Pick<ClusterSpec, 'nodes' | 'clusterName'>,
  bundle: Map<CertificateName, CertificatePki>,
  before: Pick<CertificatePki, 'config' | 'configPath'> | undefined,
): void {
  const entry = bundle.get('kube-admin');
  const { config = '', configPath: path = '' } = before ?? {};
  const controlPlanes = spec.nodes.filter(({ role }) => role.includes('controlplane'));
  const kept = controlPlanes.find((node) => config.includes(`server: "${serverUrl(node.address)}"`));
  const address = (kept ?? controlPlanes[0])?.address;
  if (entry === undefined || address === undefined) return;
  bundle.set('kube-admin', {
    ...entry,
    config: adminKubeconfig({
      clusterName: spec.clusterName,
      controlPlane: address,
      caPem: bundle.get('kube-ca')?.certificatePEM ?? '',
      certificatePem: entry.certificatePEM,
      keyPem: entry.keyPEM,
    }),
    configEnvName: 'KUBECFG_KUBE_ADMIN',
    configPath: path === '' ? './kube_config_cluster.yml' : path,
  });
}
