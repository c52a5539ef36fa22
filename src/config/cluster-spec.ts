import type { SystemImages } from '../versions/catalog.js';

/**
 * The resolved cluster: cluster.yml with every default of RKE applied. Names and shape are those of `rkeConfig` in
 * cluster.rkestate (RKE's own JSON names, docs/decisions/0002), so state is written and read without a second model.
 * A member that RKE omits if it is empty is optional here.
 */
export interface ClusterSpec {
  readonly clusterName: string;
  /** Full version with RKE's build, e.g. `v1.30.4-rancher1-1`. */
  readonly kubernetesVersion: string;
  readonly nodes: readonly NodeSpec[];
  readonly services: ServicesSpec;
  readonly network: NetworkSpec;
  readonly authentication: {
    readonly strategy: string;
    readonly sans?: readonly string[];
    readonly webhook?: { readonly configFile: string; readonly cacheTimeout: string };
  };
  readonly authorization: { readonly mode: string; readonly options?: StringMap };
  readonly systemImages: SystemImages;
  readonly privateRegistries?: readonly PrivateRegistry[];
  readonly ingress: IngressSpec;
  readonly monitoring: MonitoringSpec;
  readonly dns: DnsSpec;
  readonly bastionHost?: BastionSpec;
  readonly sshKeyPath: string;
  readonly sshAgentAuth: boolean;
  readonly ignoreDockerVersion: boolean;
  readonly enableCriDockerd?: boolean;
  readonly prefixPath: string;
  readonly winPrefixPath?: string;
  /** Seconds to wait for an add-on to become available. */
  readonly addonJobTimeout: number;
  readonly criDockerdStreamServerAddress?: string;
  readonly criDockerdStreamServerPort?: string;
  readonly upgradeStrategy?: Readonly<Record<string, unknown>>;
  readonly rotateEncryptionKey: boolean;
  readonly cloudProvider?: { readonly name?: string } & Readonly<Record<string, unknown>>;
  /** The user's manifests: their text, and paths or URLs of more. */
  readonly addons?: string;
  readonly addonsInclude?: readonly string[];
  /** Helm charts of the user. A key of rke: RKE v1 ignores it in the state. */
  readonly addonsHelm?: readonly HelmReleaseSpec[];
  readonly restore?: Readonly<Record<string, unknown>>;
}

/** A chart of `addons_helm` and how it is rendered. */
export interface HelmReleaseSpec {
  readonly name: string;
  readonly namespace: string;
  /** Name of the chart in `repo`; empty with `path`. */
  readonly chart?: string;
  /** URL of a repository; exactly one of `repo` and `path` is set. */
  readonly repo?: string;
  /** Directory or archive of a chart on this machine. */
  readonly path?: string;
  readonly version?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly valuesFiles?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly username?: string;
  readonly password?: string;
}

export type StringMap = Readonly<Record<string, string>>;
export type Role = 'controlplane' | 'etcd' | 'worker';

