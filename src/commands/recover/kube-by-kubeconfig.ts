import { readFile } from 'node:fs/promises';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { createKubeApi } from '../../kube/client.js';
import { directHost } from '../../kube/direct-host.js';
import { serverUrl } from '../../kubeconfig/admin-kubeconfig.js';
import { readAdmin } from '../../kubeconfig/entries.js';

/**
 * Opens the API with the kubeconfig beside cluster.yml, directly from this machine. RKE always reads the state this way
 * (cmd/util.go); rke does so if no control plane can be read over SSH.
 *
 * @returns undefined if there is no such file, or its server is not a control plane of this cluster
 */
export async function openKubeByKubeconfig(
  path: string,
  { nodes }: Pick<ClusterSpec, 'nodes'>,
): Promise<ReturnType<typeof createKubeApi> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const file = readKubeconfig(text);
  const admin = file.ok ? readAdmin(file.value) : undefined;
  // A file copied from elsewhere must not yield the state of another cluster.
  const ours = nodes
    .filter(({ role }) => role.includes('controlplane'))
    .map(({ address }) => serverUrl(address));
  if (admin === undefined || !ours.includes(admin.server)) return undefined;
  return openKubeAs(admin);
}

/** Opens the API of a kubeconfig with its certificate, directly from this machine. */
export function openKubeAs({ server, ...certificates }: Admin): ReturnType<typeof createKubeApi> {
  return createKubeApi({ controlPlanes: [directHost(server)], certificates });
}

/** The server, its CA and the client certificate of a kubeconfig. */
export type Admin = NonNullable<ReturnType<typeof readAdmin>>;
