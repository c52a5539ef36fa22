import type { RotatableService } from '../../pki/issue/rotation.js';
import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { runRotate } from '../../commands/certificates/rotate.js';

export interface CertRotateFlags extends ClusterFlags {
  readonly service?: readonly RotatableService[];
  readonly rotateCa?: boolean;
}

/** `rke cert rotate`. With --rotate-ca everything is made anew, so services need no naming (RKE drops them, too). */
export function certRotate(
  { service = [], rotateCa = false, ...flags }: CertRotateFlags,
  context: CommandContext,
): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const result = await runRotate({ ...options, services: rotateCa ? [] : service, rotateCa });
    const { done, unchanged, kubeconfig } = result;
    return { done, unchanged, kubeconfig };
  });
}
