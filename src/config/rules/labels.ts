import { isDnsSubdomain } from '../../core/host-name.js';
import type { ClusterSpec, NodeSpec } from '../cluster-spec.js';
import { didYouMean, refusal, warning, type Finding, type Rule } from './rule.js';

/**
 * Labels and taints as Kubernetes takes them, of nodes and where add-ons choose nodes: with one mistake the API refuses the whole
 * object. RKE looked at none of them.
 */
export const labelRules: Rule = ({ spec }) => [
  ...spec.nodes.flatMap((node, index) => [
    ...labelFindings(node.labels ?? {}, `nodes[${index}].labels`),
    ...reservedLabels(node, `nodes[${index}].labels`),
    ...(node.taints ?? []).flatMap((taint, place) =>
      taintFindings(taint, `nodes[${index}].taints[${place}]`),
    ),
  ]),
  ...addonFindings(spec),
];

/** The names of labels are looked at by the rules on nodes. */
function labelFindings(labels: Readonly<Record<string, string>>, path: string): Finding[] {
  return Object.entries(labels).flatMap(([name, value]) =>
    isLabelValue(value) ? [] : [badValue(`${path}.${name}`, value)],
  );
}

function badValue(path: string, value: string): Finding {
  return refusal(
    'bad-label',
    path,
    `${JSON.stringify(value)} cannot be the value of a label or taint: up to 63 letters, digits, "-", "_" and ".", a letter or digit at both ends`,
  );
}

function badName(path: string, what: string, name: string): Finding {
  return refusal(
    'bad-label',
    path,
    `${JSON.stringify(name)} cannot be the name of a ${what}: expected name or example.com/name`,
  );
}

/** What a kubelet writes of its own host; the name is also how RKE finds the node. */
const ofKubelet = ['hostname', 'os', 'arch'].map((name) => `kubernetes.io/${name}`);
const roleLabel = /^node-role\.kubernetes\.io\/(controlplane|etcd|worker)$/;

function reservedLabels({ labels = {}, hostnameOverride, role }: NodeSpec, path: string): Finding[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const ofRole = roleLabel.exec(name)?.[1];
    if (ofRole !== undefined) {
      const has = role.some((one) => one === ofRole);
      return has && value === 'true'
        ? []
        : [
            warning(
              'reserved-label',
              `${path}.${name}`,
              `${name} comes with the role ${ofRole}; this value is not used`,
            ),
          ];
    }
    if (!ofKubelet.includes(name) || (name === 'kubernetes.io/hostname' && value === hostnameOverride))
      return [];
    return [
      warning(
        'reserved-label',
        `${path}.${name}`,
        `${name} is set by the kubelet of the host, which sets it back; remove it`,
      ),
    ];
  });
}

type TaintLike = Partial<Record<'key' | 'value' | 'effect', string>>;

function taintFindings({ key = '', value = '', effect = '' }: TaintLike, path: string): Finding[] {
  return [
    ...(key === '' ? [refusal('missing', path, 'a taint needs a key')] : []),
    ...(key === '' || isLabelName(key) ? [] : [badName(`${path}.key`, 'taint', key)]),
    ...(isLabelValue(value) ? [] : [badValue(`${path}.value`, value)]),
    ...(effect === '' ? [refusal('missing', path, `a taint needs an effect: ${effects.join(', ')}`)] : []),
  ];
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface Scheduled {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
}

/** Where the pods of add-ons run. */
function addonFindings({ network, dns, ingress, monitoring }: ClusterSpec): Finding[] {
  const addons: Readonly<Record<string, object | undefined>> = {
    network,
    dns,
    'dns.nodelocal': dns.nodelocal,
    ingress,
    monitoring,
  };
  return Object.entries(addons).flatMap(([path, addon]) => scheduleFindings(addon ?? {}, path));
}

function scheduleFindings({ nodeSelector = {}, tolerations = [] }: Scheduled, path: string): Finding[] {
  return [
    ...Object.keys(nodeSelector).flatMap((name) =>
      isLabelName(name) ? [] : [badName(`${path}.node_selector.${name}`, 'label', name)],
    ),
    ...labelFindings(nodeSelector, `${path}.node_selector`),
    ...tolerations.flatMap((one, index) => tolerationFindings(one, `${path}.tolerations[${index}]`)),
  ];
}

function tolerationFindings(toleration: Readonly<Record<string, unknown>>, path: string): Finding[] {
  const { key = '', operator = '', value = '', effect = '' } = toleration as Readonly<Record<string, string>>;
  const choice = (name: string, given: string, allowed: readonly string[]): Finding[] =>
    given === '' || allowed.includes(given)
      ? []
      : [
          refusal(
            'unknown-value',
            `${path}.${name}`,
            `"${given}" is not one of them${didYouMean(given, allowed)}`,
          ),
        ];
  return [
    ...(key === '' || isLabelName(key) ? [] : [badName(`${path}.key`, 'taint', key)]),
    ...(key === '' && operator !== 'Exists'
      ? [refusal('missing', path, 'a toleration needs a key, or operator: Exists for all taints')]
      : []),
    ...(operator === 'Exists' && value !== ''
      ? [refusal('not-allowed', `${path}.value`, 'with operator: Exists there is no value')]
      : []),
    ...(isLabelValue(value) ? [] : [badValue(`${path}.value`, value)]),
    ...choice('operator', operator, ['Equal', 'Exists']),
    ...choice('effect', effect, effects),
  ];
}

/** A qualified name: `name` or `example.com/name`. */
export function isLabelName(text: string): boolean {
  const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(text) ?? [];
  return (prefix === undefined || isDnsSubdomain(prefix)) && name !== '' && isLabelValue(name);
}

/** Also empty. */
export function isLabelValue(text: string): boolean {
  return /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text);
}
