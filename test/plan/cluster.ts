import type { ClusterSpec, NodeSpec, Role } from '../../src/config/cluster-spec.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import type { ClusterPlanInput } from '../../src/plan/plan-nodes.js';
import { ownVectors, readVector, serviceOptions, snapshotImageTag } from './vector.js';

/** One host per role set: etcd and control plane, control plane, all, worker. */
export const nodes = {
  head: node('10.0.0.1', ['etcd', 'controlplane']),
  control: node('10.0.0.2', ['controlplane']),
  all: node('10.0.0.3', ['etcd', 'controlplane', 'worker']),
  member: node('10.0.0.4', ['etcd']),
  worker: node('10.0.0.5', ['worker']),
};

function node(address: string, role: readonly Role[]): NodeSpec {
  return {
    address,
    internalAddress: address,
    hostnameOverride: `n-${address}`,
    port: '22',
    user: 'root',
    role,
  };
}

/** Input for planning those hosts; everything else as in the minimal cluster.yml that RKE resolved. */
export function planInput(change: (spec: ClusterSpec) => ClusterSpec = (spec) => spec): ClusterPlanInput {
  const spec = change({
    ...readVector('001-minimal-one-node', ownVectors).resolved,
    nodes: Object.values(nodes),
  });
  return {
    spec,
    serviceOptions: serviceOptions(spec.kubernetesVersion),
    facts: new Map(
      spec.nodes.map(({ address }) => [
        address,
        {
          rootDir: '/var/lib/docker',
          osType: 'linux',
          operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
          architecture: 'x86_64',
          securityOptions: [],
        },
      ]),
    ),
    certificates: bundle,
    snapshotImageTag: snapshotImageTag(spec.kubernetesVersion),
    addonImages: ['rancher/mirrored-coredns-coredns:1.11.1'],
  };
}

const withKubeconfig = ['kube-proxy', 'kube-node', 'kube-controller-manager', 'kube-scheduler', 'kube-admin'];
const withoutKubeconfig = [
  'kube-ca',
  'kube-apiserver',
  'kube-service-account-token',
  'kube-apiserver-requestheader-ca',
  'kube-apiserver-proxy-client',
  'kube-etcd-10-0-0-1',
  'kube-etcd-10-0-0-3',
  'kube-etcd-10-0-0-4',
];

/** Texts that identify each certificate instead of real ones. PEM ends with a newline, a kubeconfig does not. */
const bundle: CertificateBundle = Object.fromEntries(
  [...withKubeconfig, ...withoutKubeconfig].map((name) => [
    name,
    {
      name,
      certificatePEM: `certificate of ${name}\n`,
      keyPEM: `key of ${name}\n`,
      config: withKubeconfig.includes(name) ? `kubeconfig of ${name}` : '',
      commonName: name,
      ouName: '',
      envName: '',
      path: '',
      keyEnvName: '',
      keyPath: '',
      configEnvName: '',
      configPath: '',
    },
  ]),
);
