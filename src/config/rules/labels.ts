import { isDnsSubdomain } from '../../core/host-name.js';
import type { ClusterSpec, NodeSpec } from '../cluster-spec.js';
import { invalidChoice, refusal, warning, type Finding, type Rule } from './rule.js';

/**
 * Labels and taints of nodes, node selectors and tolerations of add-ons: the API refuses the whole object if one is invalid. RKE
 * v1 did not check them.
 */
export const labelRules: Rule = ({ spec }) => [
  ...spec.nodes.flatMap((node, index) => [
    ...checkLabelValues(node.labels ?? {}, `nodes[${index}].labels`),
    ...checkReservedLabels(node, `nodes[${index}].labels`),
    ...(node.taints ?? []).flatMap((taint, place) => checkTaint(taint, `nodes[${index}].taints[${place}]`)),
  ]),
  ...checkAddons(spec),
];

/** Names of labels are checked by nodeRules. */
function checkLabelValues(labels: Readonly<Record<string, string>>, path: string): Finding[] {
  return Object.entries(labels).flatMap(([name, value]) =>
    isLabelValue(value) ? [] : [invalidValue(`${path}.${name}`, value)],
  );
}

function invalidValue(path: string, value: string): Finding {
  return refusal(
    'bad-label',
    path,
    `invalid value ${JSON.stringify(value)}; expected up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends`,
  );
}

function invalidName(path: string, kind: 'label' | 'taint', name: string): Finding {
  return refusal(
    'bad-label',
    path,
    `invalid ${kind} name ${JSON.stringify(name)}; expected name or example.com/name`,
  );
}

/** Labels that the kubelet sets on its node; RKE finds the node by the hostname. */
const kubeletLabels = ['hostname', 'os', 'arch'].map((name) => `kubernetes.io/${name}`);
const roleLabel = /^node-role\.kubernetes\.io\/(controlplane|etcd|worker)$/;

function checkReservedLabels({ labels = {}, hostnameOverride, role }: NodeSpec, path: string): Finding[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    const labelRole = roleLabel.exec(name)?.[1];
    if (labelRole !== undefined) {
      const hasRole = role.some((one) => one === labelRole);
      return hasRole && value === 'true'
        ? []
        : [
            warning(
              'reserved-label',
              `${path}.${name}`,
              `${name} is set by the role ${labelRole}; this value is ignored`,
            ),
          ];
    }
    if (!kubeletLabels.includes(name) || (name === 'kubernetes.io/hostname' && value === hostnameOverride))
      return [];
    return [
      warning(
        'reserved-label',
        `${path}.${name}`,
        `${name} is set by the kubelet, which overwrites this value; remove it`,
      ),
    ];
  });
}

type TaintLike = Partial<Record<'key' | 'value' | 'effect', string>>;

function checkTaint({ key = '', value = '', effect = '' }: TaintLike, path: string): Finding[] {
  return [
    ...(key === '' ? [refusal('missing', path, 'key is required in a taint')] : []),
    ...(key === '' || isLabelName(key) ? [] : [invalidName(`${path}.key`, 'taint', key)]),
    ...(isLabelValue(value) ? [] : [invalidValue(`${path}.value`, value)]),
    ...(effect === ''
      ? [refusal('missing', path, `effect is required in a taint: one of ${effects.join(', ')}`)]
      : []),
  ];
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface Scheduled {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
}

/** Node selectors and tolerations of add-ons. */
function checkAddons({ network, dns, ingress, monitoring }: ClusterSpec): Finding[] {
  const addons: Readonly<Record<string, object | undefined>> = {
    network,
    dns,
    'dns.nodelocal': dns.nodelocal,
    ingress,
    monitoring,
  };
  return Object.entries(addons).flatMap(([path, addon]) => checkScheduling(addon ?? {}, path));
}

function checkScheduling({ nodeSelector = {}, tolerations = [] }: Scheduled, path: string): Finding[] {
  return [
    ...Object.keys(nodeSelector).flatMap((name) =>
      isLabelName(name) ? [] : [invalidName(`${path}.node_selector.${name}`, 'label', name)],
    ),
    ...checkLabelValues(nodeSelector, `${path}.node_selector`),
    ...tolerations.flatMap((one, index) => checkToleration(one, `${path}.tolerations[${index}]`)),
  ];
}

function checkToleration(toleration: Readonly<Record<string, unknown>>, path: string): Finding[] {
  const { key = '', operator = '', value = '', effect = '' } = toleration as Readonly<Record<string, string>>;
  const checkChoice = (name: string, given: string, allowed: readonly string[]): Finding[] =>
    given === '' || allowed.includes(given)
      ? []
      : [refusal('unknown-value', `${path}.${name}`, invalidChoice(name, given, allowed))];
  return [
    ...(key === '' || isLabelName(key) ? [] : [invalidName(`${path}.key`, 'taint', key)]),
    ...(key === '' && operator !== 'Exists'
      ? [
          refusal(
            'missing',
            path,
            'key is required in a toleration; to tolerate all taints, set operator: Exists',
          ),
        ]
      : []),
    ...(operator === 'Exists' && value !== ''
      ? [refusal('not-allowed', `${path}.value`, 'operator: Exists takes no value; remove it')]
      : []),
    ...(isLabelValue(value) ? [] : [invalidValue(`${path}.value`, value)]),
    ...checkChoice('operator', operator, ['Equal', 'Exists']),
    ...checkChoice('effect', effect, effects),
  ];
}

/** True for a qualified name: `name` or `example.com/name`. */
export function isLabelName(text: string): boolean {
  const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(text) ?? [];
  return (prefix === undefined || isDnsSubdomain(prefix)) && name !== '' && isLabelValue(name);
}

/** True for the value of a label, which may be empty. */
export function isLabelValue(text: string): boolean {
  return /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(text);
}
