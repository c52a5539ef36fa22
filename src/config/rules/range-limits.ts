import { isCidr, isIpv6 } from '../../core/ip.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { refusal, type Finding, type Rule } from './rule.js';

/** Sizes and numbers of ranges with which a component ends at its start. RKE looked at none of them. */
export const rangeLimitRules: Rule = ({ spec }) => [
  ...serviceRanges(spec).flatMap(({ path, text }) => [
    ...familyFindings(path, text),
    ...(path.startsWith('services.kube-api.') ? serviceSizes(path, text) : []),
  ]),
  ...podRange(spec).flatMap(({ path, text }) => [
    ...familyFindings(path, text),
    ...podSizes(path, text, spec),
  ]),
  ...nodePortFindings(spec),
];

interface Range {
  readonly path: string;
  readonly text: string;
}

/** An extra argument overrides the key. */
function rangeOf(
  path: string,
  key: string,
  text: string,
  extraArgs: Readonly<Record<string, string>> = {},
): Range {
  const flag = key.replaceAll('_', '-');
  const override = extraArgs[flag];
  return override === undefined
    ? { path: `${path}.${key}`, text }
    : { path: `${path}.extra_args.${flag}`, text: override };
}

function serviceRanges({ services: { kubeApi, kubeController } }: ClusterSpec): Range[] {
  const key = 'service_cluster_ip_range';
  return [
    rangeOf('services.kube-api', key, kubeApi.serviceClusterIpRange, kubeApi.extraArgs),
    rangeOf('services.kube-controller', key, kubeController.serviceClusterIpRange, kubeController.extraArgs),
  ];
}

function podRange({ services: { kubeController } }: ClusterSpec): Range[] {
  return [
    rangeOf('services.kube-controller', 'cluster_cidr', kubeController.clusterCidr, kubeController.extraArgs),
  ];
}

/** What can be read; the rest is told by the rule on ranges. */
const readable = (text: string): string[] => text.split(',').filter(isCidr);

function familyFindings(path: string, text: string): Finding[] {
  const ranges = readable(text);
  const isRepeated = [true, false].some((v6) => ranges.filter((range) => isIpv6(range) === v6).length > 1);
  return isRepeated
    ? [
        refusal(
          'bad-range',
          path,
          `"${text}" has two ranges of one family; expected one, or one of IPv4 and one of IPv6`,
        ),
      ]
    : [];
}

/** Limits of kube-apiserver (cmd/kube-apiserver/app/options/validation.go): 20 bits at most, 8 addresses at least. */
function serviceSizes(path: string, text: string): Finding[] {
  return readable(text).flatMap((range) => {
    const bits = bitsOf(range);
    const [largest, smallest] = isIpv6(range) ? [108, 125] : [12, 29];
    if (bits >= largest && bits <= smallest) return [];
    const what = bits < largest ? `is larger than /${largest}` : `has fewer than 8 addresses (/${smallest})`;
    return [refusal('bad-range', path, `"${range}" ${what}, and kube-apiserver does not start with it`)];
  });
}

/** kube-controller-manager cuts at most 2^16 pieces out of an IPv6 range (pkg/controller/nodeipam/ipam/cidrset). */
function podSizes(path: string, text: string, { services }: ClusterSpec): Finding[] {
  const { extraArgs = {} } = services.kubeController;
  if (extraArgs['allocate-node-cidrs'] === 'false') return [];
  return readable(text)
    .filter(isIpv6)
    .flatMap((range) => {
      const piece = Number(extraArgs['node-cidr-mask-size-ipv6'] ?? extraArgs['node-cidr-mask-size'] ?? 64);
      return piece - bitsOf(range) > 16
        ? [
            refusal(
              'bad-range',
              path,
              `"${range}" is too large: kube-controller-manager gives each node a /${piece}, which allows /${piece - 16} at most`,
            ),
          ]
        : [];
    });
}

const bitsOf = (range: string): number => Number(range.split('/')[1]);

/** As kube-apiserver reads it: `30000-32767`, `30000+100` or one port; its form is looked at by the rule on ranges. */
function nodePortFindings({ services: { kubeApi } }: ClusterSpec): Finding[] {
  const { path, text } = rangeOf(
    'services.kube-api',
    'service_node_port_range',
    kubeApi.serviceNodePortRange,
    kubeApi.extraArgs,
  );
  const [, from = '', sign, end = from] = /^(\d+)(?:([-+])(\d+))?$/.exec(text) ?? [];
  if (from === '') return [];
  const last = sign === '+' ? Number(from) + Number(end) : Number(end);
  if (last < Number(from))
    return [refusal('bad-range', path, `"${text}" ends before it starts; write ${end}-${from}`)];
  return Number(from) < 1 || last > 65_535
    ? [refusal('bad-range', path, `"${text}" is not within 1-65535, the ports there are`)]
    : [];
}
