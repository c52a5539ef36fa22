import { error, type Rule } from './rule.js';

/**
 * `prefix_path` becomes part of a script that root runs on the hosts, and of the binds of containers. Double slashes, `.` and
 * `..` are accepted and normalised, the same as RKE (Go's path.Join).
 */
export const prefixPathRules: Rule = ({ spec: { prefixPath } }) => {
  if (!prefixPath.startsWith('/'))
    return [error('bad-path', 'prefix_path', `expected an absolute path, got "${prefixPath}"`)];
  const [invalid] = /[^\w./@+=-]/.exec(prefixPath) ?? [];
  return invalid === undefined
    ? []
    : [
        error(
          'bad-path',
          'prefix_path',
          `"${prefixPath}" contains ${JSON.stringify(invalid)}; use only letters, digits and / . _ - + @ =`,
        ),
      ];
};
