import type { ClusterSpec } from '../../config/cluster-spec.js';
import { InternalError } from '../../core/errors.js';
import { isRecord } from '../../core/stable.js';
import type { AddonPlan } from '../cluster-plan-types.js';
import { planAuthz } from './authz.js';
import { planCoredns } from './coredns.js';
import { planFlannel } from './flannel.js';
import { planMetricsServer } from './metrics-server.js';

/**
 * The add-ons of a cluster, in RKE's order (cluster/addons.go): what nodes may do, network plugin, DNS, metrics. `none`
 * leaves one out; so its objects are removed where an earlier run recorded them.
 *
 * @throws InternalError for a plugin or provider that validation should have refused
 */
export function planAddons(spec: ClusterSpec): AddonPlan[] {
  return [...planAuthz(spec), ...planNetwork(spec), ...planDns(spec), ...planMonitoring(spec)];
}

function planNetwork(spec: ClusterSpec): AddonPlan[] {
  const { plugin } = spec.network;
  if (plugin === 'none') return [];
  if (plugin === 'flannel') return [planFlannel(spec)];
  throw new InternalError(`network plugin ${plugin} got past validation`);
}

function planDns(spec: ClusterSpec): AddonPlan[] {
  const { provider } = spec.dns;
  if (provider === 'none') return [];
  if (provider === 'coredns') return [planCoredns(spec)];
  throw new InternalError(`DNS provider ${provider} got past validation`);
}

/** Any other word than `none` means metrics-server, as in RKE (cluster/addons.go). */
function planMonitoring(spec: ClusterSpec): AddonPlan[] {
  return spec.monitoring.provider === 'none' ? [] : [planMetricsServer(spec)];
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
