import { orPrepare } from '../../core/or-prepare.js';
import type { DoctorFinding } from './doctor-report.js';

const partsOfPrepare: ReadonlySet<DoctorFinding['part']> = new Set(['sysctl', 'swap']);
const codesOfPrepare: ReadonlySet<string> = new Set(['DOCKER_NOT_RUNNING', 'DOCKER_PERMISSION']);

/**
 * Names `rke prepare` first, if it can do what the fix says.
 *
 * @param ownSockets addresses of hosts with another `docker_socket` than the usual one, whose Docker is not that of `rke prepare`
 */
export function pointToPrepare(finding: DoctorFinding, ownSockets: ReadonlySet<string>): DoctorFinding {
  const { part, code = '', host = '', fix } = finding;
  const isOfDocker = codesOfPrepare.has(code) && !ownSockets.has(host);
  // On Debian and SUSE another kernel is needed, which `rke prepare` leaves to people.
  if (part === 'kernel-modules')
    return { ...finding, fix: `${fix}; on Ubuntu and the RHEL family, \`rke prepare\` installs them` };
  if (!partsOfPrepare.has(part) && !isOfDocker) return finding;
  return { ...finding, fix: orPrepare(fix) };
}
