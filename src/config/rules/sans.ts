import { isHostName } from '../../core/host-name.js';
import { ipBytes } from '../../core/ip.js';
import { isPort } from '../../core/url.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** Names in the certificates of servers; RKE wrote anything there, which then fits no name that a client uses. */
export const sanRules: Rule = ({ spec }) => [
  ...(spec.authentication.sans ?? []).flatMap((name, index) =>
    sanFindings(name, `authentication.sans[${index}]`),
  ),
  ...(spec.services.kubelet.generateServingCertificate === true ? spec.nodes.flatMap(servingAddress) : []),
];

function sanFindings(name: string, path: string): Finding[] {
  if (isSan(name)) return [];
  const plain = withoutRest(name);
  const hint = plain !== name && isSan(plain) ? `; write ${plain}` : '';
  return [refusal('bad-san', path, `expected a DNS name or an address, got ${JSON.stringify(name)}${hint}`)];
}

/** A wildcard stands for the first label. */
function isSan(name: string): boolean {
  return ipBytes(name) !== undefined || (isHostName(name.replace(/^\*\.(?=.)/, '')) && !name.endsWith('.'));
}

/** What was meant: without blanks, scheme, user, path, port, brackets and prefix length. */
function withoutRest(name: string): string {
  const host = name
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/[/?#].*$/s, '');
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/.exec(host) ?? [];
  const bare =
    port !== undefined && isPort(port) ? (bracketed ?? plain ?? '') : host.replace(/^\[(.*)\]$/, '$1');
  return bare.replace(/\.$/, '');
}

/** kube-apiserver calls a kubelet by its InternalIP first, whatever cluster.yml calls the host. */
function servingAddress(
  { address, internalAddress }: { readonly address: string; readonly internalAddress: string },
  index: number,
): Finding[] {
  if (address === '' || ipBytes(internalAddress) !== undefined) return [];
  return [
    warning(
      'serving-certificate',
      `nodes[${index}].${internalAddress === address ? 'address' : 'internal_address'}`,
      `generate_serving_certificate: the certificate of this kubelet will have "${internalAddress}" and not the IP address that ` +
        'kube-apiserver calls; set internal_address to it, or kubectl logs and exec fail where certificates are checked',
    ),
  ];
}
