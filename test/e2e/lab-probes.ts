import { randomBytes } from 'node:crypto';
import { ensureEngine } from '../lab/engine.js';
import { lines } from '../lab/docker.js';
import type { LabNode } from '../lab/node.js';
import { run, type Ran } from '../lab/process.js';

/** Logs in to a node with the ssh of this machine, like a user. */
export function ssh(
  node: LabNode,
  command: string,
  { user = node.user, seconds = 10 }: { user?: string; seconds?: number } = {},
): Promise<Ran> {
  const trust = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  const options = [...trust, `ConnectTimeout=${seconds}`];
  const flags = options.flatMap((option) => ['-o', option]);
  return run('ssh', ['-i', node.sshKeyPath, ...flags, `${user}@${node.address}`, command]);
}

/** The names of all containers of the lab's engine, whoever made them. */
export async function listContainers(): Promise<string[]> {
  const docker = await ensureEngine(() => undefined);
  return lines(await docker.run(['ps', '-a', '--format', '{{.Names}}'])).sort();
}

/**
 * Counts, from now on, the TCP connections that are opened to a node's sshd.
 *
 * @param from counts those from this address only
 */
export async function countSshConnections(
  node: LabNode,
  { from }: { readonly from?: string } = {},
): Promise<() => Promise<number>> {
  const comment = `lab-ssh-${randomBytes(3).toString('hex')}`;
  const source = from === undefined ? [] : ['-s', from];
  // A rule without a target only counts.
  const match = ['-p', 'tcp', '--dport', '22', '--syn', '-m', 'comment', '--comment', comment];
  await node.must(['iptables', '-w', '-I', 'INPUT', ...source, ...match]);
  return async () => {
    const saved = await node.must(['iptables-save', '-c', '-t', 'filter']);
    const rule = saved.split('\n').find((line) => line.includes(comment)) ?? '';
    return Number(/^\[(\d+):/.exec(rule)?.[1]);
  };
}
