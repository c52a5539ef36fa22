import { findNode } from '../../config/find-node.js';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { openSession } from '../../run/session.js';
import { checkMachine, readDindNodes } from './dind-cluster.js';

export interface DindShellOptions extends ClusterOptions {
  readonly engine: DindEngine;
  /** Name or address of a node of cluster.yml. */
  readonly node: string;
  /** A line for the shell; without it, an interactive shell is opened. */
  readonly command?: string | undefined;
  /** Gives the shell the terminal of this process. */
  readonly hasTerminal: boolean;
}

/**
 * `rke ssh --dind`: a shell in a node container, with the input and output of this process.
 *
 * @returns the exit code of the command or the shell
 * @throws RkeError (exit 2) for an unknown node or a cluster.yml of another cluster, (exit 6) if Docker cannot be used
 */
export async function runDindShell(options: DindShellOptions): Promise<number> {
  const { engine, node: name, command, hasTerminal, signal } = options;
  const session = await openSession(options, { forChange: false, withoutState: true });
  readDindNodes(session, options.configPath);
  const { address } = findNode(name, session.spec.nodes);
  await checkMachine(engine, { signal });
  return engine.shell(address, command, hasTerminal);
}
