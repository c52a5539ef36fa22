import type { CommandContext } from '../command-context.js';
import { certDirOf } from '../cert-dir-flag.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { runUp } from '../../commands/up/run.js';

export interface UpFlags extends ClusterFlags {
  readonly pullConcurrency: number;
  readonly disablePortCheck?: boolean;
  readonly customCerts?: boolean;
  readonly certDir?: string;
}

/** `rke up`. */
export function up(flags: UpFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    if (flags.certDir !== undefined && flags.customCerts !== true)
      options.events.emit({
        type: 'warning',
        message: '--cert-dir counts only together with --custom-certs',
      });
    const { done, unchanged, kubeconfig } = await runUp({
      ...options,
      pullConcurrency: flags.pullConcurrency,
      disablePortCheck: flags.disablePortCheck,
      certDir: flags.customCerts === true ? certDirOf(flags, context.io) : undefined,
    });
    return { done, unchanged, kubeconfig };
  });
}
