import { RkeError } from '../core/errors.js';
import { hash } from '../core/stable.js';
import type { CallOptions, DockerReader, ObservedContainer } from '../host/host.js';
import { pemText } from '../core/pem-text.js';
import { replacedAt } from '../reconcile/diff/file-times.js';
import type { ObservedFile } from '../reconcile/observed.js';
import type { UnpackFiles } from './run-context.js';

const directory = '/etc/kubernetes';

/**
 * Reads the configuration files of a host through a container that binds their directory, running or stopped.
 *
 * @returns undefined if no container binds the directory: the files are then unknown
 * @throws RkeError if the connection to the host is lost
 */
export async function observeFiles(
  containers: readonly ObservedContainer[],
  docker: DockerReader,
  options: CallOptions & { readonly unpackFiles: UnpackFiles },
): Promise<ReadonlyMap<string, ObservedFile> | undefined> {
  const found = await readConfiguration(containers, docker, options);
  return (
    found &&
    new Map(
      found.map(({ path, content, mode, uid, gid, mtime }) => {
        const replaced = replacedAt(mtime);
        const times = replaced === undefined ? {} : { replacedAt: replaced };
        const sha256 = hash('sha256', content);
        return [path, { sha256, mode, uid, gid, ...times, ...pemFacts(path, content) }];
      }),
    )
  );
}

/** Further facts about a PEM file. A file that contains a key is only hashed, whatever its name. */
function pemFacts(path: string, content: Buffer): Pick<ObservedFile, 'pemSha256' | 'certificate'> {
  if (!path.endsWith('.pem')) return {};
  const text = content.toString('utf8');
  const pemSha256 = hash('sha256', pemText(text));
  return text.includes('PRIVATE KEY') || !text.includes('BEGIN CERTIFICATE')
    ? { pemSha256 }
    : { pemSha256, certificate: text };
}

/** The same with what is in them, by their path in a container. */
export async function readConfiguration(
  containers: readonly Pick<ObservedContainer, 'name' | 'binds'>[],
  docker: Pick<DockerReader, 'getArchive'>,
  options: CallOptions & { readonly unpackFiles: UnpackFiles },
): Promise<Awaited<ReturnType<UnpackFiles>> | undefined> {
  const candidates = containers
    .filter(({ binds }) => targets(binds).includes(directory))
    .toSorted((a, b) => targets(a.binds).length - targets(b.binds).length);
  for (const { name } of candidates) {
    const tar = await docker.getArchive(name, directory, options).catch(unlessRefused);
    if (tar === undefined) continue;
    const entries = await options.unpackFiles(tar);
    // Paths in the archive start with the directory: `kubernetes/ssl/…`.
    return entries.map((entry) => ({ ...entry, path: `/etc/${entry.path}` }));
  }
  return undefined;
}

const targets = (binds: readonly string[]): string[] => binds.map((bind) => bind.split(':')[1] ?? '');

/**
 * Docker mounts all binds of a container to read one of them. From 28.5 on it refuses if one crosses an absolute
 * link of the image ("path escapes from parent"), as the kubelet's `/var/run` does; so the container with the fewest
 * binds is asked first, and another one when it refuses.
 */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RkeError && error.code === 'DOCKER_CALL') return undefined;
  throw error;
}
