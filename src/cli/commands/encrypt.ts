import type { CommandContext } from '../command-context.js';
import { rotateEncryptionKey } from '../../commands/encryption/rotate-key.js';
import { runCommand, type ClusterFlags } from '../run-command.js';

/** `rke encrypt rotate-key`. */
export function rotateKey(flags: ClusterFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const { done, unchanged } = await rotateEncryptionKey(options);
    return { done, unchanged };
  });
}
