import type { DoctorFinding } from './doctor-report.js';

const partsOfPrepare: ReadonlySet<DoctorFinding['part']> = new Set(['kernel-modules', 'sysctl', 'swap']);
const codesOfPrepare: ReadonlySet<string> = new Set(['DOCKER_NOT_RUNNING', 'DOCKER_PERMISSION']);

/** Names `rke prepare` first, if it can do what the fix says. */
export function pointToPrepare(finding: DoctorFinding): DoctorFinding {
  const { part, code = '', fix } = finding;
  if (!partsOfPrepare.has(part) && !codesOfPrepare.has(code)) return finding;
  return { ...finding, fix: `run \`rke prepare\`, or ${fix.replace(/^run /, '')}` };
}
