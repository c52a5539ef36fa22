import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorOf, usageError } from '../../core/errors.js';

/**
 * Finds the cluster files that paths name: a file is itself; a directory stands for the cluster files in it, and for `cluster.yml` in
 * each of its directories.
 *
 * @throws RkeError (exit 2) for a path that does not exist, and for a directory without a cluster file
 */
export async function findClusterFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesOf));
  return [...new Set(found.flat())];
}

async function filesOf(path: string): Promise<string[]> {
  const isDirectory = await stat(path).then(
    (known) => known.isDirectory(),
    // Reading it reports why.
    () => false,
  );
  if (!isDirectory) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw usageError(`cannot read ${path}: ${fileErrorOf(cause)}`, { cause });
  });
  const candidates = entries
    .flatMap((entry): string[] =>
      entry.isDirectory()
        ? [join(path, entry.name, 'cluster.yml')]
        : /\.ya?ml$/.test(entry.name)
          ? [join(path, entry.name)]
          : [],
    )
    .toSorted();
  const found = await Promise.all(candidates.map(async (file) => ((await hasNodes(file)) ? [file] : [])));
  const files = found.flat();
  if (files.length > 0) return files;
  throw usageError(`${path} has no cluster file: none of its YAML files has nodes`, {
    fix: 'name the cluster files themselves with --config, once for each',
  });
}

/** True for a cluster file: a kubeconfig or a manifest beside it has no `nodes` at the top. */
async function hasNodes(file: string): Promise<boolean> {
  return /^["']?nodes["']?\s*:/m.test(await readFile(file, 'utf8').catch(() => ''));
}
