import { isHostName } from '../../core/host-name.js';
import { ipBytes } from '../../core/ip.js';
import { isPort } from '../../core/url.js';
import { refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** Subject alternative names of server certificates. RKE v1 did not check them, and clients could then not verify the certificate. */
export const sanRules: Rule = (input) => [
  ...(input.spec.authentication.sans ?? []).flatMap((name, index) =>
    checkSan(name, `authentication.sans[${index}]`),
  ),
  ...(input.spec.services.kubelet.generateServingCertificate === true ? checkServingAddresses(input) : []),
];

function checkSan(name: string, path: string): Finding[] {
  if (isSan(name)) return [];
  const plain = extractHost(name);
  const hint = plain !== name && isSan(plain) ? `; write ${plain}` : '';
  return [
    refusal('bad-san', path, `expected a DNS name or an IP address, got ${JSON.stringify(name)}${hint}`),
  ];
}

/** True for an IP address or a DNS name, whose first label may be a wildcard. */
function isSan(name: string): boolean {
  return ipBytes(name) !== undefined || (isHostName(name.replace(/^\*\.(?=.)/, '')) && !name.endsWith('.'));
}

/** The host in a text: without spaces, scheme, path, port, brackets, prefix length and trailing dot. */
function extractHost(name: string): string {
  const host = name
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '');
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(host) ?? [];
  const bare =
    port !== undefined && isPort(port) ? (bracketed ?? plain ?? '') : host.replace(/^\[(.*)\]$/, '$1');
  return bare.replace(/\.$/, '');
}

/**
 * kube-apiserver connects to the InternalIP of a kubelet, whatever name cluster.yml has. The internal_address of a running node
 * cannot be changed, so there is no advice to set it.
 */
function checkServingAddresses({ spec, running }: RuleInput): Finding[] {
  const isRunning = (address: string): boolean =>
    (running?.nodes ?? []).some((node) => node.address === address);
  return spec.nodes.flatMap(({ address, internalAddress }, index) => {
    if (address === '' || ipBytes(internalAddress) !== undefined) return [];
    return [
      warning(
        'serving-certificate',
        `nodes[${index}].${internalAddress === address ? 'address' : 'internal_address'}`,
        `generate_serving_certificate: the kubelet certificate will contain "${internalAddress}" but not the IP address that ` +
          `kube-apiserver connects to, so \`kubectl logs\` and \`kubectl exec\` fail if certificates are verified${isRunning(address) ? '' : '; set internal_address to the IP address'}`,
      ),
    ];
  });
}
