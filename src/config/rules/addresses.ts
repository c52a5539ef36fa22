import { isDnsSubdomain } from '../../core/host-name.js';
import { ipBytes, unreachableKind } from '../../core/ip.js';
import type { NodeSpec } from '../cluster-spec.js';
import { addressFault } from './address-fault.js';
import { error, refusal, type Finding, type Rule } from './rule.js';

/**
 * Addresses of nodes and of the bastion: an IP address or a DNS name, and an IP address where a component listens on it. RKE
 * looked at none of them.
 */
export const addressRules: Rule = ({ spec, config }) => [
  ...spec.nodes.flatMap((node, index) => {
    const path = `nodes[${index}]`;
    const given = config.nodes?.[index];
    const target = targetFindings(node.address, `${path}.address`, (given?.hostnameOverride ?? '') !== '');
    if (target.length > 0) return target;
    return (given?.internalAddress ?? '') === ''
      ? inheritedFindings(node, `${path}.address`, spec.cloudProvider?.name ?? '')
      : internalFindings(node.internalAddress, `${path}.internal_address`);
  }),
  ...targetFindings(spec.bastionHost?.address, 'bastion_host.address', true),
];

/** RKE refused what cannot be the name of a node either, unless the node has another name. */
function targetFindings(address = '', path: string, isNamed: boolean): Finding[] {
  const fault = address === '' ? undefined : addressFault(address, 'address');
  if (fault === undefined) return [];
  const tell = isNamed || isDnsSubdomain(address.toLowerCase()) ? refusal : error;
  return [tell('bad-address', path, `"${address}": ${fault}`)];
}

function internalFindings(address: string, path: string): Finding[] {
  const fault = addressFault(address, 'internal_address');
  if (fault !== undefined) return [refusal('bad-address', path, `"${address}": ${fault}`)];
  if (ipBytes(address) === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `"${address}" is a DNS name; expected an IP address: etcd listens on it, and the kubelet gets it as --node-ip`,
        `name ${address}`,
      ),
    ];
  return unreachable(address, path, 'write one that the other nodes reach');
}

/** Without `internal_address`, components use the address that SSH uses. */
function inheritedFindings({ address = '' }: Partial<NodeSpec>, path: string, provider: string): Finding[] {
  if (address === '') return [];
  if (provider !== '' && ipBytes(address) === undefined)
    return [
      refusal(
        'bad-address',
        path,
        `"${address}" is a DNS name, and with the cloud provider ${provider} kube-proxy listens on the node's address; ` +
          'write its IP address as internal_address',
        `name ${address}`,
      ),
    ];
  return unreachable(address, path, 'write the one that the other nodes reach as internal_address');
}

function unreachable(address: string, path: string, remedy: string): Finding[] {
  const kind = unreachableKind(address);
  return kind === undefined
    ? []
    : [refusal('bad-address', path, `"${address}" is ${kind}, so no node can have it; ${remedy}`, address)];
}
