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
  /** Changes what the container runs, after S3 was added to it. */
  readonly adapt?: (container: ContainerSpec) => ContainerSpec;
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
export function runSnapshotTool(host: Host, run: SnapshotToolRun, context: RunContext): Promise<ToolOutcome> {
  return withSnapshotTool(host, run, context, async ({ wait, readLines }): Promise<ToolOutcome> => {
    const end = await wait();
    if (typeof end !== 'number') return { status: 'timeout', cause: end };
    return end === 0 ? { status: 'done' } : { status: 'failed', lines: await readLines() };
  });
}

/** A container of rke-tools that was started. */
export interface RunningTool {
  /** Waits for its end, within the limit. @returns its exit code, or the error of the limit */
  readonly wait: () => Promise<number | RkeError>;
  /** Reads its last lines, without keys. */
  readonly readLines: () => Promise<readonly string[]>;
}

/**
 * Starts a container of rke-tools, and removes it after `work`.
 *
 * @throws RkeError if Docker fails; the signal's reason when it is aborted
 */
export async function withSnapshotTool<Value>(
  { docker }: Host,
  {
    container: planned,
    timeoutSeconds,
    s3,
    files: given = [],
    adapt = (container) => container,
  }: SnapshotToolRun,
  { packFiles, signal }: RunContext,
  work: (tool: RunningTool) => Promise<Value>,
): Promise<Value> {
  const { container, keys } = s3 === undefined ? { container: planned } : prepareTransfer(planned, s3);
  const { name } = container;
  const files = [...given, ...(keys === undefined ? [] : [keys])];
  const tar =
    files.length === 0
      ? undefined
      : await packFiles(files.map((file) => ({ ...file, mode: 0o400, uid: 0, gid: 0 })));
  await docker.remove(name, { signal });
  return withHelper(docker, name, async () => {
    await uninterrupted({ signal }, async (options) => {
      await docker.create(adapt(container), options);
      if (tar !== undefined) await docker.putArchive(name, '/', tar, options);
      await docker.start(name, options);
    });
    return work({
      wait: () =>
        docker.wait(name, { signal, milliseconds: timeoutSeconds * 1000 }).catch((error: unknown) => {
          if (error instanceof RkeError && error.code === 'DOCKER_TIMEOUT') return error;
          throw error;
        }),
      readLines: async () => {
        const lines = await docker.logs(name, { signal, tail: 20 });
        // rke-tools prints the access key.
        return lines.filter((line) => !line.includes('s3-accessKey'));
      },
    });
  });
}
