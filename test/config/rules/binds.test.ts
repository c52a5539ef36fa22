import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../src/config/rules/components.js';
import { ownBinds } from '../../../src/config/rules/own-binds.js';
import { planCluster } from '../../../src/run/plan-cluster.js';
import { base, catalog, errorsOf, found, foundWhileRunning, specOf } from './found.js';

const withBinds = (service: string, ...binds: readonly string[]): string =>
  `${base}services:\n  ${service}:\n    extra_binds:\n${binds.map((bind) => `      - ${JSON.stringify(bind)}\n`).join('')}`;

describe('a bind that no container can have', () => {
  it.each<[service: string, bind: string, told: RegExp]>([
    ['kubeproxy', '/lib/modules:/lib/modules', /kube-proxy has anyway \(\/lib\/modules:\/lib\/modules:ro\)/],
    ['kubeproxy', '/usr/lib/modules:/lib/modules:ro', /kube-proxy has anyway/],
    ['kubeproxy', '/var/run:/run/', /\/run is a mount point that kube-proxy has anyway/],
    ['kubelet', '/opt/dev:/host//dev', /kubelet has anyway \(\/dev:\/host\/dev:rprivate\)/],
    ['kubelet', '/var/lib/kubelet:/var/lib/kubelet:rshared', /kubelet has anyway/],
    ['kubelet', '/srv/tools:/opt/rke-tools', /kubelet has anyway \(RKE's tools\)/],
    ['kube-api', '/srv/audit:/var/log/kube-audit', /kube-apiserver has anyway/],
    ['kube-controller', '/srv/k8s:/etc/kubernetes', /kube-controller-manager has anyway/],
    ['scheduler', '/srv/k8s:/etc/x/../kubernetes', /kube-scheduler has anyway/],
    ['etcd', '/srv/etcd:/var/lib/rancher/etcd', /etcd has anyway/],
    ['kubelet', 'srv/data:/data', /expected an absolute path on the host, got "srv\/data"/],
    ['kubelet', './data:/data', /expected an absolute path on the host/],
    ['kubelet', '~/data:/data', /expected an absolute path on the host/],
    ['kubelet', '$HOME/data:/data', /expected an absolute path on the host/],
    ['kubelet', '/srv/data:data', /expected an absolute path in the container, got "data"/],
    ['kubelet', '/srv/data:', /no target behind the colon/],
    ['kubelet', ':/data', /no source/],
    ['kubelet', '/srv/data', /no target; write \/srv\/data:\/srv\/data/],
    ['kubelet', '/srv/data:ro', /no target; write \/srv\/data:\/srv\/data:ro/],
    ['kubelet', 'data', /no target/],
    ['kubelet', '/srv/data:/data:read', /"read" is not a mode/],
    ['kubelet', '/srv/data:/data:RO', /"RO" is not a mode; did you mean "ro"\?/],
    ['kubelet', '/srv/data:/data:rshard', /"rshard" is not a mode; did you mean "rshared"\?/],
    ['kubelet', '/srv/data:/data:ro,rw', /the modes ro and rw exclude each other/],
    ['kubelet', '/srv/data:/data:z,Z', /the modes z and Z exclude each other/],
    ['kubelet', '/srv/data:/data:rshared,slave', /exclude each other/],
    ['kubelet', '/srv/data:/data:ro:z', /got more parts/],
    ['kubelet', '/srv/data:/', /nothing can be mounted on the root/],
  ])('%s %s', (service, bind, told) => {
    const text = withBinds(service, bind);
    expect(found(text)).toEqual([
      expect.stringMatching(
        new RegExp(`^error 9:9 services\\.${service}\\.extra_binds\\[0\\]: .*${told.source}`),
      ),
    ]);
    // RKE never had it running, but where a state says so, it is left alone.
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it('names the other line of a target that the file has twice', () => {
    expect(found(withBinds('kubelet', '/srv/a:/data', '/srv/b:/x', '/srv/c:/data/.'))).toEqual([
      expect.stringMatching(/^error 11:9 .*: \/data is the target of "\/srv\/a:\/data" as well \(line 9\)/),
    ]);
  });

  it('warns of a volume of Docker where a directory may be meant', () => {
    expect(found(withBinds('kubelet', 'data:/data'))).toEqual([
      expect.stringMatching(/^warning 9:9 .*"data" is a volume of Docker, not a directory/),
    ]);
  });
});

describe('a bind that works', () => {
  it.each([
    '/srv/data:/data',
    '/srv/data:/data:rw',
    '/srv/data:/data:ro,z,rshared',
    ' /srv/data:/data ',
    '/srv/data:/data:',
    '/etc/iscsi:/etc/iscsi',
    '/srv/pods:/var/log/pods/extra',
    '/dev:/dev',
  ])('%s is taken', (bind) => {
    expect(found(withBinds('kubelet', bind))).toEqual([]);
  });

  it('is dropped in silence if the container has exactly the same', () => {
    expect(found(withBinds('kubeproxy', '/lib/modules:/lib/modules:ro', '/srv/a:/b', '/srv/a:/b'))).toEqual(
      [],
    );
  });
});

const versions = ['v1.20.15-rancher2-2', 'v1.22.17-rancher1-2', 'v1.26.15-rancher1-1', 'v1.30.4-rancher1-1'];
const settings = [
  '',
  'prefix_path: /opt/rke\n',
  'enable_cri_dockerd: false\n',
  'services: { kube-api: { audit_log: { enabled: false } } }\n',
];

describe('the binds that the rules know are those of the plan', () => {
  it.each(versions.flatMap((version) => settings.map((setting) => [version, setting] as const)))(
    '%s %s',
    (version, setting) => {
      const dockerd = version.startsWith('v1.20') && setting.includes('cri') ? '' : setting;
      const spec = specOf(`${base.replace('v1.30.4-rancher1-1', version)}${dockerd}`);
      const facts = new Map([['10.10.0.11', debian]]);
      const [node] = planCluster({ spec, catalog }, facts, { certificates: {}, encryptionConfig: '' }).nodes;
      for (const component of componentsOf(spec)) {
        const container = node?.containers.find(({ name }) => name === component.name);
        expect([...ownBinds(component, spec)].sort()).toEqual([...(container?.binds ?? [])].sort());
      }
    },
  );
});

const debian = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
};
