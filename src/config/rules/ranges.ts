import { cidrHolds, cidrsOverlap, ipBytes, isCidr } from '../../core/ip.js';
import type { ServicesSpec } from '../cluster-spec.js';
import { isDnsDeployed } from './dns.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/**
 * The ranges of pods and Services: valid, and without overlap with each other and with the nodes. RKE checks only the first one,
 * and clusters run with ranges that overlap, so everything but an invalid range is a warning.
 */
export const rangeRules: Rule = ({ spec, config, running }) => {
  const { kubeApi, kubeController, kubelet } = spec.services;
  const written = config.services ?? {};
  const services = {
    path: `${api}.service_cluster_ip_range`,
    text: kubeApi.serviceClusterIpRange,
    isDefault: (written.kubeApi?.serviceClusterIpRange ?? '') === '',
  };
  const pods = {
    path: `${controller}.cluster_cidr`,
    text: kubeController.clusterCidr,
    isDefault: (written.kubeController?.clusterCidr ?? '') === '',
  };
  const other = {
    path: `${controller}.service_cluster_ip_range`,
    text: kubeController.serviceClusterIpRange,
    isDefault: (written.kubeController?.serviceClusterIpRange ?? '') === '',
  };
  const invalid = [services, pods, other].flatMap(({ path, text }) =>
    text
      .split(',')
      .filter((part) => !isCidr(part))
      .map((part) => error('bad-cidr', path, `expected a CIDR range such as 10.43.0.0/16, got "${part}"`)),
  );
  if (invalid.length > 0) return invalid;
  const used = {
    services: overrideRange(services, api, 'service-cluster-ip-range', kubeApi),
    pods: overrideRange(pods, controller, 'cluster-cidr', kubeController),
    other: overrideRange(other, controller, 'service-cluster-ip-range', kubeController),
  };
  return [
    ...checkOverlap(used, running !== undefined),
    ...checkNodes(spec.nodes, { Service: used.services, pod: used.pods }),
    ...checkDnsServers(
      kubelet.clusterDnsServer,
      isDnsDeployed(spec.dns.provider) ? undefined : used.services.text,
    ),
    ...checkPodRangeSize(used.pods, kubeController, spec.nodes.length),
    ...checkNodePorts(kubeApi.serviceNodePortRange),
  ];
};

const api = 'services.kube-api';
const controller = 'services.kube-controller';

interface Range {
  readonly path: string;
  readonly text: string;
  /** The file does not set it. */
  readonly isDefault: boolean;
}

const describeRange = ({ text, isDefault }: Range): string =>
  isDefault ? `${text} (default of RKE v1)` : text;

/** The range that the component is started with: an extra argument overrides the key. */
function overrideRange(
  range: Range,
  service: string,
  argument: string,
  { extraArgs = {} }: Pick<ServicesSpec['kubeApi'], 'extraArgs'>,
): Range {
  const text = extraArgs[argument];
  return text === undefined || !text.split(',').every(isCidr)
    ? range
    : { path: `${service}.extra_args.${argument}`, text, isDefault: false };
}

/** The ranges of a running cluster cannot be changed, so there is no advice to change them. */
function checkOverlap(
  { services, pods, other }: Readonly<Record<'services' | 'pods' | 'other', Range>>,
  isRunning: boolean,
): Finding[] {
  const findings: Finding[] = [];
  if (rangesOverlap(services.text, pods.text))
    findings.push({
      ...warning(
        'cidr-overlap',
        pods.path,
        `the pod range ${describeRange(pods)} overlaps the Service range ${describeRange(services)}${isRunning ? '' : '; use ranges that do not overlap'}`,
      ),
      isDefault: pods.isDefault,
    });
  if (other.text !== services.text)
    findings.push({
      ...warning(
        'cidr-differs',
        other.path,
        `${describeRange(other)} differs from the range of kube-api, ${describeRange(services)}${isRunning ? '' : '; set both to the same range'}`,
      ),
      isDefault: other.isDefault,
    });
  return findings;
}

function checkNodes(
  nodes: readonly { readonly internalAddress: string }[],
  ranges: Readonly<Record<'Service' | 'pod', Range>>,
): Finding[] {
  return nodes.flatMap(({ internalAddress }, index) =>
    Object.entries(ranges).flatMap(([kind, range]) =>
      range.text
        .split(',')
        .filter((part) => cidrHolds(part, internalAddress))
        .slice(0, 1)
        .map((text) =>
          warning(
            'cidr-overlap',
            `nodes[${index}]`,
            `the node address ${internalAddress} is inside the ${kind} range ${describeRange({ ...range, text })}`,
          ),
        ),
    ),
  );
}

/**
 * Several servers may be given, separated by commas; one outside the Service range may be a cache on each node.
 *
 * @param services undefined if rke deploys the DNS Service, whose address is checked by dnsRules
 */
function checkDnsServers(servers: string, services: string | undefined): Finding[] {
  const path = 'services.kubelet.cluster_dns_server';
  return servers.split(',').flatMap((server) => {
    if (ipBytes(server) === undefined)
      return [error('bad-address', path, `expected an IP address, got "${server}"`)];
    const isInside = services === undefined || services.split(',').some((part) => cidrHolds(part, server));
    return isInside
      ? []
      : [warning('dns-outside', path, `${server} is outside the Service range (${services})`)];
  });
}

/** kube-controller-manager assigns each node a part of the pod range: a /24, for IPv6 a /64. */
function checkPodRangeSize(
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
            `${range} is too small: it has a /${piece} for each of ${Math.floor(pieces)} nodes, and the cluster has ${nodes}`,
          ),
        ];
  });
}

/** The formats that kube-apiserver accepts: `30000-32767`, `30000+100` or one port. */
function checkNodePorts(range: string): Finding[] {
  return /^\d+([-+]\d+)?$/.test(range)
    ? []
    : [
        error(
          'bad-range',
          'services.kube-api.service_node_port_range',
          `expected a port range such as 30000-32767, got "${range}"`,
        ),
      ];
}

function rangesOverlap(a: string, b: string): boolean {
  return a.split(',').some((left) => b.split(',').some((right) => cidrsOverlap(left, right)));
}
