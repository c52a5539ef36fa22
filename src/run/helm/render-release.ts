import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HelmReleaseSpec } from '../../config/cluster-spec.js';
import { hash, stableStringify } from '../../core/stable.js';
import { fetchChart, type FetchedChart, type FetchOptions } from './fetch-chart.js';
import { hideSecrets } from './hide-secrets.js';
import type { ReleaseFiles } from './release-files.js';
import { runHelm, type HelmResult } from './run-helm.js';

/** A rendered release. */
export interface RenderedRelease {
  readonly ok: true;
  /** What helm prints for the same inputs twice: where the two differ, the chart generates values. */
  readonly manifests: readonly [string, string];
  /** sha256 of chart, values and the minor version of Kubernetes. */
  readonly inputs: string;
}

export interface RenderInput {
  readonly release: HelmReleaseSpec;
  readonly files: Pick<ReleaseFiles, 'chart' | 'values'>;
  /** Full version, e.g. `v1.30.4-rancher1-1`. */
  readonly kubernetesVersion: string;
  readonly apiVersions: readonly string[];
}

const renderMilliseconds = 60_000;

/**
 * Renders a release with helm, without a cluster. Values are given to it in files that only this user can read, in a directory
 * that is removed afterwards.
 *
 * @throws RkeError HELM_MISSING (exit 2); the signal's reason
 */
export async function renderRelease(
  input: RenderInput,
  options: Omit<FetchOptions, 'directory'>,
): Promise<RenderedRelease | Extract<HelmResult, { ok: false }>> {
  const directory = await mkdtemp(join(tmpdir(), 'rke-helm-'));
  // Nothing that helm downloads stays behind.
  const variables = { HELM_CACHE_HOME: join(directory, 'cache') };
  try {
    const result = await renderIn(input, { ...options, directory, variables });
    return result.ok ? result : { ok: false, reason: hideSecrets(result.reason, input) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function renderIn(
  input: RenderInput,
  options: FetchOptions,
): Promise<RenderedRelease | Extract<HelmResult, { ok: false }>> {
  const { release, files, kubernetesVersion } = input;
  const chart =
    files.chart === undefined ? await fetchChart(release, options) : await localChart(files.chart);
  if (!chart.ok) return chart;
  const args = await templateArguments(input, chart.location, options.directory);
  const call = { ...options, milliseconds: renderMilliseconds };
  const first = await runHelm(args, call);
  const second = first.ok ? await runHelm(args, call) : first;
  if (!first.ok || !second.ok) return first.ok ? (second as Extract<HelmResult, { ok: false }>) : first;
  const [minor = ''] = /^v\d+\.\d+/.exec(kubernetesVersion) ?? [];
  const { name, namespace, values = {}, apiVersions = [] } = release;
  const inputs = stableStringify({
    chart: chart.digest,
    name,
    namespace,
    values,
    files: files.values,
    minor,
    apiVersions,
  });
  return { ok: true, manifests: [first.stdout, second.stdout], inputs: hash('sha256', inputs) };
}

async function templateArguments(
  { release, files, kubernetesVersion, apiVersions }: RenderInput,
  location: string,
  directory: string,
): Promise<string[]> {
  const { name, namespace, values } = release;
  const texts = [...files.values, ...(values === undefined ? [] : [JSON.stringify(values)])];
  const paths = texts.map((_text, index) => join(directory, `values-${index}.yaml`));
  await Promise.all(paths.map((path, index) => writeFile(path, texts[index] ?? '', { mode: 0o600 })));
  const [version = kubernetesVersion] = /^v\d+\.\d+\.\d+/.exec(kubernetesVersion) ?? [];
  return [
    'template',
    name,
    location,
    ...['--namespace', namespace],
    ...['--kube-version', version],
    '--include-crds',
    ...apiVersions.map((one) => `--api-versions=${one}`),
    ...paths.flatMap((path) => ['--values', path]),
  ];
}

/** The digest of a directory is that of all its files, by name. */
async function localChart(location: string): Promise<FetchedChart> {
  try {
    if (/\.(?:tgz|tar\.gz)$/.test(location))
      return { ok: true, location, digest: hash('sha256', await readFile(location)) };
    const entries = await readdir(location, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((name) => !name.slice(location.length).startsWith('/.git/'))
      .sort();
    const digests: string[] = [];
    for (const name of names) digests.push(name.slice(location.length), hash('sha256', await readFile(name)));
    return { ok: true, location, digest: hash('sha256', digests.join('\n')) };
  } catch (error) {
    return {
      ok: false,
      reason: `cannot read the chart: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
