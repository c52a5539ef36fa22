import { componentsOf } from './components.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** `extra_env` of the components: what Docker refuses, or what sets another variable than it seems to. */
export const environmentRules: Rule = ({ spec }) =>
  componentsOf(spec).flatMap(({ path, service }) =>
    Object.entries({ extra_env: service.extraEnv, win_extra_env: service.winExtraEnv }).flatMap(
      ([key, list = []]) =>
        list.flatMap((text, index) => variableFindings(text.trim(), `${path}.${key}[${index}]`)),
    ),
  );

/** The value is never part of a message: it may be a password. */
function variableFindings(text: string, path: string): Finding[] {
  // RKE drops what is empty.
  if (text === '') return [];
  const end = text.indexOf('=');
  const name = end < 0 ? text : text.slice(0, end);
  if (name === '') return [refusal('bad-variable', path, 'a variable without a name; expected NAME=value')];
  if (end < 0) {
    const [, meant] = /^([A-Za-z_]\w*)\s*:/.exec(name) ?? [];
    return meant === undefined
      ? [
          warning(
            'bad-variable',
            path,
            'no value: the variable is taken out of the container; expected NAME=value',
          ),
        ]
      : [refusal('bad-variable', path, `expected ${meant}=value, got ${meant}: and a value`)];
  }
  if (/\s/.test(name))
    return [
      refusal(
        'bad-variable',
        path,
        `${JSON.stringify(name)} cannot be the name of a variable: it has a space; expected NAME=value`,
      ),
    ];
  return /\n\s*[A-Za-z_]\w*=/.test(text)
    ? [
        refusal(
          'bad-variable',
          path,
          `several variables in one item (the first is ${name}); write each as an item of the list`,
        ),
      ]
    : [];
}
