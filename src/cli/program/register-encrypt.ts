import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { ClusterFlags } from '../run-command.js';
import { breakLockOption } from './state-flags.js';

/**
 * Puts `rke encrypt` with what stands under it on the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerEncrypt(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const encrypt = program.command('encrypt').description('keys that Secrets are encrypted with in etcd');
  common(encrypt.command('rotate-key'))
    .description('make a new key, write all Secrets anew with it, and drop the old one')
    .addOption(breakLockOption())
    .addHelpText(
      'after',
      `
Needs services.kube-api.secrets_encryption_config without custom_config. Nothing else of the cluster file is applied. A
rotation that was cut off is ended by the next one; docs/encryption.md tells of it.

Examples:
  rke encrypt rotate-key
  rke encrypt rotate-key --config prod/cluster.yml`,
    )
    .action(async (flags: ClusterFlags) => {
      const { rotateKey } = await import('../commands/encrypt.js');
      setExitCode(await rotateKey(flags, context));
    });
}
