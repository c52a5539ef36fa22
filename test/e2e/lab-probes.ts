import { ensureEngine } from '../lab/engine.js';
import { lines } from '../lab/docker.js';
import type { LabNode } from '../lab/node.js';
import { run, type Ran } from '../lab/process.js';

/** Logs in to a node with the machine's own ssh, as people would. */
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
