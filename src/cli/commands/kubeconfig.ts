import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { exitCodes, usageError } from '../../core/errors.js';
import { adminKubeconfig } from '../../kubeconfig/admin-kubeconfig.js';
import { readAdminAccess, type AdminAccess } from '../../commands/kubeconfig/admin-access.js';
import type { CommandContext } from '../command-context.js';
import type { Io } from '../io.js';
import { mergeIntoKubeconfig } from '../../commands/kubeconfig/merge.js';
import { openState, requireState } from '../../run/state/open-state.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';

export interface KubeconfigFlags extends FileFlags {
  readonly merge: boolean;
  readonly use: boolean;
  readonly context?: string;
  readonly kubeconfigFile?: string;
}

/** `rke kubeconfig`: prints the admin kubeconfig, or merges it into that of the user. */
export async function kubeconfig(flags: KubeconfigFlags, commandContext: CommandContext): Promise<number> {
  const { io, signal } = commandContext;
  const { merge, use, context, kubeconfigFile } = flags;
  if (!merge && (use || kubeconfigFile !== undefined))
    throw usageError(`${use ? '--use' : '--kubeconfig-file'} requires --merge`, {
      fix: `add --merge, or remove ${use ? '--use' : '--kubeconfig-file'} to print the kubeconfig`,
    });
  if (context === '') throw usageError('--context is empty', { fix: 'give the context a name' });
  const store = openState(await readFileOptions(flags, commandContext));
  const access = await readAdminAccess(await requireState(store), {
    location: store.location,
    name: context,
    signal,
  });
  if (access.warning !== undefined) io.stderr.write(`warning: ${access.warning}\n`);
  if (merge) await mergeAndPrint(access, { ...flags, io });
  else io.stdout.write(`${adminKubeconfig(access)}\n`);
  return exitCodes.ok;
}

async function mergeAndPrint(
  access: AdminAccess,
  { use, kubeconfigFile, io }: KubeconfigFlags & { readonly io: Io },
): Promise<void> {
  const path = resolve(io.cwd, kubeconfigFile ?? userKubeconfig(io));
  const { isWritten, currentContext } = await mergeIntoKubeconfig({ ...access, path, use });
  const name = access.clusterName;
  io.stdout.write(`context "${name}" in ${path} ${isWritten ? 'was written' : 'is up to date'}\n`);
  if (currentContext !== name)
    io.stdout.write(
      `the current context is still "${currentContext}"; to change it, run \`kubectl config use-context ${name}\`, or add --use\n`,
    );
}

/** The file that kubectl writes: the first one of KUBECONFIG, otherwise ~/.kube/config. */
function userKubeconfig({ env }: Io): string {
  const [first] = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return first ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
}
