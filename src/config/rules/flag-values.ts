import { didYouMean, refusal, type Finding, type Rule } from './rule.js';
import { componentsOf, type Component } from './components.js';
import { isLabelName, isLabelValue } from './labels.js';

/** Values of well-known flags, with which a component ends at its start. */
export const flagValueRules: Rule = ({ spec }) => componentsOf(spec).flatMap(componentFindings);

type Check = (path: string, text: string) => Finding[];

/** By flag, and by the program that has it. */
const checks: Readonly<
  Record<string, { readonly check: Check; readonly of: (name: Component['name']) => boolean }>
> = {
  'feature-gates': { check: featureGates, of: (name) => name !== 'etcd' },
  'node-labels': { check: nodeLabels, of: (name) => name === 'kubelet' },
  'register-with-taints': { check: registeredTaints, of: (name) => name === 'kubelet' },
};

function componentFindings({ path, name, service }: Component): Finding[] {
  return Object.entries(checks).flatMap(([flag, { check, of }]) => {
    if (!of(name)) return [];
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

function featureGates(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) =>
    /^\w+=(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(item)
      ? []
      : [
          refusal(
            'bad-flag',
            path,
            `expected Feature=true or Feature=false, divided by commas, got "${item}"`,
          ),
        ],
  );
}

/** kubelet/pkg/apis/well_known_labels.go: others of these domains it refuses to set for itself. */
const ownLabels =
  /^((beta\.)?kubernetes\.io\/(hostname|arch|os|instance-type)|(topology|failure-domain\.beta)\.kubernetes\.io\/(region|zone)|([-\w.]+\.)?(kubelet|node)\.kubernetes\.io\/.*)$/;

function nodeLabels(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(item) ?? [item, item];
    if (!isLabelName(name) || !isLabelValue(value))
      return [refusal('bad-label', path, `expected name=value, divided by commas, got "${item}"`)];
    const isReserved = /^([-\w.]+\.)?(kubernetes|k8s)\.io\//.test(name) && !ownLabels.test(name);
    return isReserved
      ? [
          refusal(
            'bad-label',
            path,
            `the kubelet may not set ${name} for itself and would not start; write it under labels of the node`,
          ),
        ]
      : [];
  });
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function registeredTaints(path: string, text: string): Finding[] {
  return itemsOf(text).flatMap((item) => {
    const [, key = '', value = '', effect = ''] = /^([^=:]*)(?:=([^:]*))?:([^:]*)$/.exec(item) ?? [];
    if (!isLabelName(key) || !isLabelValue(value))
      return [refusal('bad-label', path, `expected key=value:effect, divided by commas, got "${item}"`)];
    return effects.includes(effect)
      ? []
      : [
          refusal(
            'unknown-value',
            path,
            `"${effect}" is not an effect of taints${didYouMean(effect, effects)}`,
          ),
        ];
  });
}
