import type { RotatableService } from '../../pki/issue/rotation.js';
import type { CommandContext } from '../command-context.js';
import { endOf, runCommand, type ClusterFlags } from '../run-command.js';
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
    const services = rotateCa ? [] : service;
    return endOf(await rotateCertificates({ ...options, services, rotateCa }));
  });
}
