import { invalidChoice, refusal, type Finding, type Rule } from './rule.js';
import { componentsOf, type Component } from './components.js';
import { isLabelName, isLabelValue } from './labels.js';

/** Values of well-known flags with which a component does not start. */
export const flagValueRules: Rule = ({ spec }) => componentsOf(spec).flatMap(checkComponent);

type Check = (path: string, text: string) => Finding[];

/** Checks by flag, with the components that have it. */
const checks: Readonly<
  Record<string, { readonly check: Check; readonly hasFlag: (name: Component['name']) => boolean }>
> = {
  'feature-gates': { check: checkFeatureGates, hasFlag: (name) => name !== 'etcd' },
  'node-labels': { check: checkNodeLabels, hasFlag: (name) => name === 'kubelet' },
  'register-with-taints': { check: checkTaints, hasFlag: (name) => name === 'kubelet' },
};

function checkComponent({ path, name, service }: Component): Finding[] {
  return Object.entries(checks).flatMap(([flag, { check, hasFlag }]) => {
    if (!hasFlag(name)) return [];
    const single = service.extraArgs?.[flag];
    const several = service.extraArgsArray?.[flag] ?? [];
    return [
      ...(single === undefined ? [] : check(`${path}.extra_args.${flag}`, single)),
      ...several.flatMap((text, index) => check(`${path}.extra_args_array.${flag}[${index}]`, text)),
    ];
  });
}

const itemsOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function checkFeatureGates(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) =>
    /^\w+=(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(item)
      ? []
      : [
          refusal(
            'bad-flag',
            path,
            `expected Feature=true or Feature=false, separated by commas, got "${item}"`,
          ),
        ],
  );
}

/** Labels in reserved domains that a kubelet may set on its own node (kubelet/pkg/apis/well_known_labels.go). */
const allowedLabels =
  /^((beta\.)?kubernetes\.io\/(hostname|arch|os|instance-type)|(topology|failure-domain\.beta)\.kubernetes\.io\/(region|zone)|([-\w.]+\.)?(kubelet|node)\.kubernetes\.io\/.*)$/;

function checkNodeLabels(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(item) ?? [item, item];
    if (!isLabelName(name) || !isLabelValue(value))
      return [refusal('bad-label', path, `expected name=value, separated by commas, got "${item}"`)];
    const isReserved = /^([-\w.]+\.)?(kubernetes|k8s)\.io\//.test(name) && !allowedLabels.test(name);
    return isReserved
      ? [
          refusal(
            'bad-label',
            path,
            `the kubelet cannot set ${name} on its own node and does not start; set it under labels of the node`,
          ),
        ]
      : [];
  });
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function checkTaints(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) => {
    const [, key = '', value = '', effect = ''] = /^([^=:]*)(?:=([^:]*))?:([^:]*)$/.exec(item) ?? [];
    if (!isLabelName(key) || !isLabelValue(value))
      return [refusal('bad-label', path, `expected key=value:effect, separated by commas, got "${item}"`)];
    return effects.includes(effect)
      ? []
      : [refusal('unknown-value', path, invalidChoice('taint effect', effect, effects))];
  });
}
