import { isDnsSubdomain } from '../../core/host-name.js';
import { ipBytes, unreachableKind } from '../../core/ip.js';
import type { NodeSpec } from '../cluster-spec.js';
import { addressFault } from './address-fault.js';
import { error, refusal, type Finding, type Rule } from './rule.js';

/**
 * Addresses of nodes and of the bastion: an IP address or a DNS name, and an IP address if a component listens on it. RKE v1 did
 * not check them.
 */
export const addressRules: Rule = ({ spec, config }) => [
  ...spec.nodes.flatMap((node, index) => {
    const path = `nodes[${index}]`;
    const given = config.nodes?.[index];
    const target = checkSshAddress(node.address, `${path}.address`, (given?.hostnameOverride ?? '') !== '');
    if (target.length > 0) return target;
    return (given?.internalAddress ?? '') === ''
      ? checkInherited(node, `${path}.address`, spec.cloudProvider?.name ?? '')
      : checkInternal(node.internalAddress, `${path}.internal_address`);
  }),
  ...checkSshAddress(spec.bastionHost?.address, 'bastion_host.address', true),
];

/** RKE v1 refused an address that cannot be the name of the node, unless the node has a hostname_override. */
function checkSshAddress(address = '', path: string, isNamed: boolean): Finding[] {
  const fault = address === '' ? undefined : addressFault(address, 'address');
  if (fault === undefined) return [];
  const report = isNamed || isDnsSubdomain(address.toLowerCase()) ? refusal : error;
  return [report('bad-address', path, `invalid address "${address}": ${fault}`)];
}

function checkInternal(address: string, path: string): Finding[] {
  const fault = addressFault(address, 'internal_address');
  if (fault !== undefined) return [refusal('bad-address', path, `invalid address "${address}": ${fault}`)];
  if (ipBytes(address) === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `expected an IP address, got the DNS name "${address}": etcd listens on it, and the kubelet gets it as --node-ip`,
        `name ${address}`,
      ),
    ];
  return checkReachable(address, path, 'use an address that the other nodes can reach');
}

/** Without `internal_address`, components use the address that SSH uses. */
function checkInherited({ address = '' }: Partial<NodeSpec>, path: string, provider: string): Finding[] {
  if (address === '') return [];
  if (provider !== '' && ipBytes(address) === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `"${address}" is a DNS name, but with the cloud provider ${provider} kube-proxy listens on the address of the node; ` +
          'set internal_address to its IP address',
        `name ${address}`,
      ),
    ];
  return checkReachable(address, path, 'set internal_address to an address that the other nodes can reach');
}

function checkReachable(address: string, path: string, remedy: string): Finding[] {
  const kind = unreachableKind(address);
  return kind === undefined
    ? []
    : [
        refusal(
          'bad-address',
          path,
          `"${address}" is ${kind}, which other nodes cannot reach; ${remedy}`,
          address,
        ),
      ];
}
