import { cidrHolds, cidrsOverlap, ipBytes, isCidr } from '../../core/ip.js';
import type { ServicesSpec } from '../cluster-spec.js';
import { isDnsDeployed } from './dns.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/**
 * The address ranges of pods and Services: readable, and apart from each other and from the nodes. RKE looks at the first one
 * only, and clusters run with ranges that overlap; so all but what cannot be read is a warning.
 */
export const rangeRules: Rule = ({ spec }) => {
  const { kubeApi, kubeController, kubelet } = spec.services;
  const services = { path: `${api}.service_cluster_ip_range`, text: kubeApi.serviceClusterIpRange };
  const pods = { path: `${controller}.cluster_cidr`, text: kubeController.clusterCidr };
  const other = {
    path: `${controller}.service_cluster_ip_range`,
    text: kubeController.serviceClusterIpRange,
  };
  const unreadable = [services, pods, other].flatMap(({ path, text }) =>
    text
      .split(',')
      .filter((part) => !isCidr(part))
      .map((part) => error('bad-cidr', path, `"${part}" is not a range of addresses such as 10.43.0.0/16`)),
  );
  if (unreadable.length > 0) return unreadable;
  const used = {
    services: underArguments(services, api, 'service-cluster-ip-range', kubeApi),
    pods: underArguments(pods, controller, 'cluster-cidr', kubeController),
    other: underArguments(other, controller, 'service-cluster-ip-range', kubeController),
  };
  return [
    ...overlapping(used),
    ...nodesInside(spec.nodes, [used.services, used.pods]),
    ...dnsServers(
      kubelet.clusterDnsServer,
      isDnsDeployed(spec.dns.provider) ? undefined : used.services.text,
    ),
    ...tooSmall(used.pods, kubeController, spec.nodes.length),
    ...nodePorts(kubeApi.serviceNodePortRange),
  ];
};

const api = 'services.kube-api';
const controller = 'services.kube-controller';

interface Range {
  readonly path: string;
  readonly text: string;
}

/** What the component is started with: an extra argument stands above the key. */
function underArguments(
  range: Range,
  service: string,
  argument: string,
  { extraArgs = {} }: Pick<ServicesSpec['kubeApi'], 'extraArgs'>,
): Range {
  const text = extraArgs[argument];
  return text === undefined || !text.split(',').every(isCidr)
    ? range
    : { path: `${service}.extra_args.${argument}`, text };
}

function overlapping({
  services,
  pods,
  other,
}: Readonly<Record<'services' | 'pods' | 'other', Range>>): Finding[] {
  const findings: Finding[] = [];
  if (meet(services.text, pods.text))
    findings.push(
      warning(
        'cidr-overlap',
        pods.path,
        `${pods.text} of the pods overlaps ${services.text} of the Services`,
      ),
    );
  if (other.text !== services.text)
    findings.push(
      warning(
        'cidr-differs',
        other.path,
        `${other.text} is not what kube-api has (${services.text}); both must be the same`,
      ),
    );
  return findings;
}

function nodesInside(
  nodes: readonly { readonly internalAddress: string }[],
  ranges: readonly Range[],
): Finding[] {
  return nodes.flatMap(({ internalAddress }, index) =>
    ranges.flatMap(({ text }) => {
      const holder = text.split(',').find((part) => cidrHolds(part, internalAddress));
      return holder === undefined
        ? []
        : [
            warning(
              'cidr-overlap',
              `nodes[${index}]`,
              `its address ${internalAddress} lies in the cluster's own range ${holder}`,
            ),
          ];
    }),
  );
}

/**
 * Several may stand there, divided by commas; one outside may be a cache on each node.
 *
 * @param services undefined if the DNS is a Service of rke, whose address the rules on DNS judge
 */
function dnsServers(servers: string, services: string | undefined): Finding[] {
  const path = 'services.kubelet.cluster_dns_server';
  return servers.split(',').flatMap((server) => {
    if (ipBytes(server) === undefined) return [error('bad-address', path, `"${server}" is not an address`)];
    const isInside = services === undefined || services.split(',').some((part) => cidrHolds(part, server));
    return isInside
      ? []
      : [warning('dns-outside', path, `${server} is not in the range of the Services (${services})`)];
  });
}

/** kube-controller-manager cuts a piece for each node out of the range of the pods: /24, of IPv6 /64. */
function tooSmall(
  { path, text }: Range,
  { extraArgs = {} }: ServicesSpec['kubeController'],
  nodes: number,
): Finding[] {
  return text.split(',').flatMap((range) => {
    const isV6 = range.includes(':');
    const argument =
      extraArgs[`node-cidr-mask-size-${isV6 ? 'ipv6' : 'ipv4'}`] ?? extraArgs['node-cidr-mask-size'];
    const piece = Number(argument ?? (isV6 ? 64 : 24));
    const pieces = 2 ** (piece - Number(range.split('/')[1]));
    return pieces >= nodes
      ? []
      : [
          warning(
            'cidr-small',
            path,
            `${range} has room for the pods of ${Math.floor(pieces)} nodes (/${piece} each), and there are ${nodes}`,
          ),
        ];
  });
}

/** As kube-apiserver reads it: `30000-32767`, `30000+100` or one port. */
function nodePorts(range: string): Finding[] {
  return /^\d+([-+]\d+)?$/.test(range)
    ? []
    : [
        error(
          'bad-range',
          'services.kube-api.service_node_port_range',
          `"${range}" is not a range of ports such as 30000-32767`,
        ),
      ];
}

function meet(a: string, b: string): boolean {
  return a.split(',').some((left) => b.split(',').some((right) => cidrsOverlap(left, right)));
}
