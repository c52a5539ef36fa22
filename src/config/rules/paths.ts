import { warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** Files that the cluster file names are there. Only warnings: an agent may do without a key, and RKE went on too. */
export const pathRules: Rule = (input) => {
  const { spec, exists } = input;
  if (exists === undefined) return [];
  return [
    ...missingKeys(keysInUse(input), exists),
    ...(spec.addonsInclude ?? []).flatMap((file, index) =>
      /^https?:/.test(file) || file === '' || exists(file)
        ? []
        : [warning('missing-file', `addons_include[${index}]`, `there is no file ${file}`)],
    ),
  ];
};

export interface KeyInUse {
  /** Where the file names the key. */
  readonly path: string;
  readonly file: string;
}

/** The keys that somebody logs in with; one at the top may stand above hosts that all have their own. */
export function keysInUse({ spec, config }: RuleInput): KeyInUse[] {
  const { bastionHost } = spec;
  const hosts = [
    ...((bastionHost?.address ?? '') === ''
      ? []
      : [{ path: 'bastion_host.ssh_key_path', login: bastionHost, own: config.bastionHost?.sshKeyPath }]),
    ...spec.nodes.map((login, index) => ({
      path: `nodes[${index}].ssh_key_path`,
      login,
      own: config.nodes?.[index]?.sshKeyPath,
    })),
  ];
  return hosts
    .filter(({ login }) => (login?.sshKey ?? '') === '' && login?.sshAgentAuth !== true)
    .map(({ path, own = '' }) =>
      own === '' ? { path: 'ssh_key_path', file: config.sshKeyPath ?? '' } : { path, file: own },
    )
    .filter(({ file }) => file !== '');
}

/** One warning for each file: often all hosts have the same. */
function missingKeys(keys: readonly KeyInUse[], exists: (path: string) => boolean): Finding[] {
  const users = new Map<string, readonly KeyInUse[]>();
  for (const key of keys) users.set(key.file, [...(users.get(key.file) ?? []), key]);
  return [...users].flatMap(([file, [first, ...others]]) => {
    // The text of a key in the place of its path is reported by the rule on keys.
    if (first === undefined || file.includes('-----BEGIN ') || exists(file)) return [];
    const more = others.length === 0 ? '' : `, which ${others.length + 1} hosts are to log in with`;
    return [warning('missing-file', first.path, `there is no file ${file}${more}`)];
  });
}
