import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { AddonContext, PlannedAddon } from '../addon-in-cluster.js';
import { hasRbac } from '../rbac.js';
import { objectRef } from '../object-ref.js';
import { daemonSetRef } from '../workload-ref.js';
import { controllerName, controllerDaemonSet } from './controller-daemon-set.js';
import { isDefaultClass, leaderName } from './controller-arguments.js';
import { defaultBackendRefs, hasDefaultBackend, planDefaultBackend } from './default-backend.js';
import { controllerAccess } from './nginx-access.js';
import {
  admissionAccess,
  admissionJobs,
  admissionNetworkPolicy,
  admissionService,
  admissionWebhook,
} from './nginx-admission.js';
import { appLabel, nginxMarks, nginxNamespace as namespace, selectorLabels } from './nginx-labels.js';
import { nginxRevision, type NginxRevision } from './nginx-revisions.js';

const workload = daemonSetRef(controllerName, namespace);

export const nginx: PlannedAddon = {
  deployedAs: 'rke-ingress-controller',
  workload,
  restartedPods: { app: ['ingress-nginx'] },
  plan: planNginx,
};

/**
 * ingress-nginx as RKE deploys it (cluster/addons.go:570 deployIngress). The Jobs come last, when what they write to is there.
 * An Ingress can be created once the webhook has its CA, so that is waited for as well.
 */
function planNginx({ spec, template }: AddonContext): Omit<AddonPlan, 'name'> {
  const revision = nginxRevision(template);
  const hasAccess = hasRbac(spec);
  const hasWebhook = revision.generation > 1;
  const hasBackend = hasDefaultBackend(spec, revision);
  const webhook = admissionWebhook(revision);
  return {
    objects: [
      nginxNamespaceObject(revision),
      ...(hasAccess ? controllerAccess(revision, leaderName(spec, revision)) : []),
      ...configMaps(spec, revision),
      ...(hasBackend ? planDefaultBackend(spec, revision) : []),
      ...(hasWebhook && hasAccess ? admissionAccess(revision) : []),
      ...(hasWebhook ? [admissionService(revision)] : []),
      ...(revision.hasNetworkPolicy ? [admissionNetworkPolicy(revision)] : []),
      ...(revision.generation === 3 ? [ingressClass(spec, revision)] : []),
      controllerDaemonSet(spec, revision),
      ...(hasWebhook ? [webhook, ...admissionJobs(spec, revision)] : []),
    ],
    awaits: [workload, ...(hasWebhook ? [objectRef(webhook)] : [])],
    absent: hasBackend ? [] : defaultBackendRefs,
  };
}

function nginxNamespaceObject({ generation }: NginxRevision): KubeObject {
  const labels = generation === 1 ? {} : { labels: selectorLabels() };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...labels } };
}

/** Settings of nginx, and the TCP and UDP services that users expose themselves: those two are applied without `data`. */
function configMaps({ ingress }: ClusterSpec, revision: NginxRevision): KubeObject[] {
  const { names, generation, options, takesOptions, hasStreams } = revision;
  const given = takesOptions ? (ingress.options ?? {}) : {};
  // An empty value counts as not set if the revision has its own default.
  const data = {
    ...given,
    ...Object.fromEntries(Object.entries(options).map(([name, value]) => [name, given[name] || value])),
  };
  const configMap = (name: string, members: object, marks: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...marks },
    ...members,
  });
  return [
    configMap(
      names.configMap,
      Object.keys(data).length === 0 ? {} : { data },
      generation === 1 ? { labels: appLabel } : nginxMarks(revision, 'controller'),
    ),
    ...(hasStreams ? ['tcp-services', 'udp-services'].map((name) => configMap(name, {})) : []),
  ];
}

function ingressClass(spec: ClusterSpec, revision: NginxRevision): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: {
      name: 'nginx',
      ...nginxMarks(revision, 'controller'),
      ...(isDefaultClass(spec, revision)
        ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }
        : {}),
    },
    spec: { controller: 'k8s.io/ingress-nginx' },
  };
}
