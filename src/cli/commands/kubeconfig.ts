import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { exitCodes, usageError } from '../../core/errors.js';
import { adminKubeconfig } from '../../kubeconfig/admin-kubeconfig.js';
import { adminAccess, type AdminAccess } from '../../commands/kubeconfig/admin-access.js';
import type { CommandContext } from '../command-context.js';
import type { Io } from '../io.js';
import { mergeInto } from '../../commands/kubeconfig/merge.js';
import { openState, requireState } from '../../run/state/open-state.js';
import { readFileOptions, type FileFlags } from '../file-options.js';

export interface KubeconfigFlags extends FileFlags {
  readonly merge: boolean;
  readonly use: boolean;
  readonly context?: string;
  readonly kubeconfigFile?: string;
}

/** `rke kubeconfig`: prints the administrator's kubeconfig, or merges it into the user's. */
export async function kubeconfig(flags: KubeconfigFlags, commandContext: CommandContext): Promise<number> {
  const { io, signal } = commandContext;
  const { merge, use, context, kubeconfigFile } = flags;
  if (!merge && (use || kubeconfigFile !== undefined))
    throw usageError(`${use ? '--use' : '--kubeconfig-file'} is for --merge`, {
      fix: 'add --merge, or leave it out to print the kubeconfig',
    });
  if (context === '') throw usageError('--context is empty', { fix: 'give the context a name' });
  const store = openState(await readFileOptions(flags, commandContext));
  const access = await adminAccess(await requireState(store), {
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
  const path = resolve(io.cwd, kubeconfigFile ?? ownKubeconfig(io));
  const { isWritten, currentContext } = await mergeInto(path, { ...access, use });
  const name = access.clusterName;
  io.stdout.write(`context "${name}" ${isWritten ? 'is now in' : 'was as it should be in'} ${path}\n`);
  if (currentContext !== name)
    io.stdout.write(
      `the current context is still "${currentContext}"; --use or kubectl config use-context ${name} changes it\n`,
    );
}

/** Where kubectl writes: the first file of KUBECONFIG, else the one of the home directory. */
function ownKubeconfig({ env }: Io): string {
  const [first] = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return first ?? join(env['HOME'] ?? homedir(), '.kube', 'config');
}
