import type { ClusterSpec } from '../config/cluster-spec.js';
import type { CertificateName, CertificatePki } from './certificates.js';
import { adminKubeconfig } from './kubeconfig.js';

/**
 * RKE keeps the text of kube_config_cluster.yml with kube-admin (cluster/cluster.go rebuildLocalAdminConfig).
 *
 * @param controlPlane address that the text leads to; the first control-plane host's unless given
 * @param path where the state says that the file is
 */
export function withAdminKubeconfig(
  spec: Pick<ClusterSpec, 'nodes' | 'clusterName'>,
  bundle: Map<CertificateName, CertificatePki>,
  { path = '', controlPlane }: { readonly path?: string | undefined; readonly controlPlane?: string } = {},
): void {
  const entry = bundle.get('kube-admin');
  const address = controlPlane ?? spec.nodes.find(({ role }) => role.includes('controlplane'))?.address;
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
