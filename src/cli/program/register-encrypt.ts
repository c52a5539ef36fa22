import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { ClusterFlags } from '../run-command.js';
import { timeoutOption } from '../options/timeout.js';
import { breakLockOption } from '../options/state-flags.js';

/**
 * Adds `rke encrypt` and its subcommand to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerEncrypt(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const encrypt = program.command('encrypt').description('manage the keys that encrypt Secrets in etcd');
  common(encrypt.command('rotate-key'))
    .description('create a new key, re-encrypt all Secrets with it, and remove the old one')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Requires services.kube-api.secrets_encryption_config without custom_config; applies nothing else from the cluster file.
The next run completes a rotation that was interrupted (docs/encryption.md).

Examples:
  rke encrypt rotate-key
  rke encrypt rotate-key --config prod/cluster.yml`,
    )
    .action(async (flags: ClusterFlags) => {
      const { rotateKey } = await import('../commands/encrypt.js');
      setExitCode(await rotateKey(flags, context));
    });
}
