import { addNode, removeNodes, type NodeEditOptions } from '../../commands/node/edit-nodes.js';
import { listNodes } from '../../commands/node/list-nodes.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { askOn } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { toSeconds } from '../options/timeout.js';
import { runCommand, type ClusterFlags, type CommandEnd, type Terminal } from '../run-command.js';
import { formatColumns } from '../show/columns.js';
import { toNodeRows } from '../show/node-rows.js';
import type { RunResult } from '../../run/apply.js';

export interface NodeListFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
}

/** Flags of commands that change nodes. */
interface NodeEditFlags extends ClusterFlags {
  /** False with `--no-apply`. */
  readonly apply: boolean;
  readonly yes?: boolean;
  readonly disablePortCheck?: boolean;
  /** Milliseconds. */
  readonly drainTimeout?: number;
}

export interface NodeAddFlags extends NodeEditFlags {
  readonly role: readonly string[];
  readonly user?: string;
  readonly port?: string;
  readonly name?: string;
  readonly internalAddress?: string;
  readonly sshKeyPath?: string;
}

export interface NodeRemoveFlags extends NodeEditFlags {
  readonly force?: boolean;
}

/** `rke node ls`. */
export function list(flags: NodeListFlags, context: CommandContext): Promise<number> {
  const { stdout } = context.io;
  return runCommand(
    { ...flags, quiet: true },
    context,
    async (options) => {
      const nodes = await listNodes(options);
      stdout.write(
        flags.output === 'json'
          ? `${JSON.stringify(nodes, undefined, 2)}\n`
          : formatColumns(toNodeRows(nodes, Date.now())),
      );
      return undefined;
    },
    { writesLog: false },
  );
}

/** `rke node add`. */
export function add(address: string, flags: NodeAddFlags, context: CommandContext): Promise<number> {
  const { role, user, port, name: hostnameOverride, internalAddress, sshKeyPath } = flags;
  const node = { address, role, user, port, hostnameOverride, internalAddress, sshKeyPath };
  return runCommand(flags, context, async (options, terminal) =>
    endOf(await addNode({ ...editOptions(flags, options, terminal, context), node })),
  );
}

/** `rke node remove`. */
export function remove(
  names: readonly string[],
  flags: NodeRemoveFlags,
  context: CommandContext,
): Promise<number> {
  return runCommand(flags, context, async (options, terminal) =>
    endOf(
      await removeNodes({
        ...editOptions(flags, options, terminal, context),
        names,
        force: flags.force,
      }),
    ),
  );
}

function editOptions(
  { apply, yes, disablePortCheck, drainTimeout }: NodeEditFlags,
  options: ClusterOptions,
  terminal: Terminal,
  { io }: CommandContext,
): NodeEditOptions {
  return {
    ...options,
    apply,
    disablePortCheck,
    drainTimeoutSeconds: toSeconds(drainTimeout),
    confirm:
      yes === true
        ? () => Promise.resolve(true)
        : askOn(terminal, io, 'Are you sure you want to apply this plan'),
  };
}

/** Without a run, cluster.yml was changed. */
function endOf(result: RunResult | undefined): CommandEnd | undefined {
  if (result === undefined) return undefined;
  const { done, unchanged, kubeconfig, unavailable } = result;
  return { done, unchanged, kubeconfig, ...(unavailable === undefined ? {} : { unavailable }) };
}
