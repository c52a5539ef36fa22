import type { Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { helperContainer } from '../helper-container.js';
import type { Operation } from '../../reconcile/operations.js';
import type { RunContext } from '../run-context.js';

/** RKE's name for the container that writes files (cluster/file-deployer.go). */
const helperName = 'file-deployer';

/**
 * Writes files and sets folders right through a helper container that binds them and is never started: Docker unpacks a
 * tar into it. So no content travels in an argument or an environment variable, and nothing has to run.
 */
export async function putFiles(
  host: Host,
  operation: Extract<Operation, { kind: 'put-files' }>,
  { packFiles, signal }: Pick<RunContext, 'packFiles' | 'signal'>,
): Promise<void> {
  const { docker } = host;
  const helper: ContainerSpec = {
    ...helperContainer(helperName, operation.image),
    binds: [operation.bind, ...operation.directories.map(({ bind }) => bind)],
    started: false,
  };
  await docker.remove(helperName, { signal });
  try {
    await docker.create(helper, { signal });
    await docker.putArchive(
      helperName,
      '/',
      await packFiles([...operation.directories, ...operation.files]),
      { signal },
    );
  } finally {
    await docker.remove(helperName, { signal: AbortSignal.timeout(10_000) });
  }
}
