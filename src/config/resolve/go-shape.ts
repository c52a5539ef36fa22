import { isRecord } from '../../core/stable.js';

/**
 * Members that Go writes even if they are empty, with what it writes: those of RKE's structs without `omitempty`
 * (types/rke_types.go, types/kontainerdriver…). `*` stands for any name. All other empty members are omitted.
 */
const always: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '': { sshAgentAuth: false, ignoreDockerVersion: null, enableCriDockerd: null, rotateEncryptionKey: false },
  'services.etcd.backupConfig': { s3BackupConfig: null },
  'services.etcd.backupConfig.s3BackupConfig': { endpoint: '' },
  'services.kubeApi.auditLog.configuration.policy': { rules: null },
  'services.kubeApi.auditLog.configuration.policy.rules[]': texts('level'),
  'services.kubeApi.admissionConfiguration': { plugins: null },
  'services.kubeApi.admissionConfiguration.plugins[]': { ...texts('name path'), configuration: null },
  'services.kubeApi.eventRateLimit.configuration': { limits: null },
  'services.kubeApi.eventRateLimit.configuration.limits[]': { type: '', qps: 0, burst: 0 },
  'network.calicoNetworkProvider': { cloudProvider: '' },
  'network.canalNetworkProvider': { iface: '' },
  'network.flannelNetworkProvider': { iface: '' },
  'upgradeStrategy.nodeDrainInput': { timeout: 0 },
  // A key of rke.
  'addonsHelm[]': texts('name namespace'),
  'cloudProvider.vsphereCloudProvider': { global: {}, network: {}, disk: {}, workspace: {} },
  'cloudProvider.harvesterCloudProvider': { cloudConfig: '' },
  'cloudProvider.awsCloudProvider': { global: {} },
  'cloudProvider.awsCloudProvider.global': {
    ...texts('zone vpc subnet-id routetable-id role-arn kubernetes-cluster-tag kubernetes-cluster-id'),
    'disable-security-group-ingress': false,
    ...texts('elb-security-group'),
    'disable-strict-zone-check': false,
  },
  'cloudProvider.awsCloudProvider.serviceOverride.*': texts(
    'service region url signing-region signing-method signing-name',
  ),
  'cloudProvider.azureCloudProvider': {
    ...texts('cloud tenantId subscriptionId resourceGroup location vnetName vnetResourceGroup subnetName'),
    ...texts('securityGroupName routeTableName primaryAvailabilitySetName vmType primaryScaleSetName'),
    ...texts('aadClientId aadClientSecret aadClientCertPath aadClientCertPassword'),
    cloudProviderBackoff: false,
    cloudProviderBackoffRetries: 0,
    cloudProviderBackoffExponent: 0,
    cloudProviderBackoffDuration: 0,
    cloudProviderBackoffJitter: 0,
    cloudProviderRateLimit: false,
    cloudProviderRateLimitQPS: 0,
    cloudProviderRateLimitBucket: 0,
    useInstanceMetadata: false,
    useManagedIdentityExtension: false,
    maximumLoadBalancerRuleCount: 0,
  },
  'cloudProvider.openstackCloudProvider': {
    global: {},
    loadBalancer: {},
    blockStorage: {},
    route: {},
    metadata: {},
  },
  'cloudProvider.openstackCloudProvider.global': texts(
    'auth-url username user-id password tenant-id tenant-name trust-id domain-id domain-name region ca-file',
  ),
  'cloudProvider.openstackCloudProvider.loadBalancer': {
    'lb-version': '',
    'use-octavia': false,
    ...texts('subnet-id floating-network-id lb-method lb-provider'),
    'create-monitor': false,
    ...texts('monitor-delay monitor-timeout'),
    'monitor-max-retries': 0,
    'manage-security-groups': false,
  },
  'cloudProvider.openstackCloudProvider.blockStorage': {
    'bs-version': '',
    'trust-device-path': false,
    'ignore-volume-az': false,
  },
  'cloudProvider.openstackCloudProvider.route': texts('router-id'),
  'cloudProvider.openstackCloudProvider.metadata': { 'search-order': '', 'request-timeout': 0 },
};

/** Pointers in Go, for which an explicit false or 0 is a value. */
const pointers: ReadonlySet<string> = new Set([
  // Not pointers, but the rules report an empty list of nodes or roles as an error.
  'nodes',
  'nodes[].role',
  'ignoreDockerVersion',
  'enableCriDockerd',
  'services.etcd.snapshot',
  'services.etcd.backupConfig.enabled',
  'services.kubeApi.auditLog.configuration.policy.rules[].omitManagedFields',
  'network.tolerations[].tolerationSeconds',
  'dns.tolerations[].tolerationSeconds',
  'ingress.tolerations[].tolerationSeconds',
  'monitoring.tolerations[].tolerationSeconds',
  'cloudProvider.useInstanceMetadataHostname',
  'cloudProvider.azureCloudProvider.excludeMasterFromStandardLB',
  'ingress.defaultBackend',
  'ingress.defaultIngressClass',
  'monitoring.replicas',
  'upgradeStrategy.drain',
  'upgradeStrategy.nodeDrainInput.ignoreDaemonSets',
]);

/** Maps of strings: entries of the user are kept, even if they are empty. */
const stringMaps =
  /(^|\.)(options|extraArgs|extraArgsArray|winExtraArgs|winExtraArgsArray|labels|nodeSelector|stubdomains)$/;
const blockMaps = /(^|\.)(virtualCenter|serviceOverride)$/;

/** Kubernetes objects and values of charts, kept as the user wrote them. */
const kept =
  /(^|\.)(rollingUpdate|policy\.metadata|plugins\[\]\.configuration|customConfig|extraEnvs|extraVolumes|extraVolumeMounts|addonsHelm\[\]\.values|serviceGraphEndpointAddServices|nodeSnatRedirectExclude)$/;

/**
 * Shapes a configuration as Go's encoder writes it to cluster.rkestate: empty strings, lists and maps, 0 and false are omitted,
 * except for the members that RKE always writes.
 */
export function goShape<Config extends object>(config: Config): Config {
  return shapeValue(config, '') as Config;
}

function shapeValue(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shapeValue(item, `${path}[]`));
  if (!isRecord(value) || kept.test(path) || stringMaps.test(path)) return value;
  const written = always[path] ?? always[path.replace(/\.[^.]+$/, '.*')] ?? {};
  const set = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    Object.entries({ ...written, ...Object.fromEntries(set) }).flatMap(([name, member]) => {
      const memberPath = path === '' ? name : `${path}.${name}`;
      const shape = shapeValue(member, memberPath);
      return isEmpty(shape, memberPath) && !(name in written) && !pointers.has(memberPath)
        ? []
        : [[name, shape]];
    }),
  );
}

/** In Go a struct is never empty; a map without entries is. */
function isEmpty(value: unknown, path: string): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value))
    return (stringMaps.test(path) || blockMaps.test(path)) && Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function texts(names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, '']));
}
