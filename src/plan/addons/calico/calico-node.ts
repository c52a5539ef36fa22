import type { Fields } from '../../../core/fields.js';
import type { CalicoRevision } from './calico-revision.js';
import { configEnv, fieldEnv, type EnvVar } from '../container-env.js';
import { servicesEndpoint } from './services-endpoint.js';

/** What calico and canal do differently in the containers that both have. */
export interface NodeVariant {
  readonly images: { readonly node: string; readonly cni: string; readonly flexVolume: string | undefined };
  /** The ConfigMap that the containers read. */
  readonly configName: string;
  /** File in the CNI directory of the host. */
  readonly cniFile: string;
  /** True if the configuration of the CNI plugin has the MTU in its text, and not as a word to replace. */
  readonly hasMtuInText: boolean;
  /** True if the CNI plugin uses the account of the pod. */
  readonly sharesAccount: boolean;
  /** Of calico-node, all of it. */
  readonly env: readonly EnvVar[];
  /** Words after `/bin/calico-node`. */
  readonly livenessArgs: readonly string[];
  readonly readiness: Fields;
}

const privileged = { privileged: true };

/** Of the init containers that write to the host. */
export function initSecurity({ isPrivileged }: CalicoRevision): Fields {
  return isPrivileged ? { securityContext: privileged } : {};
}

/** `IfNotPresent` from the revision on that says so. */
export function pullPolicy(isSet: boolean): Fields {
  return isSet ? { imagePullPolicy: 'IfNotPresent' } : {};
}

/** The init container that puts the CNI plugins and their configuration on the host. */
export function installCni(revision: CalicoRevision, variant: NodeVariant): Fields {
  const { usesKubeletConfig } = revision;
  const { hasMtuInText } = variant;
  return {
    name: 'install-cni',
    image: variant.images.cni,
    ...pullPolicy(revision.pullPolicy !== 'none'),
    command: [usesKubeletConfig ? '/install-cni.sh' : '/opt/cni/bin/install'],
    ...servicesEndpoint(revision),
    env: [
      ...accountEnv(revision, variant),
      { name: 'CNI_CONF_NAME', value: variant.cniFile },
      configEnv('CNI_NETWORK_CONFIG', variant.configName, 'cni_network_config'),
      fieldEnv('KUBERNETES_NODE_NAME', 'spec.nodeName'),
      ...(hasMtuInText ? [] : [configEnv('CNI_MTU', variant.configName, 'veth_mtu')]),
      { name: 'SLEEP', value: 'false' },
    ],
    volumeMounts: [
      { mountPath: '/host/opt/cni/bin', name: 'cni-bin-dir' },
      { mountPath: '/host/etc/cni/net.d', name: 'cni-net-dir' },
    ],
    ...initSecurity(revision),
  };
}

/** The CNI plugin gets a token of the account of the pod. */
export function accountEnv(
  { requestsToken }: CalicoRevision,
  { sharesAccount }: Pick<NodeVariant, 'sharesAccount'>,
): EnvVar[] {
  return requestsToken && sharesAccount
    ? [fieldEnv('CALICO_CNI_SERVICE_ACCOUNT', 'spec.serviceAccountName')]
    : [];
}

/** Init containers after install-cni: the FlexVolume driver and the BPF file system. */
export function hostPreparation(revision: CalicoRevision, { images }: NodeVariant): Fields[] {
  const flexVolume = {
    name: 'flexvol-driver',
    image: images.flexVolume,
    volumeMounts: [{ name: 'flexvol-driver-host', mountPath: '/host/driver' }],
    ...initSecurity(revision),
  };
  const mountBpf = {
    name: 'mount-bpffs',
    image: images.node,
    ...pullPolicy(revision.pullPolicy !== 'none'),
    command: ['calico-node', '-init', '-best-effort'],
    volumeMounts: [
      { mountPath: '/sys/fs', name: 'sys-fs', mountPropagation: 'Bidirectional' },
      { mountPath: '/var/run/calico', name: 'var-run-calico', mountPropagation: 'Bidirectional' },
      { mountPath: '/nodeproc', name: 'nodeproc', readOnly: true },
    ],
    securityContext: privileged,
  };
  return [...(revision.hasFlexVolume ? [flexVolume] : []), ...(revision.bpf === 'mounted' ? [mountBpf] : [])];
}

export function calicoNode(revision: CalicoRevision, variant: NodeVariant): Fields {
  const { isPrivileged, reportsNodeStatus } = revision;
  const timeout = reportsNodeStatus ? { timeoutSeconds: 10 } : {};
  return {
    name: 'calico-node',
    image: variant.images.node,
    ...pullPolicy(revision.pullPolicy !== 'none'),
    ...servicesEndpoint(revision),
    env: variant.env,
    securityContext: privileged,
    resources: { requests: { cpu: '250m' } },
    ...(reportsNodeStatus
      ? { lifecycle: { preStop: { exec: { command: ['/bin/calico-node', '-shutdown'] } } } }
      : {}),
    livenessProbe: {
      ...(isPrivileged
        ? { exec: { command: ['/bin/calico-node', ...variant.livenessArgs] } }
        : askFelix('liveness')),
      periodSeconds: 10,
      initialDelaySeconds: 10,
      failureThreshold: 6,
      ...timeout,
    },
    readinessProbe: { ...variant.readiness, periodSeconds: 10, ...timeout },
    volumeMounts: nodeMounts(revision),
  };
}

/** Asks Felix over HTTP. */
export function askFelix(what: 'liveness' | 'readiness'): Fields {
  return { httpGet: { path: `/${what}`, port: 9099, host: 'localhost' } };
}

function nodeMounts({ bpf, mountsCniLog, reportsNodeStatus }: CalicoRevision): Fields[] {
  const bpfMounts: Readonly<Record<CalicoRevision['bpf'], readonly Fields[]>> = {
    none: [],
    sysfs: [{ name: 'sysfs', mountPath: '/sys/fs/', mountPropagation: 'Bidirectional' }],
    mounted: [{ name: 'bpffs', mountPath: '/sys/fs/bpf' }],
  };
  return [
    ...(reportsNodeStatus
      ? [{ mountPath: '/host/etc/cni/net.d', name: 'cni-net-dir', readOnly: false }]
      : []),
    { mountPath: '/lib/modules', name: 'lib-modules', readOnly: true },
    { mountPath: '/run/xtables.lock', name: 'xtables-lock', readOnly: false },
    { mountPath: '/var/run/calico', name: 'var-run-calico', readOnly: false },
    { mountPath: '/var/lib/calico', name: 'var-lib-calico', readOnly: false },
    { name: 'policysync', mountPath: '/var/run/nodeagent' },
    ...bpfMounts[bpf],
    ...(mountsCniLog ? [{ name: 'cni-log-dir', mountPath: '/var/log/calico/cni', readOnly: true }] : []),
  ];
}
