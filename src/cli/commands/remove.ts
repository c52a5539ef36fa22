import { createInterface } from 'node:readline/promises';
import { usageError } from '../../core/errors.js';
import type { Io } from '../io.js';
import type { CommandContext } from '../command-context.js';
import { readHooksFlag } from '../options/hooks.js';
import { runCommand, type ClusterFlags, type CommandEnd } from '../run-command.js';
import { readDindFlags } from './dind.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { removeDind, type RemoveDindOptions } from '../../commands/dind/remove-dind.js';
import { removeCluster } from '../../commands/remove.js';

export interface RemoveFlags extends ClusterFlags {
  readonly force: boolean;
  readonly deleteSnapshots?: boolean;
  readonly hooks?: string;
}

/** `rke remove`: asks first, unless --force is given. */
export function remove(flags: RemoveFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const confirm = flags.force ? () => Promise.resolve(true) : askWith(context.io, flags);
    const dind = readDindFlags(flags, context);
    if (dind !== undefined) return removeWithDind(flags, { ...options, engine: dind.engine, confirm });
    const isRemoved = await removeCluster({
      ...options,
      confirm,
      deleteSnapshots: flags.deleteSnapshots,
      hooksFile: readHooksFlag(flags, context.io),
    });
    return isRemoved ? { done: 1, unchanged: { containers: 0, files: 0, addons: 0 } } : undefined;
  });
}

async function removeWithDind(
  { deleteSnapshots = false, hooks }: RemoveFlags,
  options: RemoveDindOptions,
): Promise<CommandEnd | undefined> {
  if (hooks !== undefined)
    throw usageError('--hooks has no effect with --dind, which removes whole nodes', {
      fix: 'leave out --hooks',
    });
  if (deleteSnapshots)
    throw usageError('--delete-snapshots has no effect with --dind, which removes whole nodes', {
      fix: 'leave out --delete-snapshots',
    });
  const done = await removeDind(options);
  return done === undefined ? undefined : { done, unchanged: { containers: 0, files: 0, addons: 0 } };
}

/** Asks RKE's question; any answer except y or yes leaves everything as it is. */
function askWith(
  io: Io,
  { deleteSnapshots = false, dind = false }: Pick<RemoveFlags, 'deleteSnapshots' | 'dind'>,
): (cluster: string, hosts: readonly string[]) => Promise<boolean> {
  return async (cluster, hosts) => {
    if (!io.stdin.isTTY)
      throw usageError('rke remove needs a terminal for its confirmation', {
        fix: 'add --force to remove the cluster without confirmation',
      });
    io.stderr.write(
      `cluster ${cluster} on ${hosts.join(', ')}: containers, pods and all their data will be deleted\n${dind !== false ? withNodes : deleteSnapshots ? withSnapshots : withoutSnapshots}\n`,
    );
    const prompt = createInterface({ input: io.stdin, output: process.stderr });
    try {
      const answer = await prompt.question('Are you sure you want to remove Kubernetes cluster [y/n]: ');
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      prompt.close();
    }
  };
}

const withNodes =
  'the node containers, their volumes and the etcd snapshots on them will be deleted; those in S3 are kept';
const withSnapshots = `all etcd snapshots in ${snapshotDirectory} of these hosts will be deleted; those in S3 are kept`;
const withoutSnapshots = `etcd snapshots in ${snapshotDirectory} and in S3 are kept; --delete-snapshots deletes those on the hosts`;
