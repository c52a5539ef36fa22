import type { S3Backup } from '../../config/cluster-spec.js';
import { RkeError } from '../../core/errors.js';
import type { Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { prepareTransfer } from '../../plan/components/s3-transfer.js';
import type { RunContext } from '../run-context.js';
import { uninterrupted } from '../uninterrupted.js';
import { withHelper } from './containers.js';

export interface SnapshotToolRun {
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  /** Absent for a run without S3. */
  readonly s3?: S3Backup | undefined;
  /** What the container gets before it starts, besides the keys of S3: not as arguments or variables. */
  readonly files?: readonly { readonly path: string; readonly content: string }[];
}

export type ToolOutcome =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; /** Its last lines. */ readonly lines: readonly string[] }
  | { readonly status: 'timeout'; readonly cause: RkeError };

/**
 * Runs a container of rke-tools to its end, within the limit, and removes it.
 *
 * @throws RkeError if Docker fails; the signal's reason when it is aborted
 */
export async function runSnapshotTool(
  { docker }: Host,
  { container: planned, timeoutSeconds, s3, files: given = [] }: SnapshotToolRun,
  { packFiles, signal }: RunContext,
): Promise<ToolOutcome> {
  const { container, keys } = s3 === undefined ? { container: planned } : prepareTransfer(planned, s3);
  const { name } = container;
  const files = [...given, ...(keys === undefined ? [] : [keys])];
  const tar =
    files.length === 0
      ? undefined
      : await packFiles(files.map((file) => ({ ...file, mode: 0o400, uid: 0, gid: 0 })));
  await docker.remove(name, { signal });
  return withHelper(docker, name, async (): Promise<ToolOutcome> => {
    await uninterrupted({ signal }, async (options) => {
      await docker.create(container, options);
      if (tar !== undefined) await docker.putArchive(name, '/', tar, options);
      await docker.start(name, options);
    });
    try {
      if ((await docker.wait(name, { signal, milliseconds: timeoutSeconds * 1000 })) === 0)
        return { status: 'done' };
    } catch (error) {
      if (error instanceof RkeError && error.code === 'DOCKER_TIMEOUT')
        return { status: 'timeout', cause: error };
      throw error;
    }
    const lines = await docker.logs(name, { signal, tail: 20 });
    // It prints the access key.
    return { status: 'failed', lines: lines.filter((line) => !line.includes('s3-accessKey')) };
  });
}
