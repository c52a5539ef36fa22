import type { SystemImages } from './catalog.js';

/** The role of an image: its key under `system_images` and its name in RKE's JSON. */
export interface ImageRole {
  readonly key: string;
  readonly json: string;
  /** RKE v1 does not know it. */
  readonly isOwn?: true;
}

/** Keys of `system_images` in the order in which RKE lists and writes them (types/rke_types.go RKESystemImages). */
const keys = `
etcd alpine nginx_proxy cert_downloader kubernetes_services_sidecar kubedns dnsmasq kubedns_sidecar
kubedns_autoscaler coredns coredns_autoscaler nodelocal kubernetes flannel flannel_cni calico_node
calico_cni calico_controllers calico_ctl calico_flexvol canal_node canal_cni canal_controllers
canal_flannel canal_flexvol weave_node weave_cni pod_infra_container ingress ingress_backend
ingress_webhook metrics_server windows_pod_infra_container aci_cni_deploy_container
aci_host_container aci_opflex_container aci_mcast_container aci_ovs_container
aci_controller_container aci_gbp_server_container aci_opflex_server_container
`;

const rkeRoles: readonly ImageRole[] = keys
  .trim()
  .split(/\s+/)
  .map((key) => ({ key, json: jsonNameOf(key) }));

/** Those of RKE, then those of add-ons that RKE does not have. */
export const imageRoles: readonly ImageRole[] = [
  ...rkeRoles,
  { key: 'traefik', json: 'traefik', isOwn: true },
];

const keysByJson = new Map(imageRoles.map(({ key, json }) => [json, key]));

/** Key below `system_images` of a role in RKE's JSON: `flannel_cni` of `flannelCni`. */
export function imageKeyOf(json: string): string {
  return keysByJson.get(json) ?? json;
}

/**
 * Images by key in RKE's order, without the Windows image, as RKE lists them for air-gapped installations (cmd/config.go
 * generateSystemImagesList).
 */
export function listedImages(images: SystemImages): ReadonlyMap<string, string> {
  const listed = imageRoles.filter(({ key }) => key !== 'windows_pod_infra_container');
  return new Map(
    listed.flatMap(({ key, json }) => (images[json] === undefined ? [] : [[key, images[json]]])),
  );
}

/** Camel case; the FlexVolume images have one more capital. */
function jsonNameOf(key: string): string {
  return key
    .replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
    .replace(/Flexvol$/, 'FlexVol');
}
