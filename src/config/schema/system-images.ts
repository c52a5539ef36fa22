import { field, object, text } from './field.js';

const keys = `
etcd alpine nginx_proxy cert_downloader kubernetes_services_sidecar kubedns dnsmasq kubedns_sidecar
kubedns_autoscaler coredns coredns_autoscaler nodelocal kubernetes flannel flannel_cni calico_node
calico_cni calico_controllers calico_ctl canal_node canal_cni canal_controllers canal_flannel
weave_node weave_cni pod_infra_container ingress ingress_backend ingress_webhook metrics_server
windows_pod_infra_container aci_cni_deploy_container aci_host_container aci_opflex_container
aci_mcast_container aci_ovs_container aci_controller_container aci_gbp_server_container
aci_opflex_server_container
`;

/** Image by role. One that is not set comes from the version catalogue. */
export const systemImages = object({
  ...Object.fromEntries(
    keys
      .trim()
      .split(/\s+/)
      .map((key) => [key, field(text)]),
  ),
  calico_flexvol: field(text, { json: 'calicoFlexVol' }),
  canal_flexvol: field(text, { json: 'canalFlexVol' }),
});
