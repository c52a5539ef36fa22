import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HelmReleaseSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import { runHelm, type HelmCall, type HelmResult } from './run-helm.js';

/** A chart as a file of this machine, or why there is none. */
export type FetchedChart =
  | { readonly ok: true; readonly location: string; readonly digest: string }
  | Extract<HelmResult, { ok: false }>;

export interface FetchOptions extends Omit<HelmCall, 'milliseconds'> {
  /** Private directory of the run. */
  readonly directory: string;
  /** False for a run without a network: only a kept chart is used. */
  readonly fetches: boolean;
}

const fetchMilliseconds = 120_000;

/**
 * Fetches the chart of a release from its repository. One of an exact version is kept in the cache, so that a run does not depend
 * on the repository. A password is given to helm in a file that only this user can read.
 */
export async function fetchChart(release: HelmReleaseSpec, options: FetchOptions): Promise<FetchedChart> {
  const { cacheDir, directory, fetches } = options;
  const kept = cacheDir === undefined ? undefined : keptPath(cacheDir, release);
  const before = kept === undefined ? undefined : await readFile(kept).catch(() => undefined);
  if (kept !== undefined && before !== undefined)
    return { ok: true, location: kept, digest: hash('sha256', before) };
  if (!fetches)
    return { ok: false, reason: 'its chart was not fetched yet, and this run contacts no repository' };
  const target = join(directory, 'chart');
  await mkdir(target);
  const pulled = await pull(release, target, options);
  if (!pulled.ok) return pulled;
  const [file] = (await readdir(target)).filter((name) => name.endsWith('.tgz'));
  if (file === undefined) return { ok: false, reason: 'helm pull wrote no chart' };
  const location = join(target, file);
  const bytes = await readFile(location);
  if (kept !== undefined) await keep(kept, bytes);
  return { ok: true, location, digest: hash('sha256', bytes) };
}

/** undefined for a version that may mean another chart tomorrow. */
function keptPath(
  cacheDir: string,
  { repo = '', chart = '', version = '' }: HelmReleaseSpec,
): string | undefined {
  if (!/^v?\d+\.\d+\.\d+(?:[-+].*)?$/.test(version)) return undefined;
  return join(cacheDir, 'charts', `${hash('sha256', [repo, chart, version].join('\n')).slice(0, 32)}.tgz`);
}

async function keep(path: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, bytes, { mode: 0o600 });
    await rename(temporary, path);
  } catch {
    // The next run fetches it again.
  }
}

async function pull(release: HelmReleaseSpec, target: string, options: FetchOptions): Promise<HelmResult> {
  const { chart = '', repo = '', version = '' } = release;
  const call = { ...options, milliseconds: fetchMilliseconds };
  const rest = ['--destination', target, ...(version === '' ? [] : [`--version=${version}`])];
  if (repo.startsWith('oci://')) {
    const login = await writeOciLogin(release, options.directory);
    return await runHelm(['pull', `${repo.replace(/\/+$/, '')}/${chart}`, ...rest, ...login], call);
  }
  if ((release.username ?? '') === '') return await runHelm(['pull', chart, '--repo', repo, ...rest], call);
  const login = await writeRepositories(release, options.directory);
  const updated = await runHelm(['repo', 'update', 'rke', ...login], call);
  return updated.ok ? await runHelm(['pull', `rke/${chart}`, ...rest, ...login], call) : updated;
}

/** Helm's own form of a login, as `helm registry login` writes it. Without one in cluster.yml, that of the user counts. */
async function writeOciLogin(release: HelmReleaseSpec, directory: string): Promise<string[]> {
  const { repo = '', username = '', password = '' } = release;
  if (username === '') return [];
  const host = repo.replace(/^oci:\/\//, '').replace(/\/.*$/, '');
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return await writeLogin('--registry-config', join(directory, 'registry.json'), {
    auths: { [host]: { auth } },
  });
}

async function writeRepositories(release: HelmReleaseSpec, directory: string): Promise<string[]> {
  const { repo: url = '', username, password } = release;
  const repositories = [{ name: 'rke', url, username, password }];
  return await writeLogin('--repository-config', join(directory, 'repositories.yaml'), {
    apiVersion: '',
    repositories,
  });
}

async function writeLogin(flag: string, path: string, content: unknown): Promise<string[]> {
  await writeFile(path, JSON.stringify(content), { mode: 0o600 });
  return [flag, path];
}