export interface NodeSpec {
  /** Identity of the node and target of SSH. */
  readonly address: string;
  readonly port: string;
  /** Address for traffic between nodes; defaults to `address`. */
  readonly internalAddress: string;
  readonly role: readonly Role[];
  /** Name of the node in Kubernetes and etcd, in lower case; defaults to `address`. */
  readonly hostnameOverride: string;
  readonly user: string;
  readonly dockerSocket?: string;
  readonly sshAgentAuth?: boolean;
  readonly sshKey?: string;
  readonly sshKeyPath?: string;
  readonly sshCert?: string;
  readonly sshCertPath?: string;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface BastionSpec {
  readonly address?: string;
  readonly port?: string;
  readonly user?: string;
  readonly sshAgentAuth?: boolean;
  readonly sshKey?: string;
  readonly sshKeyPath?: string;
  readonly sshCert?: string;
  readonly sshCertPath?: string;
}

/** Settings that every component has (RKE types/rke_types.go BaseService). */
export interface ServiceSpec {
  readonly image: string;
  readonly extraArgs?: StringMap;
  readonly extraArgsArray?: Readonly<Record<string, readonly string[]>>;
  readonly extraBinds?: readonly string[];
  readonly extraEnv?: readonly string[];
  readonly winExtraArgs?: StringMap;
  readonly winExtraArgsArray?: Readonly<Record<string, readonly string[]>>;
  readonly winExtraBinds?: readonly string[];
  readonly winExtraEnv?: readonly string[];
}

export interface ServicesSpec {
  readonly etcd: EtcdSpec;
  readonly kubeApi: KubeApiSpec;
  readonly kubeController: ServiceSpec & {
    readonly clusterCidr: string;
    readonly serviceClusterIpRange: string;
  };
  readonly scheduler: ServiceSpec;
  readonly kubelet: KubeletSpec;
  readonly kubeproxy: ServiceSpec;
}

export interface EtcdSpec extends ServiceSpec {
  readonly snapshot?: boolean;
  /** Go durations, e.g. `72h`. */
  readonly retention?: string;
  readonly creation?: string;
  readonly backupConfig?: EtcdBackup;
  readonly uid?: number;
  readonly gid?: number;
  readonly externalUrls?: readonly string[];
  readonly path?: string;
  readonly caCert?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface EtcdBackup {
  readonly enabled?: boolean;
  readonly intervalHours?: number;
  /** Number of snapshots to keep. */
  readonly retention?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly safeTimestamp?: boolean;
  readonly s3BackupConfig?: S3Backup | null;
}

export interface S3Backup {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly bucketName?: string;
  readonly region?: string;
  readonly endpoint: string;
  readonly customCa?: string;
  readonly folder?: string;
}

export interface KubeApiSpec extends ServiceSpec {
  readonly serviceClusterIpRange: string;
  readonly serviceNodePortRange: string;
  readonly podSecurityConfiguration?: string;
  readonly alwaysPullImages?: boolean;
  readonly auditLog?: AuditLogSpec;
  readonly admissionConfiguration?: Readonly<Record<string, unknown>>;
  readonly eventRateLimit?: {
    readonly enabled?: boolean;
    readonly configuration?: Readonly<Record<string, unknown>>;
  };
  readonly secretsEncryptionConfig?: { readonly enabled?: boolean; readonly customConfig?: unknown };
}

export interface AuditLogSpec {
  readonly enabled: boolean;
  /** Undefined if the log is off. */
  readonly configuration?: {
    readonly maxAge: number;
    readonly maxBackup: number;
    readonly maxSize: number;
    readonly path: string;
    readonly format: string;
    readonly policy: Readonly<Record<string, unknown>>;
  };
}

export interface KubeletSpec extends ServiceSpec {
  readonly clusterDomain: string;
  readonly clusterDnsServer: string;
  readonly infraContainerImage: string;
  readonly failSwapOn?: boolean;
  readonly generateServingCertificate?: boolean;
}

export interface NetworkSpec {
  readonly plugin: string;
  /** Network plugin options under their flat YAML names, e.g. `flannel_backend_type`. */
  readonly options?: StringMap;
  readonly mtu?: number;
  readonly nodeSelector?: StringMap;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly updateStrategy?: UpdateStrategy;
}

/** `strategy` and `rollingUpdate` in the form of RKE's state (DaemonSetUpdateStrategy, DeploymentStrategy). */
export interface UpdateStrategy {
  readonly strategy?: string;
  readonly rollingUpdate?: { readonly maxUnavailable?: number | string; readonly maxSurge?: number | string };
}

export interface DnsSpec {
  readonly provider: string;
  readonly upstreamnameservers?: readonly string[];
  readonly reversecidrs?: readonly string[];
  readonly stubdomains?: Readonly<Record<string, readonly string[]>>;
  readonly nodeSelector?: StringMap;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly updateStrategy?: UpdateStrategy;
  readonly linearAutoscalerParams?: Readonly<Record<string, unknown>>;
  readonly nodelocal?: NodelocalSpec;
  readonly options?: StringMap;
}

/** The DNS cache of every node; it is deployed only with an address. */
export interface NodelocalSpec {
  readonly ipAddress?: string;
  readonly nodeSelector?: StringMap;
  readonly updateStrategy?: UpdateStrategy;
  readonly nodeLocalDnsPriorityClassName?: string;
}

export interface MonitoringSpec {
  readonly provider: string;
  readonly options?: StringMap;
  readonly replicas?: number;
  readonly metricsServerPriorityClassName?: string;
  readonly nodeSelector?: StringMap;
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly updateStrategy?: UpdateStrategy;
}

export interface IngressSpec {
  readonly provider: string;
  /** Settings of nginx. */
  readonly options?: StringMap;
  readonly nodeSelector?: StringMap;
  readonly extraArgs?: StringMap;
  readonly dnsPolicy?: string;
  /** Members of a container or a pod, as the Kubernetes API has them. */
  readonly extraEnvs?: readonly Readonly<Record<string, unknown>>[];
  readonly extraVolumes?: readonly Readonly<Record<string, unknown>>[];
  readonly extraVolumeMounts?: readonly Readonly<Record<string, unknown>>[];
  readonly updateStrategy?: UpdateStrategy;
  readonly httpPort?: number;
  readonly httpsPort?: number;
  /** `hostPort`, `hostNetwork` or `none`. */
  readonly networkMode?: string;
  /** Of the default backend of ingress-nginx, or of traefik. */
  readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  readonly defaultBackend?: boolean;
  readonly defaultIngressClass?: boolean;
  readonly nginxIngressControllerPriorityClassName?: string;
  readonly defaultHttpBackendPriorityClassName?: string;
}

export interface PrivateRegistry {
  readonly url?: string;
  readonly user?: string;
  readonly password?: string;
  readonly isDefault?: boolean;
  readonly ecrCredentialPlugin?: Readonly<Record<string, string>>;
}
