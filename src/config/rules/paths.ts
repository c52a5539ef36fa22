import { warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** SSH keys that cluster.yml names exist. Only warnings: an agent may replace a key, and RKE v1 continued as well. */
export const pathRules: Rule = (input) => {
  const { exists } = input;
  if (exists === undefined) return [];
  return checkKeyFiles(keysInUse(input), exists);
};

export interface KeyInUse {
  /** Path in cluster.yml. */
  readonly path: string;
  readonly file: string;
}

/** The SSH keys that logins use; a cluster-wide key is unused if all hosts have their own. */
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

/** One warning for each file, because hosts often share a key. */
function checkKeyFiles(keys: readonly KeyInUse[], exists: (path: string) => boolean): Finding[] {
  const users = new Map<string, readonly KeyInUse[]>();
  for (const key of keys) users.set(key.file, [...(users.get(key.file) ?? []), key]);
  return [...users].flatMap(([file, [first, ...others]]) => {
    // A key in place of its path is reported by sshKeyRules.
    if (first === undefined || file.includes('-----BEGIN ') || exists(file)) return [];
    const usage = others.length === 0 ? '' : ` (the SSH key of ${others.length + 1} hosts)`;
    return [warning('missing-file', first.path, `file not found: ${file}${usage}`)];
  });
}
