import type { KubeObject } from '../../cluster-plan-types.js';
import {
  clusterRole,
  clusterRoleBinding,
  serviceAccount,
  serviceAccountSubject,
  type Rule,
} from '../rbac.js';
import type { AciRevision } from './aci-revision.js';
import { aciNamespace, pluginLabel, versionLabel, type AciSettings } from './aci-settings.js';

/** Accounts, with the label of the pods that use them. */
export const controllerAccount = 'aci-containers-controller';
export const hostAccount = 'aci-containers-host-agent';

const read = ['list', 'watch', 'get'];
const change = [...read, 'create', 'update', 'delete'];
const all = ['*'];

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** Accounts, roles and bindings; RKE's template makes them without RBAC too. */
export function aciAccess(settings: AciSettings, revision: AciRevision): KubeObject[] {
  const labels = versionLabel(settings);
  const separator = revision.hasColonNames ? ':' : '-';
  const controller = `aci-containers${separator}controller`;
  const host = `aci-containers${separator}host-agent`;
  const marks = { labels: { ...labels, ...pluginLabel } };
  // Without its role, the controller has rights that an administrator gives it.
  const hasRole = !revision.hasApicTimers || settings.isTrue('use_cluster_role');
  return [
    serviceAccount(controllerAccount, { namespace: aciNamespace, labels }),
    serviceAccount(hostAccount, { namespace: aciNamespace, labels }),
    ...(hasRole ? [clusterRole(controller, controllerRules(settings, revision), marks)] : []),
    clusterRole(host, hostRules(settings, revision), marks),
    ...[
      { name: controller, account: controllerAccount },
      { name: host, account: hostAccount },
    ].map(({ name, account }) =>
      clusterRoleBinding(name, {
        role: name,
        subject: serviceAccountSubject(account, aciNamespace),
        labels,
      }),
    ),
  ];
}

function controllerRules(settings: AciSettings, revision: AciRevision): Rule[] {
  const { hasPolicyResources } = revision;
  const hasIstio = revision.hasIstio && settings.isOn('install_istio');
  return [
    rule(
      '',
      [
        ...['nodes', 'namespaces', 'pods', 'endpoints', 'services', 'events', 'replicationcontrollers'],
        ...(hasPolicyResources || hasIstio ? ['serviceaccounts'] : []),
      ],
      [...read, 'patch', 'create', ...(hasPolicyResources ? ['update'] : []), 'delete'],
    ),
    rule('', ['configmaps'], change),
    ...(hasPolicyResources || hasIstio
      ? [
          rule('apiextensions.k8s.io', ['customresourcedefinitions'], all),
          rule('rbac.authorization.k8s.io', ['clusterroles', 'clusterrolebindings'], all),
        ]
      : []),
    ...(hasIstio
      ? [
          rule('install.istio.io', ['istiocontrolplanes', 'istiooperators'], all),
          rule('aci.istio', ['aciistiooperators', 'aciistiooperator'], all),
        ]
      : []),
    rule('networking.k8s.io', ['networkpolicies'], read),
    ...(hasAnywhere(settings, revision)
      ? [
          rule('aci.aw', ['epgs', 'contracts'], read),
          rule('aci.aw', ['podifs', 'gbpsstates', 'gbpsstates/status'], all),
        ]
      : []),
    rule('apps', ['deployments', 'replicasets', 'daemonsets', 'statefulsets'], all),
    rule('', ['nodes', 'services/status'], ['update']),
    rule('monitoring.coreos.com', ['servicemonitors'], ['get', 'create']),
    rule(
      'aci.snat',
      ['snatpolicies/finalizers', 'snatpolicies/status', 'nodeinfos'],
      ['update', 'create', ...read, 'delete'],
    ),
    rule('aci.snat', ['snatglobalinfos', 'snatpolicies', 'nodeinfos', 'rdconfigs'], change),
    rule('aci.qos', ['qospolicies'], [...change, 'patch']),
    ...(hasPolicyResources
      ? [
          rule('aci.netflow', ['netflowpolicies'], [...read, 'update']),
          rule('aci.erspan', ['erspanpolicies'], [...read, 'update']),
          rule('aci.aw', ['nodepodifs'], all),
        ]
      : []),
    rule('apps.openshift.io', ['deploymentconfigs'], read),
    rule('discovery.k8s.io', ['endpointslices'], sliceVerbs),
    ...(hasPolicyResources
      ? [
          rule('aci.netpol', ['networkpolicies'], [...sliceVerbs, 'create', 'update', 'delete']),
          rule('aci.dnsnetpol', ['dnsnetworkpolicies'], [...sliceVerbs, 'create', 'update', 'delete']),
        ]
      : []),
    ...(hasHppDirect(settings, revision) ? [rule('aci.hpp', hppResources, change)] : []),
  ];
}

function hostRules(settings: AciSettings, revision: AciRevision): Rule[] {
  const { hasPolicyResources } = revision;
  const hasDropLog = settings.isOn('drop_log_enable');
  return [
    rule(
      '',
      ['nodes', 'namespaces', 'pods', 'endpoints', 'services', 'replicationcontrollers'],
      [...read, ...(hasDropLog ? ['update'] : [])],
    ),
    ...(hasDropLog ? [rule('', ['events'], ['create', 'patch'])] : []),
    ...(hasPolicyResources ? [rule('apiextensions.k8s.io', ['customresourcedefinitions'], read)] : []),
    ...(hasAnywhere(settings, revision) ? [rule('aci.aw', ['podifs', 'podifs/status'], all)] : []),
    rule('networking.k8s.io', ['networkpolicies'], read),
    rule('apps', ['deployments', 'replicasets'], read),
    rule('aci.snat', ['snatpolicies', 'snatglobalinfos', 'rdconfigs'], read),
    rule('aci.qos', ['qospolicies'], [...change, 'patch']),
    ...(hasPolicyResources ? [rule('aci.droplog', ['enabledroplogs', 'prunedroplogs'], read)] : []),
    rule(
      'aci.snat',
      ['nodeinfos', 'snatlocalinfos'],
      ['create', 'update', ...read, ...(hasPolicyResources ? ['delete'] : [])],
    ),
    rule('discovery.k8s.io', ['endpointslices'], sliceVerbs),
    ...(hasPolicyResources
      ? [rule('aci.netpol', ['networkpolicies'], sliceVerbs), rule('aci.aw', ['nodepodifs'], all)]
      : []),
    ...(hasHppDirect(settings, revision) ? [rule('aci.hpp', hppResources, read)] : []),
  ];
}

const sliceVerbs = ['get', 'list', 'watch'];
const hppResources = ['hostprotpols', 'hostprotremoteipcontainers'];

const hasAnywhere = (settings: AciSettings, revision: AciRevision): boolean =>
  revision.hasAnywhere && settings.isOn('use_aci_anywhere_crd');

const hasHppDirect = (settings: AciSettings, revision: AciRevision): boolean =>
  revision.hasHppDirect && settings.isOn('enable_hpp_direct');

/** CRDs of the template that an option leaves out, by their group. */
export function isWantedResource(settings: AciSettings, name: string): boolean {
  if (/^(epgs|contracts|podifs|gbpsstates)\.aci\.aw$/.test(name))
    return settings.isOn('use_aci_anywhere_crd');
  if (name.endsWith('.aci.istio')) return settings.isOn('install_istio');
  return name.endsWith('.aci.hpp') ? settings.isOn('enable_hpp_direct') : true;
}
