import { basename, dirname, extname, join } from 'node:path';

/** Files that belong to a cluster file, all beside it. */
export interface ClusterPaths {
  readonly state: string;
  readonly kubeconfig: string;
  readonly log: string;
  /** Folder of the user's own certificates and of requests for them. */
  readonly certDir: string;
}

/** Names as RKE makes them from the `--config` path: a rancher-cluster.yml has a rancher-cluster.rkestate beside it. */
export function clusterPaths(configPath: string): ClusterPaths {
  const folder = dirname(configPath);
  const file = basename(configPath);
  const stem = basename(file, extname(file));
  return {
    state: join(folder, `${stem}.rkestate`),
    kubeconfig: join(folder, `kube_config_${file}`),
    log: join(folder, `${stem}.log`),
    certDir: join(folder, `${stem}_certs`),
  };
}
