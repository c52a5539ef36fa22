import { describeNonPem } from './pem.js';
import { keysInUse } from './paths.js';
import { refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** Private SSH keys. RKE v1 read them only when it connected. */
export const sshKeyRules: Rule = (input) => [...checkInlineKeys(input), ...checkKeyFiles(input)];

/** With an SSH agent, keys in cluster.yml are not used. */
function checkInlineKeys({ spec, isPrivateKey, sshAgentAuth }: RuleInput): Finding[] {
  if (isPrivateKey === undefined) return [];
  const logins = [
    ...spec.nodes.map((login, index) => ({ login, path: `nodes[${index}].ssh_key` })),
    ...(spec.bastionHost === undefined ? [] : [{ login: spec.bastionHost, path: 'bastion_host.ssh_key' }]),
  ];
  return logins.flatMap(({ login: { sshKey = '', sshAgentAuth: isAgent }, path }) => {
    if (sshKey === '' || isPrivateKey(sshKey)) return [];
    const report = isAgent === true || sshAgentAuth ? warning : refusal;
    return [report('bad-key', path, `expected a private key (PEM or OpenSSH), got ${describeKey(sshKey)}`)];
  });
}

function describeKey(text: string): string {
  const what = describeNonPem(text, 'private key', 'ssh_key');
  return what.startsWith('a path') ? `a path (${text.trim()}); write ssh_key_path: ${text.trim()}` : what;
}

/** Files that cannot be read are reported by pathRules. */
function checkKeyFiles(input: RuleInput): Finding[] {
  const { readText, isPrivateKey, sshAgentAuth } = input;
  if (readText === undefined || isPrivateKey === undefined || sshAgentAuth) return [];
  const first = new Map(
    keysInUse(input)
      .toReversed()
      .map((key) => [key.file, key.path] as const),
  );
  return [...first].toReversed().flatMap(([file, path]) => {
    if (file.includes('-----BEGIN '))
      return [
        refusal(
          'bad-key',
          path,
          'expected the path of a private key, got the key itself; write it under ssh_key: |',
        ),
      ];
    const text = readText(file);
    if (text === undefined ? !file.endsWith('.pub') : isPrivateKey(text)) return [];
    if (file.endsWith('.pub'))
      return [
        refusal(
          'bad-key',
          path,
          `expected the path of a private key, got the path of a public key; write ${file.slice(0, -4)}`,
        ),
      ];
    const what = describeNonPem(text ?? '', 'private key', 'ssh_key').replace(/; write it as a block.*/, '');
    return [refusal('bad-key', path, `expected a private key in ${file}, got ${what}`)];
  });
}
