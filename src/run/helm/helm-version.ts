import { RkeError } from '../../core/errors.js';
import { runHelm, type HelmCall } from './run-helm.js';

/** From 3.8, charts come from OCI registries without an experiment; other majors than 3 and 4 are unknown. */
const oldest = { major: 3, minor: 8 };
const newestMajor = 4;

/**
 * Checks once for each run that helm is one that rke knows how to call.
 *
 * @throws RkeError HELM_MISSING (exit 2) if there is none, HELM_VERSION (exit 2) for another version
 */
export async function requireHelm(call: Omit<HelmCall, 'milliseconds'>): Promise<void> {
  const { program = 'helm' } = call;
  const result = await runHelm(['version', '--template', '{{.Version}}'], { ...call, milliseconds: 20_000 });
  const version = result.ok ? /^v(\d+)\.(\d+)\.\d+\S*$/.exec(result.stdout.trim()) : null;
  if (version !== null && isKnown(Number(version[1]), Number(version[2]))) return;
  const found =
    version === null ? `${program} does not report a version of helm` : `${program} is helm ${version[0]}`;
  throw new RkeError('HELM_VERSION', `addons_helm needs helm 3.8 or newer, or helm 4; ${found}`, {
    fix: 'install helm 3 or 4 (https://helm.sh/docs/intro/install), or set RKE_HELM to its path',
    ...(result.ok ? {} : { evidence: [result.reason] }),
  });
}

function isKnown(major: number, minor: number): boolean {
  return major > oldest.major ? major <= newestMajor : major === oldest.major && minor >= oldest.minor;
}
