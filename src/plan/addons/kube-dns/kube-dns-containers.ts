import type { ClusterSpec } from '../../../config/cluster-spec.js';
import { systemImage } from '../system-image.js';

type Fields = Readonly<Record<string, unknown>>;

/** Volume with the ConfigMap `kube-dns`. */
export const configVolume = 'kube-dns-config';

/** Where kubedns answers for the domain of the cluster. */
const kubednsAddress = '127.0.0.1#10053';

/** kubedns answers for the cluster, dnsmasq caches and forwards, the sidecar measures both. */
export function kubeDnsContainers(spec: ClusterSpec): Fields[] {
  return [kubedns(spec), dnsmasq(spec), sidecar(spec)];
}

function kubedns(spec: ClusterSpec): Fields {
  return {
    name: 'kubedns',
    image: systemImage(spec, 'kubedns'),
    args: [
      `--domain=${spec.services.kubelet.clusterDomain}.`,
      '--dns-port=10053',
      '--config-dir=/kube-dns-config',
      '--v=2',
    ],
    env: [{ name: 'PROMETHEUS_PORT', value: '10055' }],
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    ports: [
      { name: 'dns-local', containerPort: 10053, protocol: 'UDP' },
      { name: 'dns-tcp-local', containerPort: 10053, protocol: 'TCP' },
      { name: 'metrics', containerPort: 10055, protocol: 'TCP' },
    ],
    livenessProbe: liveness('/healthcheck/kubedns'),
    readinessProbe: {
      httpGet: { path: '/readiness', port: 8081, scheme: 'HTTP' },
      initialDelaySeconds: 3,
      timeoutSeconds: 5,
    },
    volumeMounts: [{ name: configVolume, mountPath: '/kube-dns-config' }],
  };
}

function dnsmasq(spec: ClusterSpec): Fields {
  const { reversecidrs = [] } = spec.dns;
  const zones = reversecidrs.length === 0 ? ['in-addr.arpa', 'ip6.arpa'] : reversecidrs;
  return {
    name: 'dnsmasq',
    image: systemImage(spec, 'dnsmasq'),
    args: [
      '-v=2',
      '-logtostderr',
      '-configDir=/etc/k8s/dns/dnsmasq-nanny',
      '-restartDnsmasq=true',
      '--',
      '-k',
      '--cache-size=1000',
      '--log-facility=-',
      ...[spec.services.kubelet.clusterDomain, ...zones].map((zone) => `--server=/${zone}/${kubednsAddress}`),
    ],
    resources: { requests: { cpu: '150m', memory: '20Mi' } },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
    ],
    livenessProbe: liveness('/healthcheck/dnsmasq'),
    volumeMounts: [{ name: configVolume, mountPath: '/etc/k8s/dns/dnsmasq-nanny' }],
  };
}

function sidecar(spec: ClusterSpec): Fields {
  const name = `kubernetes.default.svc.${spec.services.kubelet.clusterDomain}`;
  return {
    name: 'sidecar',
    image: systemImage(spec, 'kubednsSidecar'),
    args: [
      '--v=2',
      '--logtostderr',
      `--probe=kubedns,127.0.0.1:10053,${name},5,A`,
      `--probe=dnsmasq,127.0.0.1:53,${name},5,A`,
    ],
    resources: { requests: { cpu: '10m', memory: '20Mi' } },
    ports: [{ name: 'metrics', containerPort: 10054, protocol: 'TCP' }],
    livenessProbe: liveness('/metrics'),
  };
}

/** The sidecar answers for all three. */
function liveness(path: string): Fields {
  return {
    httpGet: { path, port: 10054, scheme: 'HTTP' },
    initialDelaySeconds: 60,
    timeoutSeconds: 5,
    successThreshold: 1,
    failureThreshold: 5,
  };
}
