import { isRecord } from '../../core/stable.js';

/**
 * Members that Go writes although they are empty, and what it writes then: those of RKE's structs without `omitempty`
 * (types/rke_types.go, types/kontainerdriver…). `*` stands for any name. Everything else that is empty leaves no trace.
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

/** Pointers of Go: an explicit false or 0 is a value of its own. */
const pointers: ReadonlySet<string> = new Set([
  // No pointers, but a cluster without nodes and a node without a role are mistakes that the rules tell.
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

/** Maps of words: what the user wrote in them stays, empty or not. */
const wordMaps =
  /(^|\.)(options|extraArgs|extraArgsArray|winExtraArgs|winExtraArgsArray|labels|nodeSelector|stubdomains)$/;
const blockMaps = /(^|\.)(virtualCenter|serviceOverride)$/;

/** Kubernetes' own objects stay as the user wrote them. */
const kept =
  /(^|\.)(rollingUpdate|policy\.metadata|plugins\[\]\.configuration|customConfig|extraEnvs|extraVolumes|extraVolumeMounts|serviceGraphEndpointAddServices|nodeSnatRedirectExclude)$/;

/**
 * A configuration as Go's encoder writes it to cluster.rkestate: empty texts, lists and maps, zero and false are left out,
 * but for the members that RKE always writes.
 */
export function goShape<Config extends object>(config: Config): Config {
  return shaped(config, '') as Config;
}

function shaped(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => shaped(item, `${path}[]`));
  if (!isRecord(value) || kept.test(path) || wordMaps.test(path)) return value;
  const written = always[path] ?? always[path.replace(/\.[^.]+$/, '.*')] ?? {};
  const set = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    Object.entries({ ...written, ...Object.fromEntries(set) }).flatMap(([name, member]) => {
      const memberPath = path === '' ? name : `${path}.${name}`;
      const shape = shaped(member, memberPath);
      return isEmpty(shape, memberPath) && !(name in written) && !pointers.has(memberPath)
        ? []
        : [[name, shape]];
    }),
  );
}

/** An object is never empty for Go, a map without entries is. */
function isEmpty(value: unknown, path: string): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value))
    return (wordMaps.test(path) || blockMaps.test(path)) && Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function texts(names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, '']));
}
