import { etcdError } from '../core/errors.js';
import type { Host } from '../host/host.js';
import type { ContainerSpec } from '../plan/cluster-plan-types.js';
import { lookResult, lookState } from '../reconcile/restore/restore-scripts.js';
import { parseLook, type SnapshotLook } from '../reconcile/restore/snapshot-look.js';
import { runToEnd } from './handlers/containers.js';
import type { RunContext } from './run-context.js';

/**
 * Looks on a host for a snapshot, checks it there, and reads the state in it: nothing else of it leaves the host.
 *
 * @param spec runs the script that looks
 * @throws RkeError SNAPSHOT_UNREADABLE (exit 8) if the script does not run
 */
export async function lookForSnapshot(
  host: Host,
  spec: ContainerSpec,
  {
    signal,
    unpackFiles,
    timeoutSeconds,
  }: Pick<RunContext, 'signal' | 'unpackFiles'> & { readonly timeoutSeconds: number },
): Promise<SnapshotLook> {
  const { docker } = host;
  return runToEnd(host, spec, { signal, milliseconds: timeoutSeconds * 1000 }, async (code) => {
    const read = async (path: string): Promise<string | undefined> => {
      const tar = await docker.getArchive(spec.name, path, { signal });
      const [file] = tar === undefined ? [] : await unpackFiles(tar);
      return file?.content.toString('utf8');
    };
    const result = code === 0 ? await read(lookResult) : undefined;
    if (result === undefined)
      throw etcdError(
        'SNAPSHOT_UNREADABLE',
        `the host could not be searched for the snapshot (exit code ${code})`,
        {
          host: host.address,
          evidence: await docker.logs(spec.name, { signal, tail: 5 }),
          fix: 'fix what its last lines show, then run the same command again',
        },
      );
    return parseLook(result, await read(lookState));
  });
}
