import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { HelmOptions } from '../../run/helm/run-helm.js';
import type { Io } from '../io.js';

/** How Helm charts are rendered: RKE_HELM is the path of helm, which is otherwise found in the PATH. */
export function readHelmOptions({ env, cwd }: Pick<Io, 'env' | 'cwd'>): HelmOptions {
  const named = env['RKE_HELM'] ?? '';
  const cacheDir = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'rke');
  return {
    env,
    cacheDir,
    ...(named === '' ? {} : { program: named.includes('/') ? resolve(cwd, named) : named }),
  };
}
