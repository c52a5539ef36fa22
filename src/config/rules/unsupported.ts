import { stableStringify } from '../../core/stable.js';
import { isAreaRunning, type AddonArea } from '../addon-settings.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { cluster } from '../schema/cluster.js';
import { jsonNameOf } from '../schema/field.js';
import { error, type Finding } from './rule.js';

export interface SupportInput {
  readonly spec: ClusterSpec;
  /** Paths of keys that are set and not acted upon yet. */
  readonly pending: readonly string[];
  readonly running: ClusterSpec | undefined;
}

/**
 * Keys and choices that RKE has and we do not act upon yet: refused, never ignored. A part with which the cluster runs already
 * needs no action, so it stays.
 */
export function supportRules({ spec, pending, running }: SupportInput): Finding[] {
  const findings = [
    ...pending.map((path) =>
      error('not-supported', path, 'not yet supported: this key is known, but nothing is done with it yet'),
    ),
    ...choice('network.plugin', spec.network.plugin, ['flannel', 'none'], 'write network: {plugin: flannel}'),
    ...choice('dns.provider', spec.dns.provider, ['coredns', 'none'], 'write dns: {provider: coredns}'),
    ...choice('ingress.provider', spec.ingress.provider, ['none'], 'write ingress: {provider: none}'),
    ...choice(
      'monitoring.provider',
      spec.monitoring.provider,
      ['metrics-server', 'none'],
      'write monitoring: {provider: metrics-server}',
    ),
  ];
  const isRunning = ({ path }: Finding): boolean => {
    const key = /^[^.[]*/.exec(path)?.[0] ?? '';
    const area = areas[key];
    if (area !== undefined) return isAreaRunning(area, spec, running);
    const part = jsonNameOf(key, cluster) as keyof ClusterSpec;
    return running !== undefined && stableStringify(spec[part]) === stableStringify(running[part]);
  };
  const hasApi = spec.nodes.some(({ role }) => role.includes('controlplane'));
  return [
    ...findings.filter((finding) => !isRunning(finding)),
    ...(hasApi
      ? []
      : [error('missing-role', 'nodes', 'a cluster cannot be made without a controlplane node')]),
  ];
}

/** Areas of add-ons by the first part of a key's path. */
const areas: Readonly<Record<string, AddonArea>> = {
  network: 'network',
  dns: 'dns',
  monitoring: 'monitoring',
  ingress: 'ingress',
  addons: 'addons',
  addons_include: 'addons',
};

function choice(path: string, value: string, supported: readonly string[], remedy: string): Finding[] {
  return supported.includes(value)
    ? []
    : [error('not-supported', path, `not yet supported: ${value}; ${remedy}`)];
}
