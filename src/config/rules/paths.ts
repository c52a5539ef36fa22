import { warning, type Finding, type Rule } from './rule.js';

/** Files that the cluster file names are there. Only warnings: an agent may do without a key, and RKE went on too. */
export const pathRules: Rule = ({ spec, config, exists }) => {
  if (exists === undefined) return [];
  const missing = (path: string, file: string | undefined): Finding[] =>
    file === undefined || file === '' || exists(file)
      ? []
      : [warning('missing-file', path, `there is no file ${file}`)];
  const keys = spec.nodes.flatMap((node, index) =>
    node.sshKey !== undefined || node.sshAgentAuth === true
      ? []
      : missing(`nodes[${index}].ssh_key_path`, config.nodes?.[index]?.sshKeyPath),
  );
  return [
    ...(spec.sshAgentAuth ? [] : missing('ssh_key_path', config.sshKeyPath)),
    ...keys,
    ...missing('bastion_host.ssh_key_path', config.bastionHost?.sshKeyPath),
    ...(spec.addonsInclude ?? []).flatMap((file, index) =>
      /^https?:/.test(file) ? [] : missing(`addons_include[${index}]`, file),
    ),
  ];
};
