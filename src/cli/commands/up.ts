import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { runUp } from '../run-up.js';

export type UpFlags = ClusterFlags;

/** `rke up`. */
export function up(flags: UpFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const { done, unchanged, kubeconfig } = await runUp(options);
    return { done, unchanged, kubeconfig };
  });
}
