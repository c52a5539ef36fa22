import type { CommandContext } from '../command-context.js';
import { resolveCertDir } from '../options/cert-dir.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import type { AddonWait } from '../../reconcile/order/addon-waits.js';
import { upCluster } from '../../commands/up/run.js';

export interface UpFlags extends ClusterFlags {
  readonly pullConcurrency: number;
  readonly disablePortCheck?: boolean;
  readonly customCerts?: boolean;
  readonly certDir?: string;
  readonly wait: AddonWait;
  readonly allowNetworkChange?: boolean;
}

/** `rke up`. */
export function up(flags: UpFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    if (flags.certDir !== undefined && flags.customCerts !== true)
      options.events.emit({
        type: 'warning',
        message: '--cert-dir has no effect without --custom-certs',
      });
    const { done, unchanged, kubeconfig, unavailable } = await upCluster({
      ...options,
      pullConcurrency: flags.pullConcurrency,
      disablePortCheck: flags.disablePortCheck,
      wait: flags.wait,
      allowNetworkChange: flags.allowNetworkChange,
      certDir: flags.customCerts === true ? resolveCertDir(flags, context.io) : undefined,
    });
    return { done, unchanged, kubeconfig, ...(unavailable === undefined ? {} : { unavailable }) };
  });
}
