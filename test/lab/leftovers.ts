import { lines, type Docker } from './docker.js';
import { listNodes, removeNodes, type NodeRecord } from './node-container.js';
import { isAlive } from './owner.js';
import { forgetHosts } from './services.js';
import { LABEL, type Log } from './settings.js';

/** True if the process that created a node has ended, so that nothing else will remove the node. */
const isOrphan = (node: NodeRecord): boolean => node.owner !== '' && !isAlive(node.owner);

/** Removes the nodes of processes that died before they could do it themselves. */
export async function removeLeftovers(docker: Docker, log: Log): Promise<void> {
  const orphans = (await listNodes(docker)).filter(isOrphan);
  if (orphans.length === 0) return;
  log(`removing ${orphans.length} left-over node(s) of runs that ended early`);
  await takeAway(docker, orphans);
}

export async function takeAway(docker: Docker, nodes: readonly NodeRecord[]): Promise<void> {
  const containers = nodes.map((node) => node.container);
  await removeNodes(docker, containers);
  await forgetHosts(docker, containers);
}

/** Volumes of the lab that no container uses. */
export async function removeVolumes(docker: Docker): Promise<void> {
  const unused = ['--filter', `label=${LABEL}`, '--filter', 'dangling=true'];
  const volumes = lines(await docker.run(['volume', 'ls', '-q', ...unused]));
  if (volumes.length > 0) await docker.run(['volume', 'rm', ...volumes]);
}
