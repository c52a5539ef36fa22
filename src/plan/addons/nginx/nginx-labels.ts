import type { StringMap } from '../../../config/cluster-spec.js';
import type { NginxRevision } from './nginx-revisions.js';

/** The namespace of all its objects. */
export const nginxNamespace = 'ingress-nginx';

/** Label of the DaemonSet's selector, the same in all revisions: a selector cannot be changed. */
export const appLabel = { app: 'ingress-nginx' } as const;

export type NginxComponent = 'controller' | 'admission-webhook';

/** What Services and policies select pods by. */
export function selectorLabels(component?: NginxComponent): StringMap {
  return {
    'app.kubernetes.io/name': 'ingress-nginx',
    'app.kubernetes.io/instance': 'ingress-nginx',
    ...(component === undefined ? {} : { 'app.kubernetes.io/component': component }),
  };
}

/** Labels of an object, none before generation 2. Objects of the whole cluster that are for the controller name no component. */
export function nginxMarks(
  { generation, version, hasPartOf }: NginxRevision,
  component?: NginxComponent,
): { readonly labels?: StringMap } {
  if (generation === 1) return {};
  return {
    labels: {
      ...selectorLabels(component),
      'app.kubernetes.io/version': version,
      ...partOf(hasPartOf),
    },
  };
}

/** Labels of the controller's pods. */
export function controllerPodLabels({ generation, version, hasPartOf }: NginxRevision): StringMap {
  if (generation === 1) return appLabel;
  return {
    ...appLabel,
    ...selectorLabels('controller'),
    // Later revisions leave it out, so that another version alone restarts no pod.
    ...(generation === 2 ? { 'app.kubernetes.io/version': version } : {}),
    ...partOf(hasPartOf),
  };
}

export function partOf(isGiven: boolean): StringMap {
  return isGiven ? { 'app.kubernetes.io/part-of': 'ingress-nginx' } : {};
}
