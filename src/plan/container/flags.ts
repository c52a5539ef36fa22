import type { ServiceSpec } from '../../config/cluster-spec.js';
import { sortedEntries } from '../../core/stable.js';

/** Flag name to value, without dashes. An empty value is rendered: `--cloud-provider=`. */
export type FlagMap = Readonly<Record<string, string>>;

/** Flag name to value; an empty value takes the flag away. */
export type FlagOptions = Readonly<Record<string, string>>;

/** What the version catalogue adds to the flags of each component for one Kubernetes version (RKE types/kdm/kdm.go). */
export interface ServiceOptions {
  readonly etcd: FlagOptions;
  readonly kubeapi: FlagOptions;
  readonly kubelet: FlagOptions;
  readonly kubeproxy: FlagOptions;
  readonly kubeController: FlagOptions;
  readonly scheduler: FlagOptions;
}

/**
 * Lays the catalogue's options over RKE's own flags. An option with an empty value takes its flag away
 * (RKE cluster/plan.go).
 */
export function applyServiceOptions(builtIn: FlagMap, options: FlagOptions): FlagMap {
  return Object.fromEntries(
    Object.entries({ ...builtIn, ...options }).filter(([name]) => options[name] !== ''),
  );
}

/**
 * Lays the user's `extra_args` over everything before them. They can set a flag or empty it, not take it away
 * (RKE cluster/plan.go).
 */
export function applyExtraArgs(flags: FlagMap, service: ServiceSpec): FlagMap {
  return { ...flags, ...service.extraArgs };
}

/**
 * Flags as arguments, sorted by name. `extra_args_array` comes behind, one argument per value in the user's order; it
 * adds to a flag of the same name and does not replace it (RKE cluster/plan.go appendArgs, in random order).
 */
export function renderFlags(flags: FlagMap, service: ServiceSpec): string[] {
  return [
    ...sortedEntries(flags).map(([name, value]) => `--${name}=${value}`),
    ...sortedEntries(service.extraArgsArray ?? {}).flatMap(([name, values]) =>
      values.map((value) => `--${name}=${value}`),
    ),
  ];
}
