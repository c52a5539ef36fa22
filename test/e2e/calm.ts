import { expect, vi } from 'vitest';
import type { LabNode } from '../lab/node.js';

/** Seconds after which a container that Docker had to restart counts as well, however often that was. */
const enough = 60;

/**
 * Waits until no container of the cluster was restarted by Docker a short time ago; rke would wait for it, too.
 * kube-controller-manager and kube-scheduler end when they cannot renew their lease in time, as while etcd or an API server is
 * replaced on a busy machine.
 */
export async function calm(nodes: readonly LabNode[]): Promise<void> {
  await vi.waitFor(async () => expect((await Promise.all(nodes.map(restartedRecently))).flat()).toEqual([]), {
    timeout: 180_000,
    interval: 1000,
  });
}

/** `/name count started` of the containers that Docker has restarted and that are not up for long. */
async function restartedRecently(node: LabNode): Promise<string[]> {
  const names = (await node.dockerPs()).filter((name) => !name.startsWith('k8s_'));
  const format = '{{.Name}} {{.RestartCount}} {{.State.StartedAt}}';
  const [now = '', ...lines] = (
    await node.must(['sh', '-c', 'date +%s; docker inspect -f "$@"', 'calm', format, ...names])
  ).split('\n');
  return lines.filter((line) => {
    const [, restarts, startedAt = ''] = line.split(' ');
    return restarts !== '0' && Number(now) - Date.parse(startedAt) / 1000 < enough;
  });
}
