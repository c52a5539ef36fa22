import { resolve } from 'node:path';
import type { CommandContext } from '../command-context.js';
import { recoverState } from '../../commands/recover/recover.js';
import type { RecoverySource } from '../../commands/recover/recovered.js';
import { runCommand, type ClusterFlags } from '../run-command.js';

export interface RecoverFlags extends ClusterFlags {
  readonly force: boolean;
  readonly from?: RecoverySource;
  readonly snapshot?: string;
}

/** `rke state recover`, and its name in RKE, `rke util get-state-file`. */
export function recover(flags: RecoverFlags, context: CommandContext, command: string): Promise<number> {
  const { force, from: only, snapshot } = flags;
  return runCommand(flags, context, async (options) => {
    await recoverState({
      ...options,
      command,
      force,
      only,
      snapshot: snapshot === undefined ? undefined : resolve(context.io.cwd, snapshot),
    });
    return { done: 1, unchanged: { containers: 0, files: 0, addons: 0 } };
  });
}
