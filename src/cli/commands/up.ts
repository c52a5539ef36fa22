import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { runUp } from '../run-up.js';

export interface UpFlags extends ClusterFlags {
  readonly pullConcurrency: number;
  readonly disablePortCheck?: boolean;
}

/** `rke up`. */
export function up(flags: UpFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const { done, unchanged, kubeconfig } = await runUp({
      ...options,
      pullConcurrency: flags.pullConcurrency,
      disablePortCheck: flags.disablePortCheck,
    });
    return { done, unchanged, kubeconfig };
  });
}
