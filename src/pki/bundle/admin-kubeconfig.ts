import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { CertificateName, CertificatePki } from '../certificates.js';
import { adminKubeconfig, serverUrl } from '../../kubeconfig/admin-kubeconfig.js';

/**
 * RKE keeps the text of kube_config_cluster.yml with kube-admin (cluster/cluster.go rebuildLocalAdminConfig). It leads to the
 * control plane that it led to, as long as that is one: after its first run RKE leaves the last one there. Else to the first.
 *
 * @param before the entry as the state has it, with the path of the file
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
