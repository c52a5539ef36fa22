import { basename, dirname, extname, join } from 'node:path';

/** Files of a cluster, all beside its cluster file. */
export interface ClusterPaths {
  readonly state: string;
  readonly kubeconfig: string;
  readonly log: string;
  /** Directory of custom certificates and of requests for them. */
  readonly certDir: string;
}

/** Paths derived from `--config` the same as in RKE v1: rancher-cluster.yml has rancher-cluster.rkestate beside it. */
export function clusterPaths(configPath: string): ClusterPaths {
  const directory = dirname(configPath);
  const file = basename(configPath);
  const stem = basename(file, extname(file));
  return {
    state: join(directory, `${stem}.rkestate`),
    kubeconfig: join(directory, `kube_config_${file}`),
    log: join(directory, `${stem}.log`),
    certDir: join(directory, `${stem}_certs`),
  };
}
