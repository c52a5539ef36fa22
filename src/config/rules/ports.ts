import { isHostAndPort, isPort } from '../../core/url.js';
import type { BastionSpec } from '../cluster-spec.js';
import { refusal, type Finding, type Rule } from './rule.js';

/** Ports that become part of an address; RKE found out when it dialled. */
export const portRules: Rule = ({ spec }) => [
  // What is no number of a port at all is reported by the rules on nodes.
  ...spec.nodes.flatMap(({ port }, index) =>
    isPort(String(Number(port))) ? portFindings(`nodes[${index}].port`, port) : [],
  ),
  ...(spec.bastionHost === undefined ? [] : bastion(spec.bastionHost)),
  ...portFindings('cri_dockerd_stream_server_port', spec.criDockerdStreamServerPort ?? ''),
  ...streamAddress(spec.criDockerdStreamServerAddress ?? ''),
];

function portFindings(path: string, port: string): Finding[] {
  return port === '' || isPort(port)
    ? []
    : [refusal('bad-port', path, `expected a port from 1 to 65535, got ${JSON.stringify(port)}`)];
}

function bastion({ address = '', port = '' }: BastionSpec): Finding[] {
  return address === '' ? [] : portFindings('bastion_host.port', port);
}

/** Put before `:` and the port as it is. */
function streamAddress(address: string): Finding[] {
  if (address === '' || isHostAndPort(`${address}:1`)) return [];
  const hint = isHostAndPort(`[${address}]:1`) ? `; write "[${address}]"` : '';
  return [
    refusal(
      'bad-address',
      'cri_dockerd_stream_server_address',
      `expected an address such as 127.0.0.1, got ${JSON.stringify(address)}${hint}`,
    ),
  ];
}
