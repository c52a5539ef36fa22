import { componentsOf } from './components.js';
import { refusal, warning, type Finding, type Rule } from './rule.js';

/** `extra_env` of the components: entries that Docker refuses, or that set another variable than intended. */
export const environmentRules: Rule = ({ spec }) =>
  componentsOf(spec).flatMap(({ path, service }) =>
    Object.entries({ extra_env: service.extraEnv, win_extra_env: service.winExtraEnv }).flatMap(
      ([key, list = []]) =>
        list.flatMap((text, index) => checkVariable(text.trim(), `${path}.${key}[${index}]`)),
    ),
  );

/** Messages do not contain the value: it may be a password. */
function checkVariable(text: string, path: string): Finding[] {
  // RKE drops empty entries.
  if (text === '') return [];
  const end = text.indexOf('=');
  const name = end < 0 ? text : text.slice(0, end);
  if (name === '') return [refusal('bad-variable', path, 'missing variable name; expected NAME=value')];
  if (end < 0) {
    const [, meant] = /^([A-Za-z_]\w*)\s*:/.exec(name) ?? [];
    return meant === undefined
      ? [
          warning(
            'bad-variable',
            path,
            'missing value: Docker removes the variable from the container; expected NAME=value',
          ),
        ]
      : [refusal('bad-variable', path, `expected ${meant}=value, got "${meant}: …"`)];
  }
  if (/\s/.test(name))
    return [
      refusal(
        'bad-variable',
        path,
        `invalid variable name ${JSON.stringify(name)}: it contains a space; expected NAME=value`,
      ),
    ];
  return /\n\s*[A-Za-z_]\w*=/.test(text)
    ? [
        refusal(
          'bad-variable',
          path,
          `several variables in one list item (the first is ${name}); write one variable per item`,
        ),
      ]
    : [];
}
