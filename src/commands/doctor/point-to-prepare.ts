import type { DoctorFinding } from './doctor-report.js';

const partsOfPrepare: ReadonlySet<DoctorFinding['part']> = new Set(['kernel-modules', 'sysctl', 'swap']);
const codesOfPrepare: ReadonlySet<string> = new Set(['DOCKER_NOT_RUNNING', 'DOCKER_PERMISSION']);

/**
 * Names `rke prepare` first, if it can do what the fix says.
 *
 * @param ownSockets addresses of hosts with another `docker_socket` than the usual one, whose Docker is not that of `rke prepare`
 */
export function pointToPrepare(finding: DoctorFinding, ownSockets: ReadonlySet<string>): DoctorFinding {
  const { part, code = '', host = '', fix } = finding;
  const isOfDocker = codesOfPrepare.has(code) && !ownSockets.has(host);
  if (!partsOfPrepare.has(part) && !isOfDocker) return finding;
  return { ...finding, fix: `run \`rke prepare\`, or ${fix.replace(/^run /, '')}` };
}
