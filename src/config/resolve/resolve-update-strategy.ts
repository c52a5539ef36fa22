import { findDefinition } from '../addons/addon-definitions.js';
import type { UpdateStrategy } from '../cluster-spec.js';

/** `update_strategy` in the file; undefined if it is not set. */
type Given = UpdateStrategy | undefined;

type Pace = NonNullable<UpdateStrategy['rollingUpdate']>;

/** One pod at a time. */
const daemonSetPace: Pace = { maxUnavailable: 1 };
const deploymentPace: Pace = { maxUnavailable: '25%', maxSurge: '25%' };
/**
 * For the network plugin and the ingress (RKE cluster/defaults.go:1194 setDaemonsetAddonDefaults): a rolling update without
 * `maxUnavailable` is replaced by the whole default; any other strategy, even an empty one, is kept.
 */
export function resolveDaemonSetStrategy(given: Given): UpdateStrategy {
  if (given !== undefined && isOther(given)) return given;
  return given?.rollingUpdate?.maxUnavailable === undefined ? rolling(daemonSetPace) : given;
}

/** For metrics-server (RKE cluster/defaults.go:1204 setDeploymentAddonDefaults): each missing member becomes 25%. */
export function resolveDeploymentStrategy(given: Given): UpdateStrategy {
  if (given !== undefined && isOther(given)) return given;
  if (given?.rollingUpdate === undefined) return rolling(deploymentPace);
  return { ...given, rollingUpdate: { ...deploymentPace, ...given.rollingUpdate } };
}

/**
 * For the DNS provider (RKE cluster/defaults.go:1220 setDNSDeploymentAddonDefaults): an empty strategy means a rolling update,
 * and only one member is completed.
 */
export function resolveDnsStrategy(given: Given, provider: string): UpdateStrategy | undefined {
  const standard = findDefinition('dns', provider)?.updateStrategy;
  if (standard === undefined) return given;
  const { rollingUpdate: pace, completes } = standard;
  if (given !== undefined && isOther(given) && (given.strategy ?? '') !== '') return given;
  if (given?.rollingUpdate === undefined) return rolling(pace);
  return { ...given, rollingUpdate: { [completes]: pace[completes], ...given.rollingUpdate } };
}

const isOther = ({ strategy }: UpdateStrategy): boolean => strategy !== 'RollingUpdate';

const rolling = (rollingUpdate: Pace): UpdateStrategy => ({ strategy: 'RollingUpdate', rollingUpdate });
