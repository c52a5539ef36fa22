import { addNode, removeNodes, type NodeEditOptions } from '../../commands/node/edit-nodes.js';
import { listNodes } from '../../commands/node/list-nodes.js';
import type { AddonWait } from '../../reconcile/order/addon-waits.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { askOn, planQuestion } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { readHooksFlag } from '../options/hooks.js';
import { toSeconds } from '../options/timeout.js';
import { printRead, type ReadFlags } from '../print-read.js';
import { endOf, runCommand, type ClusterFlags, type CommandEnd, type Terminal } from '../run-command.js';
import { formatColumns } from '../show/columns.js';
import { toNodeRows } from '../show/node-rows.js';
import type { RunResult } from '../../run/apply.js';

/** Flags of commands that change nodes. */
interface NodeEditFlags extends ClusterFlags {
  /** False with `--no-apply`. */
  readonly apply: boolean;
  readonly yes?: boolean;
  readonly disablePortCheck?: boolean;
  readonly allowNetworkChange?: boolean;
  readonly forceVersion?: boolean;
  readonly ignoreUnreachable?: boolean;
  readonly snapshot?: boolean;
  readonly wait: AddonWait;
  /** Milliseconds. */
  readonly drainTimeout?: number;
  readonly hooks?: string;
}

export interface NodeAddFlags extends NodeEditFlags {
  readonly role: readonly string[];
  readonly user?: string;
  readonly port?: string;
  readonly name?: string;
  readonly internalAddress?: string;
  readonly sshKeyPath?: string;
  readonly updateOnly?: boolean;
}

export interface NodeRemoveFlags extends NodeEditFlags {
  readonly force?: boolean;
}

/** `rke node ls`. */
export const list = (flags: ReadFlags, context: CommandContext): Promise<number> =>
  printRead(flags, context, listNodes, (nodes) => formatColumns(toNodeRows(nodes, Date.now())));

/** `rke node add`. */
export function add(address: string, flags: NodeAddFlags, context: CommandContext): Promise<number> {
  const { role, user, port, name: hostnameOverride, internalAddress, sshKeyPath, updateOnly } = flags;
  const node = { address, role, user, port, hostnameOverride, internalAddress, sshKeyPath };
  return runCommand(flags, context, async (options, terminal) =>
    endOfEdit(await addNode({ ...editOptions(flags, options, terminal, context), node, updateOnly })),
  );
}

/** `rke node remove`. */
export function remove(
  names: readonly string[],
  flags: NodeRemoveFlags,
  context: CommandContext,
): Promise<number> {
  return runCommand(flags, context, async (options, terminal) =>
    endOfEdit(
      await removeNodes({
        ...editOptions(flags, options, terminal, context),
        names,
        force: flags.force,
      }),
    ),
  );
}

function editOptions(
  flags: NodeEditFlags,
  options: ClusterOptions,
  terminal: Terminal,
  { io }: CommandContext,
): NodeEditOptions {
  return {
    ...options,
    apply: flags.apply,
    disablePortCheck: flags.disablePortCheck,
    allowNetworkChange: flags.allowNetworkChange,
    forceVersion: flags.forceVersion,
    ignoreUnreachable: flags.ignoreUnreachable,
    snapshot: flags.snapshot,
    wait: flags.wait,
    hooksFile: readHooksFlag(flags, io),
    drainTimeoutSeconds: toSeconds(flags.drainTimeout),
    confirm: askOn(terminal, io, { yes: flags.yes, question: planQuestion }),
  };
}

/** How it ended; undefined if it only changed cluster.yml. */
const endOfEdit = (result: RunResult | undefined): CommandEnd | undefined => result && endOf(result);
