import type { RotatableService } from '../../pki/issue/rotation.js';
import type { CommandContext } from '../command-context.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { rotateCertificates } from '../../commands/certificates/rotate.js';

export interface CertRotateFlags extends ClusterFlags {
  readonly service?: readonly RotatableService[];
  readonly rotateCa?: boolean;
}

/** `rke cert rotate`. --rotate-ca reissues everything, so --service is ignored, the same as by RKE. */
export function certRotate(
  { service = [], rotateCa = false, ...flags }: CertRotateFlags,
  context: CommandContext,
): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const result = await rotateCertificates({ ...options, services: rotateCa ? [] : service, rotateCa });
    const { done, unchanged, kubeconfig } = result;
    return { done, unchanged, kubeconfig };
  });
}
