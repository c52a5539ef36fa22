import { readFile } from 'node:fs/promises';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { createKubeApi } from '../../kube/client.js';
import { directHost } from '../../kube/direct-host.js';
import { serverUrl } from '../../kubeconfig/admin-kubeconfig.js';
import { readAdmin } from '../../kubeconfig/entries.js';

/**
 * The API by the kubeconfig that lies beside cluster.yml, straight from this machine: RKE's first way to the state
 * (cmd/util.go), ours where no control plane can be read by SSH.
 *
 * @returns undefined where there is no such file, or where it is not of a control plane of this cluster
 */
export async function kubeByKubeconfig(
  path: string,
  { nodes }: Pick<ClusterSpec, 'nodes'>,
): Promise<ReturnType<typeof createKubeApi> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const file = readKubeconfig(text);
  const admin = file.ok ? readAdmin(file.value) : undefined;
  // A file that was copied from elsewhere must not bring another cluster's state.
  const ours = nodes
    .filter(({ role }) => role.includes('controlplane'))
    .map(({ address }) => serverUrl(address));
  if (admin === undefined || !ours.includes(admin.server)) return undefined;
  const { server, ...certificates } = admin;
  return createKubeApi({ controlPlanes: [directHost(server)], certificates });
}
