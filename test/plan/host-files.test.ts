import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { planNodes } from '../../src/plan/plan-nodes.js';
import { nodes, planInput } from './cluster.js';

const withEtcdUser = (spec: ClusterSpec): ClusterSpec => ({
  ...spec,
  services: { ...spec.services, etcd: { ...spec.services.etcd, uid: 52034, gid: 52035 } },
});

function planOf(address: string, change?: (spec: ClusterSpec) => ClusterSpec) {
  const plan = planNodes(planInput(change)).find(({ node }) => node.address === address);
  if (plan === undefined) throw new Error(`no plan for ${address}`);
  return plan;
}

const names = (address: string): string[] =>
  planOf(address).files.map(({ path }) => path.replace('/etc/kubernetes/', ''));

const everywhere = [
  'ssl/kube-proxy.pem',
  'ssl/kube-proxy-key.pem',
  'ssl/kubecfg-kube-proxy.yaml',
  'ssl/kube-node.pem',
  'ssl/kube-node-key.pem',
  'ssl/kubecfg-kube-node.yaml',
];
const members = ['10-0-0-1', '10-0-0-3', '10-0-0-4'].flatMap((name) => [
  `ssl/kube-etcd-${name}.pem`,
  `ssl/kube-etcd-${name}-key.pem`,
]);

describe('files of a host', () => {
  it('include three certificates on a worker, without the key of the CA', () => {
    expect(names(nodes.worker.address)).toEqual(['ssl/kube-ca.pem', ...everywhere]);
  });

  it('include the certificates of all members on an etcd host', () => {
    expect(names(nodes.member.address)).toEqual(['ssl/kube-ca.pem', ...everywhere, ...members]);
  });

  it('include the certificates of the components, the key of the CA and settings on a control plane', () => {
    const files = names(nodes.control.address);
    expect(files).toEqual([
      'ssl/kube-ca.pem',
      'ssl/kube-ca-key.pem',
      ...everywhere,
      'ssl/kube-apiserver.pem',
      'ssl/kube-apiserver-key.pem',
      'ssl/kube-service-account-token.pem',
      'ssl/kube-service-account-token-key.pem',
      'ssl/kube-controller-manager.pem',
      'ssl/kube-controller-manager-key.pem',
      'ssl/kubecfg-kube-controller-manager.yaml',
      'ssl/kube-scheduler.pem',
      'ssl/kube-scheduler-key.pem',
      'ssl/kubecfg-kube-scheduler.yaml',
      'ssl/kube-apiserver-requestheader-ca.pem',
      'ssl/kube-apiserver-requestheader-ca-key.pem',
      'ssl/kube-apiserver-proxy-client.pem',
      'ssl/kube-apiserver-proxy-client-key.pem',
      'admission.yaml',
      'audit-policy.yaml',
    ]);
  });

  it('never include those of kube-admin', () => {
    const all = Object.values(nodes).flatMap(({ address }) => names(address));
    expect(all.filter((name) => name.includes('kube-admin'))).toEqual([]);
  });

  it('are readable only by root', () => {
    for (const { address } of Object.values(nodes)) {
      expect(
        planOf(address).files.every(({ mode, uid, gid }) => mode === 0o600 && uid === 0 && gid === 0),
      ).toBe(true);
    }
  });

  it('end with one newline, and settings with one more than their text', () => {
    const contents = new Map(planOf(nodes.control.address).files.map(({ path, content }) => [path, content]));
    expect(contents.get('/etc/kubernetes/ssl/kube-ca.pem')).toBe('certificate of kube-ca\n');
    expect(contents.get('/etc/kubernetes/ssl/kubecfg-kube-node.yaml')).toBe('kubeconfig of kube-node\n');
    expect(contents.get('/etc/kubernetes/audit-policy.yaml')).toMatch(/- level: Metadata\n\n$/);
  });

  it('exclude a setting whose file extra_args override', () => {
    const { files, containers } = planOf(nodes.control.address, (spec) => ({
      ...spec,
      services: {
        ...spec.services,
        kubeApi: { ...spec.services.kubeApi, extraArgs: { 'admission-control-config-file': '/mine.yaml' } },
      },
    }));
    expect(files.some(({ path }) => path.endsWith('admission.yaml'))).toBe(false);
    const env = containers.find(({ name }) => name === 'kube-apiserver')?.env.join() ?? '';
    expect(env).not.toContain('RKE_ADMISSION_CONFIG_CHECKSUM');
  });
});

describe('etcd that runs as a user', () => {
  it('owns its certificates and its directory, and can read the CA', () => {
    const { files, directories, containers } = planOf(nodes.member.address, withEtcdUser);
    const owned = files.filter(({ uid, gid }) => uid === 52034 && gid === 52035).map(({ path }) => path);
    expect(owned).toEqual(members.map((name) => `/etc/kubernetes/${name}`));
    expect(files.filter(({ mode }) => mode === 0o644).map(({ path }) => path)).toEqual([
      '/etc/kubernetes/ssl/kube-ca.pem',
    ]);
    expect(directories).toEqual([
      {
        path: '/var/lib/rancher/etcd',
        bind: '/var/lib/etcd:/var/lib/rancher/etcd/',
        mode: 0o700,
        uid: 52034,
        gid: 52034,
      },
    ]);
    expect(containers.find(({ name }) => name === 'etcd')?.user).toBe('52034:52034');
  });

  it('changes nothing on hosts without etcd', () => {
    const { files, directories } = planOf(nodes.worker.address, withEtcdUser);
    expect(files.every(({ mode, uid }) => mode === 0o600 && uid === 0)).toBe(true);
    expect(directories).toEqual([]);
  });
});
