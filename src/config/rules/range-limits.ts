import { isCidr, isIpv6 } from '../../core/ip.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { refusal, type Finding, type Rule } from './rule.js';

/** Sizes and numbers of ranges with which a component does not start. RKE v1 checked none of them. */
export const rangeLimitRules: Rule = ({ spec }) => {
  const pods = podRange(spec);
  return [
    ...serviceRanges(spec).flatMap(({ path, text }) => [
      ...checkFamilies(path, text),
      ...(path.startsWith('services.kube-api.') ? checkServiceSizes(path, text) : []),
    ]),
    ...checkFamilies(pods.path, pods.text),
    ...checkPodSizes(pods.path, pods.text, spec),
    ...checkNodePorts(spec),
  ];
};

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

function podRange({ services: { kubeController } }: ClusterSpec): Range {
  return rangeOf(
    'services.kube-controller',
    'cluster_cidr',
    kubeController.clusterCidr,
    kubeController.extraArgs,
  );
}

/** The valid ranges; others are reported by rangeRules. */
const validRanges = (text: string): string[] => text.split(',').filter(isCidr);

function checkFamilies(path: string, text: string): Finding[] {
  const ranges = validRanges(text);
  const isRepeated = [true, false].some((v6) => ranges.filter((range) => isIpv6(range) === v6).length > 1);
  return isRepeated
    ? [
        refusal(
          'bad-range',
          path,
          `expected one range, or one IPv4 and one IPv6 range, got two of one family: "${text}"`,
        ),
      ]
    : [];
}

/** Limits of kube-apiserver (cmd/kube-apiserver/app/options/validation.go): 20 bits at most, 8 addresses at least. */
function checkServiceSizes(path: string, text: string): Finding[] {
  return validRanges(text).flatMap((range) => {
    const bits = bitsOf(range);
    const [largest, smallest] = isIpv6(range) ? [108, 125] : [12, 29];
    if (bits >= largest && bits <= smallest) return [];
    const why = bits < largest ? `is larger than /${largest}` : `has fewer than 8 addresses (/${smallest})`;
    return [refusal('bad-range', path, `${range} ${why}, so kube-apiserver does not start`)];
  });
}

/** kube-controller-manager divides an IPv6 range into at most 2^16 parts (pkg/controller/nodeipam/ipam/cidrset). */
function checkPodSizes(path: string, text: string, { services }: ClusterSpec): Finding[] {
  const { extraArgs = {} } = services.kubeController;
  if (extraArgs['allocate-node-cidrs'] === 'false') return [];
  return validRanges(text)
    .filter(isIpv6)
    .flatMap((range) => {
      const piece = Number(extraArgs['node-cidr-mask-size-ipv6'] ?? extraArgs['node-cidr-mask-size'] ?? 64);
      return piece - bitsOf(range) > 16
        ? [
            refusal(
              'bad-range',
              path,
              `${range} is too large: kube-controller-manager gives each node a /${piece} and allows at most a /${piece - 16}`,
            ),
          ]
        : [];
    });
}

const bitsOf = (range: string): number => Number(range.split('/')[1]);

/** `30000-32767`, `30000+100` or one port; the format is checked by rangeRules. */
function checkNodePorts({ services: { kubeApi } }: ClusterSpec): Finding[] {
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
    ? [refusal('bad-range', path, `expected ports from 1 to 65535, got "${text}"`)]
    : [];
}
