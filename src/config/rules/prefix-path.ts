import { error, type Rule } from './rule.js';

/**
 * `prefix_path` reaches a script that root runs on the hosts, and the binds of containers. Doubled slashes and `.` or `..`
 * are accepted: they are normalised, as RKE does (Go's path.Join).
 */
export const prefixPathRules: Rule = ({ spec: { prefixPath } }) => {
  if (!prefixPath.startsWith('/'))
    return [error('bad-path', 'prefix_path', `expected an absolute path, got "${prefixPath}"`)];
  const [wrong] = /[^\w./@+=-]/.exec(prefixPath) ?? [];
  return wrong === undefined
    ? []
    : [
        error(
          'bad-path',
          'prefix_path',
          `"${prefixPath}" contains ${JSON.stringify(wrong)}; use letters, digits and / . _ - + @ = only`,
        ),
      ];
};
