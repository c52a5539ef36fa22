import { isAreaRunning, type AddonArea } from '../../config/addon-settings.js';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { isRecord } from '../../core/stable.js';
import type { AddonPlan } from '../cluster-plan-types.js';
import { planAuthz } from './authz.js';
import { planCoredns } from './coredns.js';
import {
  deployedByRke,
  ingressWorkload,
  networkWorkload,
  nodelocalWorkload,
  systemDeployment,
} from './deployed-by-rke.js';
import { planFlannel } from './flannel.js';
import { planMetricsServer } from './metrics-server.js';

/**
 * The add-ons of a cluster, in RKE's order (cluster/addons.go): what nodes may do, network plugin, DNS, metrics, ingress and
 * the user's own. `none` leaves one out; so its objects are removed where an earlier run recorded them.
 */
export function planAddons(spec: ClusterSpec): AddonPlan[] {
  return addonsByArea(spec).flatMap(([, addons]) => addons);
}

/** Names of add-ons whose settings are the same in two configurations. */
export function unchangedAddons(spec: ClusterSpec, running: ClusterSpec): string[] {
  return addonsByArea(spec).flatMap(([area, addons]) =>
    isAreaRunning(area, spec, running) ? addons.map(({ name }) => name) : [],
  );
}

/** The add-ons with the part of cluster.yml that each is made of. */
function addonsByArea(spec: ClusterSpec): readonly (readonly [AddonArea, readonly AddonPlan[]])[] {
  const { network, dns, monitoring, ingress } = spec;
  // Old versions of the catalogue lack some; RKE takes them all the same (cluster/validation.go:476).
  const hasImages = (...roles: readonly string[]): boolean =>
    roles.every((role) => (spec.systemImages[role] ?? '') !== '');
  return [
    ['authorization', planAuthz(spec)],
    [
      'network',
      oneOf(
        network.plugin,
        hasImages('flannel', 'flannelCni') ? { flannel: () => planFlannel(spec) } : {},
        deployedByRke(networkAddon, networkWorkload(network.plugin)),
      ),
    ],
    [
      'dns',
      oneOf(
        dns.provider,
        hasImages('coredns', 'corednsAutoscaler') ? { coredns: () => planCoredns(spec) } : {},
        deployedByRke(`rke-${dns.provider}-addon`, systemDeployment(dns.provider)),
      ),
    ],
    ['dns', hasNodelocal(spec) ? [deployedByRke('rke-nodelocal-addon', nodelocalWorkload)] : []],
    // Any other word than `none` means metrics-server, as in RKE.
    [
      'monitoring',
      monitoring.provider === 'none'
        ? []
        : [
            hasImages('metricsServer')
              ? planMetricsServer(spec)
              : deployedByRke('rke-metrics-addon', systemDeployment('metrics-server')),
          ],
    ],
    ['ingress', oneOf(ingress.provider, {}, deployedByRke('rke-ingress-controller', ingressWorkload))],
    ['addons', isEmpty(spec.addons) ? [] : [deployedByRke('rke-user-addon')]],
    ['addons', isEmpty(spec.addonsInclude) ? [] : [deployedByRke('rke-user-includes-addons')]],
  ];
}

/** Add-ons with which a cluster runs and which cluster.yml no longer has (RKE cluster/addons.go). */
export function planRemovedAddons(planned: readonly AddonPlan[], running: ClusterSpec): AddonPlan[] {
  const staying = new Set([...planned.map(({ name }) => name), ...neverRemoved]);
  return planAddons(running).filter(({ name }) => !staying.has(name));
}

const networkAddon = 'rke-network-plugin';

/** RKE has no way to remove a network plugin, and leaves what nodes may do. */
export const neverRemoved: readonly string[] = [networkAddon, 'rke-authz'];

/** RKE deploys it by its address, and not without a DNS provider (cluster/addons.go). */
function hasNodelocal({ dns }: ClusterSpec): boolean {
  return dns.provider !== 'none' && !isEmpty(dns.nodelocal?.ipAddress);
}

function isEmpty(value: string | readonly string[] | undefined | null): boolean {
  return value === undefined || value === null || value.length === 0;
}

function oneOf(
  choice: string,
  makers: Readonly<Record<string, () => AddonPlan>>,
  otherwise: AddonPlan,
): AddonPlan[] {
  if (choice === 'none') return [];
  return [makers[choice]?.() ?? otherwise];
}

/** Images of all containers of the add-ons, each once, in the order in which they are needed. */
export function addonImages(addons: readonly AddonPlan[]): string[] {
  return [...new Set(addons.flatMap(({ objects }) => objects.flatMap(imagesIn)))];
}

/** Finds them in pod templates wherever they are: Deployments, DaemonSets, CronJobs. */
function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isRecord(value)) return [];
  const { initContainers, containers, ...others } = value;
  const own = [initContainers, containers].flatMap((list) =>
    Array.isArray(list) ? list.flatMap(imageOf) : [],
  );
  return [...own, ...Object.values(others).flatMap(imagesIn)];
}

function imageOf(container: unknown): string[] {
  return isRecord(container) && typeof container['image'] === 'string' ? [container['image']] : [];
}
