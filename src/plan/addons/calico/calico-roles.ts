import type { Rule } from '../rbac.js';
import type { CalicoRevision } from './calico-revision.js';

const read = ['get', 'list', 'watch'];
const change = ['get', 'list', 'create', 'update', 'delete'];

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});
const core = (resources: readonly string[], verbs: readonly string[]): Rule => rule('', resources, verbs);
const calico = (resources: readonly string[], verbs: readonly string[]): Rule =>
  rule('crd.projectcalico.org', resources, verbs);

const ipam = ['blockaffinities', 'ipamblocks', 'ipamhandles'];

/**
 * What calico-node may do, in calico and in canal.
 *
 * @param tokensOf accounts of which it may request a token
 */
export function nodeRules(revision: CalicoRevision, tokensOf: readonly string[]): Rule[] {
  const { readsConfigMaps, reportsNodeStatus, requestsToken } = revision;
  return [
    ...(requestsToken ? [{ ...core(['serviceaccounts/token'], ['create']), resourceNames: tokensOf }] : []),
    core(['pods', 'nodes', 'namespaces'], ['get']),
    ...(reportsNodeStatus ? [rule('discovery.k8s.io', ['endpointslices'], ['watch', 'list'])] : []),
    core(['endpoints', 'services'], ['watch', 'list', 'get']),
    ...(readsConfigMaps ? [core(['configmaps'], ['get'])] : []),
    core(['nodes/status'], ['patch', 'update']),
    rule('networking.k8s.io', ['networkpolicies'], ['watch', 'list']),
    core(['pods', 'namespaces', 'serviceaccounts'], ['list', 'watch']),
    core(['pods/status'], ['patch']),
    calico(readByNode(revision), read),
    calico(['ippools', 'felixconfigurations', 'clusterinformations'], ['create', 'update']),
    ...(reportsNodeStatus ? [calico(['caliconodestatuses'], ['update'])] : []),
    core(['nodes'], read),
    calico(['bgpconfigurations', 'bgppeers'], ['create', 'update']),
  ];
}

function readByNode({ hasCniAccount, readsBlockAffinities, reportsNodeStatus }: CalicoRevision): string[] {
  return [
    'globalfelixconfigs',
    'felixconfigurations',
    'bgppeers',
    ...(hasCniAccount ? ['bgpfilters'] : []),
    'globalbgpconfigs',
    'bgpconfigurations',
    'ippools',
    ...(reportsNodeStatus ? ['ipreservations'] : []),
    'ipamblocks',
    'globalnetworkpolicies',
    'globalnetworksets',
    'networkpolicies',
    'networksets',
    'clusterinformations',
    'hostendpoints',
    ...(readsBlockAffinities ? ['blockaffinities'] : []),
    ...(reportsNodeStatus ? ['caliconodestatuses'] : []),
  ];
}

/** What calico-node may do besides if it assigns the addresses of pods. */
export function nodeIpamRules({ requestsToken }: CalicoRevision): Rule[] {
  return [
    calico(ipam, change),
    calico(['ipamconfigs'], requestsToken ? ['get', 'create'] : ['get']),
    calico(['blockaffinities'], ['watch']),
    rule('apps', ['daemonsets'], ['get']),
  ];
}

export const cniRules: readonly Rule[] = [
  core(['pods', 'nodes', 'namespaces'], ['get']),
  core(['pods/status'], ['patch']),
];

/** What the CNI plugin may do besides if it assigns the addresses of pods. */
export const cniIpamRules: readonly Rule[] = [
  calico([...ipam, 'clusterinformations', 'ippools', 'ipreservations', 'ipamconfigs'], change),
];

export function controllersRules(revision: CalicoRevision): Rule[] {
  const { hasControllersLiveness, reportsNodeStatus, requestsToken, usesKubeletConfig } = revision;
  const ipamRule = calico(ipam, hasControllersLiveness ? [...change, 'watch'] : change);
  return [
    core(['nodes'], ['watch', 'list', 'get']),
    core(['pods'], reportsNodeStatus ? read : ['get']),
    ...(requestsToken
      ? [calico(['ipreservations'], ['list']), ipamRule, calico(['ippools'], ['list', 'watch'])]
      : [calico(reportsNodeStatus ? ['ippools', 'ipreservations'] : ['ippools'], ['list']), ipamRule]),
    ...(usesKubeletConfig ? [] : [calico(['hostendpoints'], change)]),
    calico(
      ['clusterinformations'],
      requestsToken ? ['get', 'list', 'create', 'update', 'watch'] : ['get', 'create', 'update'],
    ),
    ...(usesKubeletConfig
      ? []
      : [calico(['kubecontrollersconfigurations'], ['get', 'create', 'update', 'watch'])]),
  ];
}
