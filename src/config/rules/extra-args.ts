import { componentsOf, type Component } from './components.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** Names of flags under `extra_args` and its relatives; one that cannot be a flag keeps the component from starting. */
export const extraArgsRules: Rule = ({ spec }) => componentsOf(spec).flatMap(componentFindings);

function componentFindings(component: Component): Finding[] {
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
      return name.includes('_') ? [underscore(component, { path, name, others: Object.keys(flags) })] : [];
    }),
  );
}

/** Why a name cannot be that of a flag, and what to write. */
function nameFault(name: string, value: string | readonly string[]): string | undefined {
  if (/^[\s-]*$/.test(name)) return 'a flag without a name; write the name of the flag before the colon';
  const bare = name.trim().replace(/^-+/, '');
  const assigned = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(bare);
  if (assigned !== null && (value.length === 0 || /[=:]/.test(name))) {
    const [, flag = '', text = ''] = assigned;
    return `"${name}" is not the name of a flag; write ${flag}: ${JSON.stringify(text)} (a space behind the colon)`;
  }
  if (name.startsWith('-'))
    return `"${name}" is not the name of a flag; write ${bare} (the dashes are added)`;
  if (/\s/.test(name))
    return `"${name}" is not the name of a flag: it has a space; write ${bare.replaceAll(/\s+/g, '-')}`;
  return /^[A-Za-z0-9_][\w.-]*$/.test(name)
    ? undefined
    : `"${name}" is not the name of a flag; expected letters, digits, "-" and "."`;
}

/** Kubernetes reads `max_pods` as `max-pods` (component-base/cli/flag WordSepNormalizeFunc), etcd does not. */
function underscore(
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
        `${component} reads "${name}" as ${usual}, which is set as well; remove one of them`,
      )
    : warning(
        'bad-flag',
        path,
        `${component} reads "${name}" as ${usual}; write ${usual}, which replaces a value of RKE's instead of adding a second flag`,
      );
}
