import type { MetricsTemplate } from '../../../config/addons/metrics-server.js';
import type { Rule } from '../rbac.js';
import { revisionOf } from '../template-revision.js';

/** Differences between RKE's templates of metrics-server. */
export interface MetricsRevision {
  /** API version of the bindings to existing roles and of the APIService. */
  readonly apiVersion: 'v1' | 'v1beta1';
  /** True if all objects, and not only those of its pods, have the label of metrics-server. */
  readonly isLabelled: boolean;
  /** True if the roles `admin`, `edit` and `view` include reading metrics. */
  readonly hasReaderRole: boolean;
  /** True if its service account is omitted without RBAC, although its pods refer to it. */
  readonly needsRbacForAccount: boolean;
  readonly rules: readonly Rule[];
  /** Where it listens; undefined for the default of the image. */
  readonly port: number | undefined;
  /** Address types of kubelets, in the order in which they are tried. */
  readonly addressTypes: string;
  /** Further flags, before those of cluster.yml. */
  readonly flags: readonly string[];
  /** Seconds before the first readiness probe. */
  readonly readinessDelay: number | undefined;
  readonly resources: Readonly<Record<string, unknown>> | undefined;
  readonly securityContext: Readonly<Record<string, unknown>>;
}

const read = ['get', 'list', 'watch'];
const resolution = '--metric-resolution=15s';
const nodeStats = ['pods', 'nodes', 'nodes/stats', 'namespaces'];

/** Without a fixed port, a delay of the probe and a security context. */
const v18: MetricsRevision = {
  apiVersion: 'v1beta1',
  isLabelled: false,
  hasReaderRole: false,
  needsRbacForAccount: false,
  rules: [
    { apiGroups: [''], resources: nodeStats, verbs: read },
    { apiGroups: ['extensions'], resources: ['deployments'], verbs: read },
  ],
  port: undefined,
  addressTypes: 'InternalIP',
  flags: ['--logtostderr'],
  readinessDelay: undefined,
  resources: undefined,
  securityContext: {},
};
const v120: MetricsRevision = {
  ...v18,
  apiVersion: 'v1',
  isLabelled: true,
  hasReaderRole: true,
  rules: [{ apiGroups: [''], resources: [...nodeStats, 'configmaps'], verbs: read }],
  port: 4443,
  securityContext: { readOnlyRootFilesystem: true, runAsNonRoot: true, runAsUser: 1000 },
};
const v050: MetricsRevision = {
  ...v120,
  port: 443,
  flags: [resolution, '--logtostderr'],
  readinessDelay: 20,
  resources: { requests: { cpu: '100m', memory: '200Mi' } },
};
const v052: MetricsRevision = {
  ...v050,
  port: 4443,
  addressTypes: 'InternalIP,ExternalIP,Hostname',
  securityContext: { ...v050.securityContext, allowPrivilegeEscalation: false },
};
const v061: MetricsRevision = {
  ...v052,
  needsRbacForAccount: true,
  rules: [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: read },
  ],
  flags: [resolution],
};
const v070: MetricsRevision = {
  ...v061,
  port: 10250,
  securityContext: {
    ...v061.securityContext,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};

const revisions: Readonly<Record<MetricsTemplate, MetricsRevision>> = {
  'metricsserver-v1.8': v18,
  'metricsserver-v1.20': v120,
  'metricsserver-v0.5.0': v050,
  'metricsserver-v0.5.2': v052,
  'metricsserver-v0.6.1': v061,
  'metricsserver-v0.7.0': v070,
};

export const metricsRevision = (template: string | undefined): MetricsRevision =>
  revisionOf(revisions, template);
