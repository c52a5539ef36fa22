/** Defaults of `network.aci_network_provider` by RKE's JSON name (RKE cluster/network.go). */
const aciDefaults: Readonly<Record<string, string>> = {
  apicRefreshTime: '1200',
  ovsMemoryLimit: '1Gi',
  ovsMemoryRequest: '128Mi',
  imagePullPolicy: 'Always',
  serviceMonitorInterval: '5',
  pbrTrackingNonSnat: 'false',
  installIstio: 'false',
  istioProfile: 'demo',
  dropLogEnable: 'true',
  controllerLogLevel: 'info',
  hostAgentLogLevel: 'info',
  opflexLogLevel: 'info',
  useAciCniPriorityClass: 'false',
  noPriorityClass: 'false',
  maxNodesSvcGraph: '32',
  snatContractScope: 'global',
  podSubnetChunkSize: '32',
  enableEndpointSlice: 'false',
  snatNamespace: 'aci-containers-system',
  snatPortRangeStart: '5000',
  snatPortRangeEnd: '65000',
  snatPortsPerNode: '3000',
  opflexClientSsl: 'true',
  usePrivilegedContainer: 'false',
  useHostNetnsVolume: 'false',
  useOpflexServerVolume: 'false',
  capic: 'false',
  useAciAnywhereCrd: 'false',
  runGbpContainer: 'false',
  runOpflexServerContainer: 'false',
  durationWaitForNetwork: '210',
  disableWaitForNetwork: 'false',
  apicSubscriptionDelay: '0',
  apicRefreshTickerAdjust: '0',
  disablePeriodicSnatGlobalInfoSync: 'false',
  opflexDeviceDeleteTimeout: '0',
  mtuHeadRoom: '0',
  nodePodIfEnable: 'false',
  sriovEnable: 'false',
  multusDisable: 'true',
  useClusterRole: 'true',
  noWaitForServiceEpReadiness: 'false',
  addExternalSubnetsToRdconfig: 'false',
  serviceGraphEndpointAddDelay: '0',
  hppOptimization: 'false',
  sleepTimeSnatGlobalInfoSync: '0',
  opflexAgentOpflexAsyncjsonEnabled: 'false',
  opflexAgentOvsAsyncjsonEnabled: 'false',
  opflexAgentPolicyRetryDelayTimer: '10',
  aciMultipod: 'false',
  aciMultipodUbuntu: 'false',
  dhcpRenewMaxRetryCount: '0',
  dhcpDelay: '0',
  useSystemNodePriorityClass: 'false',
  aciContainersMemoryRequest: '128Mi',
  aciContainersMemoryLimit: '3Gi',
  opflexAgentStatistics: 'true',
  addExternalContractToDefaultEpg: 'false',
  enableOpflexAgentReconnect: 'false',
  opflexOpensslCompat: 'false',
  tolerationSeconds: '600',
  disableHppRendering: 'false',
  apicConnectionRetryLimit: '5',
  taintNotReadyNode: 'false',
  dropLogDisableEvents: 'false',
  opflexStartupEnabled: 'false',
  opflexStartupPolicyDuration: '60',
  opflexStartupResolveAftConn: 'false',
  opflexSwitchSyncDelay: '5',
  opflexSwitchSyncDynamic: '10',
  enableHppDirect: 'false',
};

/** Defaults that apply only if the block is set; they are not options of the plugin without it. */
const blockOnly = new Set([
  ...['aciContainersMemoryRequest', 'aciContainersMemoryLimit', 'addExternalContractToDefaultEpg'],
  ...['apicConnectionRetryLimit', 'disableHppRendering', 'dropLogDisableEvents', 'enableHppDirect'],
  ...['enableOpflexAgentReconnect', 'opflexAgentStatistics', 'opflexOpensslCompat', 'taintNotReadyNode'],
  'tolerationSeconds',
]);

const pluginDefaults = Object.fromEntries(
  Object.entries(aciDefaults).filter(([name]) => !blockOnly.has(name)),
);

/** Keys without a default; each of them is written as an option too. */
const withoutDefault = `
systemId token apicUserName apicUserKey apicUserCrt vmmDomain vmmController encapType nodeSubnet mcastRangeStart mcastRangeEnd
aep vrfName vrfTenant l3out externDynamic externStatic nodeSvcSubnet kubeApiVlan serviceVlan infraVlan tenant imagePullSecret
epRegistry opflexMode subnetDomainName kafkaClientCrt kafkaClientKey overlayVrfName gbpPodSubnet opflexServerPort
opflexDeviceReconnectWaitTimeout aciContainersControllerMemoryRequest aciContainersControllerMemoryLimit
aciContainersHostMemoryRequest aciContainersHostMemoryLimit mcastDaemonMemoryRequest mcastDaemonMemoryLimit
opflexAgentMemoryRequest opflexAgentMemoryLimit unknownMacUnicastAction opflexAgentResetWaitDelay
`
  .trim()
  .split(/\s+/);

/** Options that are not named `aci_` plus the key. */
const optionNames: Readonly<Record<string, string>> = {
  systemId: 'aci_system_identifier',
  externDynamic: 'aci_dynamic_external_subnet',
  externStatic: 'aci_static_external_subnet',
  nodeSvcSubnet: 'aci_service_graph_subnet',
  kubeApiVlan: 'aci_kubeapi_vlan',
  serviceMonitorInterval: 'aci_server_monitor_interval',
  opflexLogLevel: 'aci_opflex_agent_log_level',
};

/** The option for a key of the block, given by its JSON name. */
export function aciOption(name: string): string {
  return optionNames[name] ?? `aci_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** The key of the block for an option, e.g. `extern_dynamic` for `aci_dynamic_external_subnet`. */
export function aciKey(option: string): string {
  const renamed = Object.entries(optionNames).find(([, name]) => name === option)?.[0];
  return renamed === undefined
    ? option.replace(/^aci_/, '')
    : renamed.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * Resolves the block with its defaults, and the flat options that RKE derives from them (RKE cluster/defaults.go:786-1066). RKE
 * reads the block whatever the plugin is; without a block, the plugin gets only the defaults. `tenant` stays empty: RKE sets it
 * to `system_id` only when it deploys the plugin (cluster/network.go:621).
 *
 * @param given `aci_network_provider`
 */
export function resolveAci(
  given: Readonly<Record<string, unknown>> | undefined,
  { isPlugin }: { readonly isPlugin: boolean },
): {
  readonly provider: Readonly<Record<string, unknown>> | undefined;
  readonly options: Readonly<Record<string, string>>;
} {
  const provider = given === undefined ? undefined : { ...aciDefaults, ...withoutEmpty(given) };
  const ofBlock =
    provider === undefined
      ? {}
      : { ...Object.fromEntries(withoutDefault.map((name) => [name, ''])), ...textsOf(provider) };
  const values: Readonly<Record<string, unknown>> = { ...(isPlugin ? pluginDefaults : {}), ...ofBlock };
  return {
    provider,
    options: {
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [aciOption(name), String(value)])),
      // A bug in RKE: it also sets two defaults of the plugin under the names of its Go fields.
      ...(isPlugin ? { AciContainersMemoryRequest: '128Mi', AciContainersMemoryLimit: '3Gi' } : {}),
    },
  };
}

const withoutEmpty = (part: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined && value !== ''));

const textsOf = (part: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => typeof value === 'string'));
