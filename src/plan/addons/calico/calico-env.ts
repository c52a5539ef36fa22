import type { CalicoRevision } from './calico-revision.js';
import { configEnv, fieldEnv, valueEnv, type EnvVar } from '../container-env.js';
import type { Pools } from './pools.js';

/** Environment of calico-node in calico. */
export function calicoEnv(configName: string, { ipv4, ipv6 }: Pools, revision: CalicoRevision): EnvVar[] {
  const { requestsToken, usesKubeletConfig } = revision;
  const mtu = (name: string): EnvVar => configEnv(name, configName, 'veth_mtu');
  return [
    ...valueEnv({ DATASTORE_TYPE: 'kubernetes', WAIT_FOR_DATASTORE: 'true' }),
    fieldEnv('NODENAME', 'spec.nodeName'),
    configEnv('CALICO_NETWORKING_BACKEND', configName, 'calico_backend'),
    ...valueEnv({
      CLUSTER_TYPE: 'k8s,bgp',
      IP: 'autodetect',
      CALICO_IPV4POOL_IPIP: 'Always',
      ...(usesKubeletConfig ? {} : { CALICO_IPV4POOL_VXLAN: 'Never' }),
      ...(requestsToken ? { CALICO_IPV6POOL_VXLAN: 'Never' } : {}),
    }),
    mtu('FELIX_IPINIPMTU'),
    ...(usesKubeletConfig ? [] : [mtu('FELIX_VXLANMTU'), mtu('FELIX_WIREGUARDMTU')]),
    ...valueEnv({
      CALICO_IPV4POOL_CIDR: ipv4,
      ...(ipv6 === undefined ? {} : { CALICO_IPV6POOL_CIDR: ipv6 }),
      CALICO_DISABLE_FILE_LOGGING: 'true',
      FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
      ...(ipv6 === undefined
        ? { FELIX_IPV6SUPPORT: 'false' }
        : { FELIX_IPV6SUPPORT: 'true', IP6: 'autodetect', CALICO_IPV6POOL_NAT_OUTGOING: 'true' }),
      ...(usesKubeletConfig ? { FELIX_LOGSEVERITYSCREEN: 'info' } : felixLogs),
      FELIX_HEALTHENABLED: 'true',
      ...iptablesBackend(revision),
    }),
  ];
}

/** Felix writes warnings to its output and nothing to files. */
export const felixLogs = {
  FELIX_LOGFILEPATH: 'none',
  FELIX_LOGSEVERITYSYS: '',
  FELIX_LOGSEVERITYSCREEN: 'Warning',
} as const;

/** Felix finds out whether the host has nftables, from Calico 3.16 on. */
export function iptablesBackend({ usesKubeletConfig }: CalicoRevision): Readonly<Record<string, string>> {
  return usesKubeletConfig ? {} : { FELIX_IPTABLESBACKEND: 'auto' };
}
