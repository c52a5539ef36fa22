import type { ServiceSpec } from '../../config/cluster-spec.js';
import { sortedEntries } from '../../core/stable.js';

/** Flag name to value, without dashes. An empty value is rendered: `--cloud-provider=`. */
export type FlagMap = Readonly<Record<string, string>>;

/** Flag name to value; an empty value removes the flag. */
export type FlagOptions = Readonly<Record<string, string>>;

/** The flags of each component in the version catalogue for one Kubernetes version (RKE types/kdm/kdm.go). */
export interface ServiceOptions {
  readonly etcd: FlagOptions;
  readonly kubeapi: FlagOptions;
  readonly kubelet: FlagOptions;
  readonly kubeproxy: FlagOptions;
  readonly kubeController: FlagOptions;
  readonly scheduler: FlagOptions;
}

/**
 * Applies the catalogue's options to the built-in flags. An option with an empty value removes its flag (RKE
 * cluster/plan.go).
 */
export function applyServiceOptions(builtIn: FlagMap, options: FlagOptions): FlagMap {
  return Object.fromEntries(
    Object.entries({ ...builtIn, ...options }).filter(([name]) => options[name] !== ''),
  );
}

/**
 * Applies `extra_args`, which override all other flags. They can set a flag or make it empty, but not remove it (RKE
 * cluster/plan.go).
 */
export function applyExtraArgs(flags: FlagMap, service: ServiceSpec): FlagMap {
  return { ...flags, ...service.extraArgs };
}

/**
 * Renders flags as arguments, sorted by name. `extra_args_array` follows, one argument per value in its order; it adds to a flag
 * of the same name and does not replace it (RKE cluster/plan.go appendArgs, in random order).
 */
export function renderFlags(flags: FlagMap, service: ServiceSpec): string[] {
  return [
    ...sortedEntries(flags).map(([name, value]) => `--${name}=${value}`),
    ...sortedEntries(service.extraArgsArray ?? {}).flatMap(([name, values]) =>
      values.map((value) => `--${name}=${value}`),
    ),
  ];
}
