import { hostInUrl } from '../../core/ip.js';
import { quoteForShell } from '../../core/shell-quote.js';
import type { SshTarget } from './ssh-target.js';

/** Placeholder for the path of a key that is written in cluster.yml itself. */
export const keyFile = 'KEY_FILE';

/**
 * The command that logs in as rke does: with its port, key, user and bastion. Whatever is in `~/.ssh/config` is left to
 * ssh, which reads it too.
 *
 * @param host address in cluster.yml, or its placeholder
 * @param rest more options, or a command for the host
 * @returns e.g. `ssh -p 2222 -i ~/.ssh/ops -o IdentitiesOnly=yes ops@10.0.0.1`
 */
export function sshCommand(
  target: SshTarget,
  host: string,
  rest: { before?: string; after?: string } = {},
): string {
  return [
    'ssh',
    ...(rest.before === undefined ? [] : [rest.before]),
    ...loginOptions(target),
    ...(target.bastion === undefined ? [] : [throughBastion(target.bastion)]),
    shellWord(`${target.user}@${host}`),
    ...(rest.after === undefined ? [] : [rest.after]),
  ].join(' ');
}

function loginOptions({ port, sshAgentAuth, sshKey, sshKeyPath }: SshTarget): string[] {
  const key = sshKey === undefined ? sshKeyPath : keyFile;
  return [
    `-p ${port}`,
    // Otherwise ssh would try the keys of an agent as well.
    ...(sshAgentAuth || key === undefined ? [] : [`-i ${shellWord(key)} -o IdentitiesOnly=yes`]),
  ];
}

/** `-J` has no option for a key of the bastion. */
function throughBastion(bastion: SshTarget): string {
  const { user, address, port, sshAgentAuth, sshKey, sshKeyPath } = bastion;
  const hasKey = !sshAgentAuth && (sshKey !== undefined || sshKeyPath !== undefined);
  if (!hasKey) return `-J ${shellWord(`${user}@${hostInUrl(address)}:${port}`)}`;
  const proxy = ['ssh', ...loginOptions(bastion), '-W %h:%p', shellWord(`${user}@${address}`)].join(' ');
  return `-o ProxyCommand=${shellWord(proxy)}`;
}

/** A word for a shell, in quotes if it needs them. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : quoteForShell(text);
}
