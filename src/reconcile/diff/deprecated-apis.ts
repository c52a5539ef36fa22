import { imageMinor } from '../../versions/kubernetes-version.js';

/** An API that clients of the cluster have asked for, and that is deprecated. */
export interface DeprecatedApi {
  /** `flowcontrol.apiserver.k8s.io/v1beta3 flowschemas`. */
  readonly name: string;
  /** Minor version that no longer serves it. */
  readonly removedIn: number;
}

/**
 * Reads `apiserver_requested_deprecated_apis` of the metrics of a kube-apiserver: what has been asked for since it started. APIs that
 * no version removes are left out.
 */
export function parseDeprecatedApis(metrics: string): DeprecatedApi[] {
  return metrics.split('\n').flatMap((line) => {
    const [, labels, value] = /^apiserver_requested_deprecated_apis\{(.*)\} (\S+)/.exec(line) ?? [];
    if (labels === undefined || Number(value) === 0) return [];
    const of = Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', text = '']) => [name, text]),
    ) as Readonly<Record<string, string | undefined>>;
    const { group = '', version = '', resource = '', subresource = '' } = of;
    const removedIn = imageMinor(`:${of['removed_release'] ?? ''}.0`);
    if (removedIn === undefined) return [];
    const path = [resource, subresource].filter((part) => part !== '').join('/');
    return [{ name: `${[group, version].filter((part) => part !== '').join('/')} ${path}`, removedIn }];
  });
}

/** Lists, for people, the APIs that a version no longer serves; undefined if it serves all of them. */
export function describeRemovedApis(apis: readonly DeprecatedApi[], minor: number): string | undefined {
  const names = apis
    .filter(({ removedIn }) => removedIn <= minor)
    .map(({ name, removedIn }) => `${name} (removed in 1.${removedIn})`);
  const list = [...new Set(names)].sort().join(', ');
  return list === ''
    ? undefined
    : `Kubernetes 1.${minor} does not serve APIs that clients have asked for: ${list}; change these clients before the upgrade`;
}
