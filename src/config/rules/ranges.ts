import { cidrHolds, cidrsOverlap, ipBytes, isCidr } from '../../core/ip.js';
import { error, type Finding, type Rule } from './rule.js';

/** The address ranges of pods and Services: readable, and apart from each other and from the nodes. */
export const rangeRules: Rule = ({ spec }) => {
  const { kubeApi, kubeController, kubelet } = spec.services;
  const ranges = [
    { path: 'services.kube-api.service_cluster_ip_range', text: kubeApi.serviceClusterIpRange },
    { path: 'services.kube-controller.cluster_cidr', text: kubeController.clusterCidr },
    { path: 'services.kube-controller.service_cluster_ip_range', text: kubeController.serviceClusterIpRange },
  ];
  const unreadable = ranges.flatMap(({ path, text }) =>
    text
      .split(',')
      .filter((part) => !isCidr(part))
      .map((part) => error('bad-cidr', path, `"${part}" is not a range of addresses such as 10.43.0.0/16`)),
  );
  if (unreadable.length > 0) return unreadable;
  return [
    ...overlapping(ranges),
    ...nodesInside(spec.nodes, ranges),
    ...dnsOutside(kubelet.clusterDnsServer, kubeApi.serviceClusterIpRange),
  ];
};

interface Range {
  readonly path: string;
  readonly text: string;
}

function overlapping([services, pods, other]: readonly Range[]): Finding[] {
  if (services === undefined || pods === undefined || other === undefined) return [];
  const findings: Finding[] = [];
  if (meet(services.text, pods.text))
    findings.push(
      error('cidr-overlap', pods.path, `${pods.text} of the pods overlaps ${services.text} of the Services`),
    );
  if (other.text !== services.text)
    findings.push(
      error(
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
    ranges.slice(0, 2).flatMap(({ text }) => {
      const holder = text.split(',').find((part) => cidrHolds(part, internalAddress));
      return holder === undefined
        ? []
        : [
            error(
              'cidr-overlap',
              `nodes[${index}]`,
              `its address ${internalAddress} lies in the cluster's own range ${holder}`,
            ),
          ];
    }),
  );
}

function dnsOutside(server: string, services: string): Finding[] {
  const path = 'services.kubelet.cluster_dns_server';
  if (ipBytes(server) === undefined) return [error('bad-address', path, `"${server}" is not an address`)];
  const isInside = services.split(',').some((part) => cidrHolds(part, server));
  return isInside
    ? []
    : [error('dns-outside', path, `${server} is not in the range of the Services (${services})`)];
}

function meet(a: string, b: string): boolean {
  return a.split(',').some((left) => b.split(',').some((right) => cidrsOverlap(left, right)));
}
