import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { EtcdBackup, ServicesSpec } from '../cluster-spec.js';
import type { SystemImages } from '../../versions/catalog.js';
import type { ClusterConfig, DeepPartial } from '../schema/parse-config.js';
import { resolveKubeApiFiles } from './resolve-kube-api.js';

const serviceCidr = '10.43.0.0/16';

/** Applies the defaults of etcd and the Kubernetes components (RKE cluster/defaults.go setClusterServicesDefaults). */
export function resolveServices(
  services: NonNullable<ClusterConfig['services']>,
  { version, systemImages }: { readonly version: string; readonly systemImages: SystemImages },
): ServicesSpec {
  const {
    etcd = {},
    kubeApi = {},
    kubeController = {},
    scheduler = {},
    kubelet = {},
    kubeproxy = {},
  } = services;
  const image = systemImages['kubernetes'] ?? '';
  const own = <Part extends object>(part: Part): Part => withoutEmpty(part);
  return {
    etcd: {
      snapshot: true,
      retention: '72h',
      creation: '12h',
      ...own(etcd),
      ...resolveBackup(etcd.backupConfig),
      image: systemImages['etcd'] ?? '',
      extraArgs: { 'election-timeout': '5000', 'heartbeat-interval': '500', ...etcd.extraArgs },
    },
    kubeApi: {
      serviceClusterIpRange: serviceCidr,
      serviceNodePortRange: '30000-32767',
      ...podSecurity(kubeApi, version),
      ...own(kubeApi),
      ...resolveKubeApiFiles(kubeApi, version),
      image,
    },
    kubeController: {
      clusterCidr: '10.42.0.0/16',
      serviceClusterIpRange: serviceCidr,
      ...own(kubeController),
      image,
    },
    scheduler: { ...own(scheduler), image },
    kubelet: {
      clusterDomain: 'cluster.local',
      clusterDnsServer: '10.43.0.10',
      infraContainerImage: systemImages['podInfraContainer'] ?? '',
      ...own(kubelet),
      image,
    },
    kubeproxy: { ...own(kubeproxy), image },
  } as ServicesSpec;
}

/** From Kubernetes 1.23, unless the user sets a custom admission configuration. */
function podSecurity(
  kubeApi: { readonly extraArgs?: object },
  version: string,
): { podSecurityConfiguration?: string } {
  const isOwn = 'admission-control-config-file' in (kubeApi.extraArgs ?? {});
  return isAtLeast(version, '1.23') && !isOwn ? { podSecurityConfiguration: 'privileged' } : {};
}

/** Defaults unless `enabled` is false (RKE cluster/defaults.go setClusterServicesDefaults). */
function resolveBackup(backup: DeepPartial<EtcdBackup> | undefined): { backupConfig?: unknown } {
  if (backup === undefined || backup.enabled === false) return {};
  const { intervalHours = 0, retention = 0, timeout = 0 } = backup;
  return {
    backupConfig: {
      ...backup,
      intervalHours: intervalHours === 0 ? 12 : intervalHours,
      retention: retention === 0 ? 6 : retention,
      timeout: timeout === 0 ? 300 : timeout,
    },
  };
}

/** Go omits empty strings, so an empty string in the file is not a value. */
function withoutEmpty<Part extends object>(part: Part): Part {
  return Object.fromEntries(
    Object.entries(part).filter(([, value]) => value !== undefined && value !== ''),
  ) as Part;
}
