import type { CallOptions, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { readClock } from '../container-health.js';
import { helperContainer } from '../helper-container.js';
import { runOnce, withHelper } from './containers.js';
import { modificationTime } from '../../reconcile/diff/file-times.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { RemoveFile } from '../../reconcile/kinds/host-kinds.js';
import type { RunContext } from '../run-context.js';
import { uninterrupted } from '../uninterrupted.js';

/** RKE's name for the container that writes files (cluster/file-deployer.go). */
const helperName = 'file-deployer';

/**
 * Writes files, and sets owner and mode of directories, through a helper container that binds them and is never started:
 * Docker unpacks a tar into it. So no content is in an argument or an environment variable, and nothing has to run. Once
 * started it is not interrupted: no file is left half written.
 */
export async function putFiles(
  host: Host,
  operation: OperationOf<'put-files'>,
  { packFiles, signal }: Pick<RunContext, 'packFiles' | 'signal'>,
): Promise<void> {
  const { docker } = host;
  const helper: ContainerSpec = {
    ...helperContainer(helperName, operation.image),
    binds: [operation.bind, ...operation.directories.map(({ bind }) => bind)],
    started: false,
  };
  const isTimed = operation.files.some((file) => file.replacedAt === 'now');
  const now = isTimed ? await readClock(host, { signal }) : undefined;
  const files = operation.files.map(({ replacedAt, ...file }) => {
    const time = replacedAt === 'now' ? now : replacedAt;
    const mtime = time === undefined ? undefined : modificationTime(time);
    return mtime === undefined ? file : { ...file, mtime };
  });
  const tar = await packFiles([...operation.directories, ...files]);
  await uninterrupted({ signal }, async (options) => {
    await docker.remove(helperName, options);
    await withHelper(docker, helperName, async () => {
      await docker.create(helper, options);
      await docker.putArchive(helperName, '/', tar, options);
    });
  });
}

/** Removes a file if it exists, the same as RKE v1 for one that is to be empty (cluster/file-deployer.go). */
export async function removeFile(
  host: Host,
  { path, image, bind }: RemoveFile,
  options: CallOptions,
): Promise<void> {
  const helper: ContainerSpec = {
    ...helperContainer(helperName, image),
    entrypoint: ['/bin/sh', '-c'],
    cmd: [`rm -f ${path}`],
    binds: [bind],
  };
  await runOnce(host, helper, options);
}
