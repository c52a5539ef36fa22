import { posix } from 'node:path';
import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { ClusterSpec } from '../cluster-spec.js';
import type { Component } from './components.js';

/**
 * The binds that RKE v1 adds to a component (cluster/plan.go), as far as cluster.yml decides: for Docker's default directory, and
 * for a host whose operating system does not change the prefix. A test compares them with the plan.
 */
export function builtInBinds({ name }: Pick<Component, 'name'>, spec: ClusterSpec): readonly string[] {
  const isRelabelled = !isAtLeast(spec.kubernetesVersion, '1.22');
  const binds = [`${under(spec, '/etc/kubernetes')}:/etc/kubernetes:z`, ...bindsOf(name, spec)];
  return isRelabelled ? binds : binds.map((bind) => bind.replace(/,z$|:z$/, ''));
}

function bindsOf(name: Component['name'], spec: ClusterSpec): string[] {
  if (name === 'etcd') return [`${under(spec, '/var/lib/etcd')}:/var/lib/rancher/etcd/:z`];
  if (name === 'kube-apiserver')
    return spec.services.kubeApi.auditLog?.enabled === true
      ? [`${under(spec, '/var/log/kube-audit')}:/var/log/kube-audit`]
      : [];
  if (name === 'kube-proxy') return ['/run:/run', '/lib/modules:/lib/modules:ro'];
  return name === 'kubelet' ? kubeletBinds(spec) : [];
}

function kubeletBinds(spec: ClusterSpec): string[] {
  const root = under(spec, '/var/lib/kubelet');
  return [
    ...(spec.enableCriDockerd === true && isAtLeast(spec.kubernetesVersion, '1.24')
      ? [`${under(spec, '/var/lib/cri-dockerd')}:/var/lib/cri-dockerd:z`]
      : []),
    ...['/etc/cni:/etc/cni:rw,z', '/opt/cni:/opt/cni:rw,z', `${under(spec, '/var/lib/cni')}:/var/lib/cni:z`],
    ...['/var/lib/calico:/var/lib/calico:z', '/etc/resolv.conf:/etc/resolv.conf', '/sys:/sys:rprivate'],
    '/var/lib/docker:/var/lib/docker:rw,rslave,z',
    `${root}:${root}:shared,z`,
    ...['/var/lib/rancher:/var/lib/rancher:shared,z', '/var/run:/var/run:rw,rprivate', '/run:/run:rprivate'],
    `${under(spec, '/etc/ceph')}:/etc/ceph`,
    ...['/dev:/host/dev:rprivate', '/var/log/containers:/var/log/containers:z'],
    ...['/var/log/pods:/var/log/pods:z', '/usr:/host/usr:ro', '/etc:/host/etc:ro'],
    ...(root === '/var/lib/kubelet'
      ? []
      : ['/var/lib/kubelet/volumeplugins:/var/lib/kubelet/volumeplugins:shared,z']),
  ];
}

const under = ({ prefixPath }: ClusterSpec, path: string): string => posix.join(prefixPath, path);
