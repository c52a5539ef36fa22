import { applyAddon } from '../../commands/addon/apply.js';
import { listAddons } from '../../commands/addon/list.js';
import { removeAddon } from '../../commands/addon/remove.js';
import { askOn } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { printRead, type ReadFlags } from '../print-read.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { formatAddons } from '../show/addon-text.js';

export interface AddonRemoveFlags extends ClusterFlags {
  readonly pruneNamespaces?: boolean;
  readonly yes?: boolean;
}

/** `rke addon ls`. */
export const list = (flags: ReadFlags, context: CommandContext): Promise<number> =>
  printRead(flags, context, listAddons, formatAddons);

/** `rke addon apply`. */
export function apply(name: string, flags: ClusterFlags, context: CommandContext): Promise<number> {
  return runCommand(flags, context, async (options) => {
    const { done, unchanged } = await applyAddon({ ...options, name });
    return { done, unchanged };
  });
}

/** `rke addon remove`. */
export function remove(name: string, flags: AddonRemoveFlags, context: CommandContext): Promise<number> {
  const question = `Are you sure you want to remove ${name}`;
  return runCommand(flags, context, async (options, terminal) => {
    const { done, unchanged } = await removeAddon({
      ...options,
      name,
      pruneNamespaces: flags.pruneNamespaces,
      confirm: askOn(terminal, context.io, { yes: flags.yes, question }),
    });
    return { done, unchanged };
  });
}
