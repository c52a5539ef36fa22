import type { KubeObject } from '../../cluster-plan-types.js';
import {
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  serviceAccount,
  serviceAccountSubject,
  type Rule,
} from '../rbac.js';
import { nginxMarks, nginxNamespace as namespace } from './nginx-labels.js';
import type { NginxRevision } from './nginx-revisions.js';

const read = ['get', 'list', 'watch'];
const events: Rule = { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] };
const endpointSlices: Rule = {
  apiGroups: ['discovery.k8s.io'],
  resources: ['endpointslices'],
  verbs: ['list', 'watch', 'get'],
};

/** What the controller may do, in the cluster and in its namespace. */
export function controllerAccess(revision: NginxRevision, leader: string): KubeObject[] {
  const { names, generation } = revision;
  const subject = serviceAccountSubject(names.serviceAccount, namespace);
  const ofCluster = nginxMarks(revision);
  const own = { namespace, ...nginxMarks(revision, 'controller') };
  const account = serviceAccount(names.serviceAccount, own);
  const access = [
    clusterRole(names.clusterRole, clusterRules(revision), ofCluster),
    clusterRoleBinding(names.clusterRoleBinding, { role: names.clusterRole, subject, ...ofCluster }),
    role(names.role, namespaceRules(revision, leader), own),
    roleBinding(names.roleBinding, { role: names.role, subject, ...own }),
  ];
  if (generation > 1) return [{ ...account, automountServiceAccountToken: true }, ...access];
  const apiVersion = 'rbac.authorization.k8s.io/v1beta1';
  return [account, ...access.map((object) => ({ ...object, apiVersion }))];
}

function clusterRules(revision: NginxRevision): Rule[] {
  const { watchesNamespaces } = revision;
  const hasLeases = revision.electsBy.includes('leases');
  return [
    {
      apiGroups: [''],
      resources: [
        ...['configmaps', 'endpoints', 'nodes', 'pods', 'secrets'],
        ...(watchesNamespaces ? ['namespaces'] : []),
      ],
      verbs: ['list', 'watch'],
    },
    ...(hasLeases
      ? [{ apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] }]
      : []),
    { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
    services(revision),
    ingresses(revision),
    events,
    ingressStatus(revision),
    ...ingressClasses(revision),
    ...(hasLeases ? [endpointSlices] : []),
  ];
}

function namespaceRules(revision: NginxRevision, leader: string): Rule[] {
  const { electsBy, generation, isBasic } = revision;
  if (isBasic) return basicRules(leader);
  return [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
    { apiGroups: [''], resources: ['configmaps', 'pods', 'secrets', 'endpoints'], verbs: read },
    services(revision),
    ingresses(revision),
    ingressStatus(revision),
    ...ingressClasses(revision),
    ...electsBy.flatMap((resource) => election(resource, leader)),
    ...(generation === 1
      ? [{ apiGroups: [''], resources: ['endpoints'], verbs: ['create', 'get', 'update'] }]
      : []),
    events,
    ...(electsBy.includes('leases') ? [endpointSlices] : []),
  ];
}

/** The few of the first manifest. */
function basicRules(leader: string): Rule[] {
  return [
    { apiGroups: [''], resources: ['configmaps', 'pods', 'secrets', 'namespaces'], verbs: ['get'] },
    ...election('configmaps', leader),
    { apiGroups: [''], resources: ['endpoints'], verbs: ['get'] },
  ];
}

function election(resource: 'configmaps' | 'leases', leader: string): Rule[] {
  const of = { apiGroups: [resource === 'leases' ? 'coordination.k8s.io' : ''], resources: [resource] };
  return [
    { ...of, resourceNames: [leader], verbs: ['get', 'update'] },
    { ...of, verbs: ['create'] },
  ];
}

const services = ({ generation, isBasic }: NginxRevision): Rule => ({
  apiGroups: [''],
  resources: ['services'],
  verbs: generation === 1 && !isBasic ? ['get', 'list', 'update', 'watch'] : read,
});

const ingresses = (revision: NginxRevision): Rule => ({
  apiGroups: ingressGroups(revision),
  resources: revision.isBasic ? ['ingresses', 'daemonsets'] : ['ingresses'],
  verbs: read,
});

const ingressStatus = (revision: NginxRevision): Rule => ({
  apiGroups: ingressGroups(revision),
  resources: ['ingresses/status'],
  verbs: ['update'],
});

const ingressGroups = ({ generation }: NginxRevision): string[] =>
  generation === 3 ? ['networking.k8s.io'] : ['extensions', 'networking.k8s.io'];

const ingressClasses = ({ generation }: NginxRevision): Rule[] =>
  generation === 1 ? [] : [{ apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read }];
