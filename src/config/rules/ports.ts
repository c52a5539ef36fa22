import { isHostAndPort, isPort } from '../../core/url.js';
import type { BastionSpec } from '../cluster-spec.js';
import { refusal, type Finding, type Rule } from './rule.js';

/** Ports that become part of an address. RKE v1 failed only when it connected. */
export const portRules: Rule = ({ spec }) => [
  // Other invalid ports are reported by nodeRules.
  ...spec.nodes.flatMap(({ port }, index) =>
    isPort(String(Number(port))) ? checkPort(`nodes[${index}].port`, port) : [],
  ),
  ...(spec.bastionHost === undefined ? [] : checkBastion(spec.bastionHost)),
  ...checkPort('cri_dockerd_stream_server_port', spec.criDockerdStreamServerPort ?? ''),
  ...checkStreamAddress(spec.criDockerdStreamServerAddress ?? ''),
];

function checkPort(path: string, port: string): Finding[] {
  return port === '' || isPort(port)
    ? []
    : [refusal('bad-port', path, `expected a port from 1 to 65535, got ${JSON.stringify(port)}`)];
}

function checkBastion({ address = '', port = '' }: BastionSpec): Finding[] {
  return address === '' ? [] : checkPort('bastion_host.port', port);
}

/** The address is joined with `:` and the port unchanged. */
function checkStreamAddress(address: string): Finding[] {
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
