import { cidrHolds, isCidr } from '../../core/ip.js';
import { nodelocal as definition } from '../addons/nodelocal.js';
import type { NodelocalSpec } from '../cluster-spec.js';
import { canonical, quoted } from './dns-servers.js';
import { refusal, versionOrigin, warning, type Finding, type Rule, type RuleInput } from './rule.js';

const path = 'dns.nodelocal.ip_address';
const unused = 'use an unused address such as 169.254.20.10';

/** The DNS cache of the nodes. Every kubelet gives its address to new pods, so it must answer there on every node. */
export const nodelocalRules: Rule = (input) => {
  const { nodelocal } = input.spec.dns;
  const address = nodelocal?.ipAddress ?? '';
  if (nodelocal === undefined || address === '') return [];
  return [
    ...checkAddress(address, input.spec),
    ...checkIsDeployed(address, input),
    ...checkNodeSelector(nodelocal),
  ];
};

/** An address on every node that is not in use elsewhere. */
function checkAddress(address: string, { services, nodes }: RuleInput['spec']): Finding[] {
  const plain = canonical(address);
  if (plain === undefined)
    return [
      refusal('bad-address', path, `expected an IP address such as 169.254.20.10, got ${quoted(address)}`),
    ];
  const isOfNode = nodes.some(({ internalAddress, address: outer }) =>
    [internalAddress, outer].some((one) => canonical(one) === plain),
  );
  if (isOfNode) return [refusal('bad-address', path, `${address} is the address of a node; ${unused}`)];
  const pods = services.kubeController.clusterCidr.split(',').filter(isCidr);
  return pods.some((range) => cidrHolds(range, plain))
    ? [warning('cidr-overlap', path, `${address} is inside the pod range; ${unused}`)]
    : [];
}

/** RKE v1 left the cache out in both cases, and set its address in every kubelet nevertheless. */
function checkIsDeployed(address: string, input: RuleInput): Finding[] {
  const { dns, kubernetesVersion: version } = input.spec;
  if (dns.provider === 'none')
    return [
      warning(
        'no-effect',
        path,
        `pods get ${address} as their DNS server, but no cache is deployed with dns.provider none, the same as in RKE v1; run a DNS server at this address on every node`,
      ),
    ];
  // An invalid version is reported itself.
  const isVersion = /^v\d+\.\d+\.\d/.test(version);
  return !isVersion || input.catalog.templateKey(definition.templates.of, version) !== undefined
    ? []
    : [
        refusal(
          'not-allowed',
          path,
          `RKE v1 has no NodeLocal DNSCache for ${version}${versionOrigin(input)}, so pods would have no DNS; in a new cluster, remove the key, or use Kubernetes 1.17.4 or later`,
        ),
      ];
}

function checkNodeSelector({ nodeSelector = {} }: NodelocalSpec): Finding[] {
  const labels = Object.entries(nodeSelector)
    .map(([name, value]) => `${name}=${value}`)
    .filter((label) => !/^(beta\.)?kubernetes\.io\/os=linux$/.test(label)); // All nodes that can run the cache have it.
  return labels.length === 0
    ? []
    : [
        warning(
          'no-effect',
          'dns.nodelocal.node_selector',
          `pods on nodes without ${labels.join(', ')} have no DNS: every kubelet gives them the address of the cache; label all nodes`,
        ),
      ];
}
