import type { ClusterSpec, HelmReleaseSpec } from '../../config/cluster-spec.js';
import { RkeError } from '../../core/errors.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { apiVersionsOf, planChart } from '../../plan/addons/helm/chart-addon.js';
import type { UserAddon } from '../../plan/addons/user/user-addon.js';
import { requireHelm } from '../helm/helm-version.js';
import { readReleaseFiles, type ReleaseFiles } from '../helm/release-files.js';
import { renderRelease } from '../helm/render-release.js';
import type { HelmOptions } from '../helm/run-helm.js';

export interface ReadReleasesOptions {
  /** Path of cluster.yml; other paths are relative to its directory. */
  readonly configPath: string;
  readonly signal: AbortSignal;
  /** False for a run without a network: a chart that is not on this machine is reported as not rendered. */
  readonly fetchesUrls: boolean;
  /** How helm is run; absent: releases are checked and not rendered. */
  readonly helm?: HelmOptions | undefined;
}

export interface ReadReleases {
  readonly addons: readonly UserAddon[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads the files of all releases and renders their charts, in the order of cluster.yml: a release may use what the CRDs of an
 * earlier one define. Everything that is wrong is reported, with its place.
 *
 * @throws RkeError HELM_MISSING, HELM_VERSION (exit 2) if there are releases and no helm; the signal's reason
 */
export async function readHelmReleases(
  spec: Pick<ClusterSpec, 'addonsHelm' | 'kubernetesVersion'>,
  options: ReadReleasesOptions,
): Promise<ReadReleases> {
  const { addonsHelm: releases = [] } = spec;
  if (releases.length === 0) return { addons: [], diagnostics: [] };
  const { helm } = options;
  const missing = helm === undefined ? undefined : await findHelm({ ...options, helm });
  const addons: UserAddon[] = [];
  const diagnostics: Diagnostic[] = missing === undefined ? [] : [missing];
  for (const [index, release] of releases.entries()) {
    const path = `addons_helm[${index}]`;
    const files = await readReleaseFiles(release, path, options.configPath);
    diagnostics.push(...files.diagnostics);
    if (helm === undefined || missing !== undefined || files.diagnostics.length > 0) continue;
    const apiVersions = [...(release.apiVersions ?? []), ...addons.flatMap(apiVersionsOf)];
    const read = await readRelease(
      { release, files, path, apiVersions, kubernetesVersion: spec.kubernetesVersion },
      { ...options, helm },
    );
    addons.push(...read.addons);
    diagnostics.push(...read.diagnostics);
  }
  return { addons, diagnostics };
}

/** @returns a warning if a run without a network, which shows what it can, has no helm */
async function findHelm({
  helm,
  signal,
  fetchesUrls,
}: ReadReleasesOptions & { readonly helm: HelmOptions }): Promise<Diagnostic | undefined> {
  try {
    await requireHelm({ ...helm, signal });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (fetchesUrls || !(error instanceof RkeError)) throw error;
    const message = `not rendered: ${error.message}`;
    return { severity: 'warning', code: 'helm-failed', path: 'addons_helm', message };
  }
}

interface ReleaseInput {
  readonly release: HelmReleaseSpec;
  readonly files: ReleaseFiles;
  readonly path: string;
  readonly apiVersions: readonly string[];
  readonly kubernetesVersion: string;
}

async function readRelease(
  { path, ...input }: ReleaseInput,
  { helm, signal, fetchesUrls }: ReadReleasesOptions & { readonly helm: HelmOptions },
): Promise<ReadReleases> {
  const { release } = input;
  const rendered = await renderRelease(input, { ...helm, signal, fetches: fetchesUrls });
  if (!rendered.ok) {
    const message = `release ${release.name} in ${release.namespace} cannot be rendered: ${rendered.reason}`;
    const severity = fetchesUrls ? 'error' : 'warning';
    return { addons: [], diagnostics: [{ severity, code: 'helm-failed', path, message }] };
  }
  const { addon, diagnostics } = planChart({ release, path, ...rendered });
  return { addons: [addon], diagnostics };
}
