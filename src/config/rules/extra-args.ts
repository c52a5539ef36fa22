import { componentsOf, type Component } from './components.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** Names of flags under `extra_args` and similar keys: a component does not start with an invalid flag name. */
export const extraArgsRules: Rule = ({ spec }) => componentsOf(spec).flatMap(checkComponent);

function checkComponent(component: Component): Finding[] {
  const { extraArgs, extraArgsArray, winExtraArgs, winExtraArgsArray } = component.service;
  return Object.entries({
    extra_args: extraArgs,
    extra_args_array: extraArgsArray,
    win_extra_args: winExtraArgs,
    win_extra_args_array: winExtraArgsArray,
  }).flatMap(([key, flags = {}]) =>
    Object.entries<string | readonly string[]>(flags).flatMap(([name, value]) => {
      const path = `${component.path}.${key}.${name}`;
      const fault = nameFault(name, value);
      if (fault !== undefined) return [refusal('bad-flag', path, fault)];
      return name.includes('_')
        ? [reportUnderscore(component, { path, name, others: Object.keys(flags) })]
        : [];
    }),
  );
}

/** Why a flag name is invalid, and what to write. */
function nameFault(name: string, value: string | readonly string[]): string | undefined {
  if (/^[\s-]*$/.test(name)) return 'missing flag name; write the name of the flag before the colon';
  const bare = name.trim().replace(/^-+/, '');
  const assigned = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(bare);
  if (assigned !== null && (value.length === 0 || /[=:]/.test(name))) {
    const [, flag = '', text = ''] = assigned;
    return `invalid flag name "${name}"; write ${flag}: ${JSON.stringify(text)} (with a space after the colon)`;
  }
  if (name.startsWith('-')) return `invalid flag name "${name}"; write ${bare} (the dashes are added)`;
  if (/\s/.test(name))
    return `invalid flag name "${name}": it contains a space; write ${bare.replaceAll(/\s+/g, '-')}`;
  return /^[A-Za-z0-9_][\w.-]*$/.test(name)
    ? undefined
    : `invalid flag name "${name}"; expected letters, digits, "-" and "."`;
}

/** Kubernetes reads `max_pods` as `max-pods` (component-base/cli/flag WordSepNormalizeFunc), etcd does not. */
function reportUnderscore(
  { name: component }: Component,
  {
    path,
    name,
    others,
  }: { readonly path: string; readonly name: string; readonly others: readonly string[] },
): Finding {
  const usual = name.replaceAll('_', '-');
  if (component === 'etcd') return refusal('bad-flag', path, `etcd has no flag "${name}"; write ${usual}`);
  return others.includes(usual)
    ? refusal(
        'bad-flag',
        path,
        `${component} reads "${name}" as ${usual}, which is also set; remove one of them`,
      )
    : warning(
        'bad-flag',
        path,
        `${component} reads "${name}" as ${usual}; write ${usual}, which overrides the flag of RKE instead of adding a second one`,
      );
}
