import { describeNonPem } from './pem.js';
import { keysInUse } from './paths.js';
import { refusal, warning, type Finding, type Rule, type RuleInput } from './rule.js';

/** The private keys that hosts are logged in to with. RKE found out when it dialled. */
export const sshKeyRules: Rule = (input) => [...inlineKeys(input), ...keyFiles(input)];

/** With the agent a key of the file is not read, as long as there is one. */
function inlineKeys({ spec, isPrivateKey, sshAgentAuth }: RuleInput): Finding[] {
  if (isPrivateKey === undefined) return [];
  const logins = [
    ...spec.nodes.map((login, index) => ({ login, path: `nodes[${index}].ssh_key` })),
    ...(spec.bastionHost === undefined ? [] : [{ login: spec.bastionHost, path: 'bastion_host.ssh_key' }]),
  ];
  return logins.flatMap(({ login: { sshKey = '', sshAgentAuth: isAgent }, path }) => {
    if (sshKey === '' || isPrivateKey(sshKey)) return [];
    const tell = isAgent === true || sshAgentAuth ? warning : refusal;
    return [tell('bad-key', path, `expected a private key (PEM or OpenSSH), got ${describeKey(sshKey)}`)];
  });
}

function describeKey(text: string): string {
  const what = describeNonPem(text, 'private key', 'ssh_key');
  return what.startsWith('a path') ? `a path (${text.trim()}); write ssh_key_path: ${text.trim()}` : what;
}

/** Files that are there: only they can be judged. */
function keyFiles(input: RuleInput): Finding[] {
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
          'expected the path of a private key, got the text of one; write ssh_key: | and the text below it',
        ),
      ];
    const text = readText(file);
    if (text === undefined ? !file.endsWith('.pub') : isPrivateKey(text)) return [];
    if (file.endsWith('.pub'))
      return [
        refusal(
          'bad-key',
          path,
          `expected the path of a private key, got that of a public key; write ${file.slice(0, -4)}`,
        ),
      ];
    const what = describeNonPem(text ?? '', 'private key', 'ssh_key').replace(/; write it as a block.*/, '');
    return [refusal('bad-key', path, `expected a private key in ${file}, got ${what}`)];
  });
}
