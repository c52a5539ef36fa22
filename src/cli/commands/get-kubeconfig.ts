import { updateKubeconfig, type UpdatedKubeconfig } from '../../commands/kubeconfig/update.js';
import { exitCodes } from '../../core/errors.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';

export interface GetKubeconfigFlags extends FileFlags {
  readonly force: boolean;
}

/** `rke util get-kubeconfig`. */
export async function getKubeconfig(flags: GetKubeconfigFlags, context: CommandContext): Promise<number> {
  const { path, outcome } = await updateKubeconfig({
    ...(await readFileOptions(flags, context)),
    force: flags.force,
  });
  context.io.stdout.write(`${path} ${outcomes[outcome]}\n`);
  return exitCodes.ok;
}

const outcomes: Readonly<Record<UpdatedKubeconfig['outcome'], string>> = {
  kept: 'is up to date',
  written: 'was written',
  updated: 'was updated, with your edits kept; the previous file has the suffix .bak',
  replaced: 'was replaced',
};
