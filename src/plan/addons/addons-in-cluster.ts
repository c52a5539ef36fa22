import type { AddonKind } from '../../config/addons/addon-definition.js';
import { definitionsOf, type AddonName } from '../../config/addons/addon-definitions.js';
import { aci } from './aci/aci.js';
import type { AddonInCluster, PlannedAddon } from './addon-in-cluster.js';
import { calico } from './calico/calico.js';
import { canal } from './canal/canal.js';
import { coredns } from './coredns/coredns.js';
import { flannel } from './flannel/flannel.js';
import { kubeDns } from './kube-dns/kube-dns.js';
import { metricsServer } from './metrics-server/metrics-server.js';
import { nginx } from './nginx/nginx.js';
import { nodelocal } from './nodelocal/nodelocal.js';
import { traefik } from './traefik/traefik.js';
import { weave } from './weave/weave.js';

/** Every add-on that config/addons defines. */
const addonsInCluster: Readonly<Record<AddonName, PlannedAddon>> = {
  flannel,
  calico,
  weave,
  canal,
  aci,
  coredns,
  'kube-dns': kubeDns,
  nodelocal,
  'metrics-server': metricsServer,
  nginx,
  traefik,
};

export function addonInCluster(name: AddonName): PlannedAddon {
  return addonsInCluster[name];
}

export const allAddonsInCluster: readonly AddonInCluster[] = Object.values(addonsInCluster);

/** Names under which the add-ons of a kind are deployed. */
export function deployedNames(kind: AddonKind): ReadonlySet<string> {
  return new Set(definitionsOf(kind).map(({ name }) => addonInCluster(name).deployedAs));
}
