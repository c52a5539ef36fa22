import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../../src/config/rules/components.js';
import { builtInBinds } from '../../../src/config/rules/built-in-binds.js';
import { planCluster } from '../../../src/run/plan-cluster.js';
import { base, catalog, errorsOf, found, foundWhileRunning, specOf } from './found.js';

const withBinds = (service: string, ...binds: readonly string[]): string =>
  `${base}services:\n  ${service}:\n    extra_binds:\n${binds.map((bind) => `      - ${JSON.stringify(bind)}\n`).join('')}`;

describe('an invalid bind', () => {
  it.each<[service: string, bind: string, told: RegExp]>([
    [
      'kubeproxy',
      '/lib/modules:/lib/modules',
      /already mounted in kube-proxy \(\/lib\/modules:\/lib\/modules:ro\)/,
    ],
    ['kubeproxy', '/usr/lib/modules:/lib/modules:ro', /already mounted in kube-proxy/],
    ['kubeproxy', '/var/run:/run/', /\/run is already mounted in kube-proxy/],
    ['kubelet', '/opt/dev:/host//dev', /already mounted in kubelet \(\/dev:\/host\/dev:rprivate\)/],
    ['kubelet', '/var/lib/kubelet:/var/lib/kubelet:rshared', /already mounted in kubelet/],
    ['kubelet', '/srv/tools:/opt/rke-tools', /already mounted in kubelet \(rke-tools\)/],
    ['kube-api', '/srv/audit:/var/log/kube-audit', /already mounted in kube-apiserver/],
    ['kube-controller', '/srv/k8s:/etc/kubernetes', /already mounted in kube-controller-manager/],
    ['scheduler', '/srv/k8s:/etc/x/../kubernetes', /already mounted in kube-scheduler/],
    ['etcd', '/srv/etcd:/var/lib/rancher/etcd', /already mounted in etcd/],
    ['kubelet', 'srv/data:/data', /expected an absolute path on the host, got "srv\/data"/],
    ['kubelet', './data:/data', /expected an absolute path on the host/],
    ['kubelet', '~/data:/data', /expected an absolute path on the host/],
    ['kubelet', '$HOME/data:/data', /expected an absolute path on the host/],
    ['kubelet', '/srv/data:data', /expected an absolute path in the container, got "data"/],
    ['kubelet', '/srv/data:', /missing target; expected/],
    ['kubelet', ':/data', /missing source/],
    ['kubelet', '/srv/data', /missing target; write \/srv\/data:\/srv\/data/],
    ['kubelet', '/srv/data:ro', /missing target; write \/srv\/data:\/srv\/data:ro/],
    ['kubelet', 'data', /missing target/],
    ['kubelet', '/srv/data:/data:read', /invalid mode "read"/],
    ['kubelet', '/srv/data:/data:RO', /invalid mode "RO"; did you mean "ro"\?/],
    ['kubelet', '/srv/data:/data:rshard', /invalid mode "rshard"; did you mean "rshared"\?/],
    ['kubelet', '/srv/data:/data:ro,rw', /the modes ro and rw are mutually exclusive/],
    ['kubelet', '/srv/data:/data:z,Z', /the modes z and Z are mutually exclusive/],
    ['kubelet', '/srv/data:/data:rshared,slave', /mutually exclusive/],
    ['kubelet', '/srv/data:/data:ro:z', /got 4 parts/],
    ['kubelet', '/srv/data:/', /the root directory of a container cannot be a target/],
  ])('is refused under %s: %s', (service, bind, told) => {
    const text = withBinds(service, bind);
    expect(found(text)).toEqual([
      expect.stringMatching(
        new RegExp(`^error 9:9 services\\.${service}\\.extra_binds\\[0\\]: .*${told.source}`),
      ),
    ]);
    // No RKE cluster can run with it, but if a state contains it, it stays a warning.
    expect(errorsOf(foundWhileRunning(text))).toEqual([]);
  });

  it('names the line of the other bind if the file has a target twice', () => {
    expect(found(withBinds('kubelet', '/srv/a:/data', '/srv/b:/x', '/srv/c:/data/.'))).toEqual([
      expect.stringMatching(/^error 11:9 .*: \/data is already the target of "\/srv\/a:\/data" \(line 9\)/),
    ]);
  });

  it('is warned about if the source is a Docker volume and may be meant as a directory', () => {
    expect(found(withBinds('kubelet', 'data:/data'))).toEqual([
      expect.stringMatching(/^warning 9:9 .*"data" is a Docker volume, not a directory/),
    ]);
  });
});

describe('a valid bind', () => {
  it.each([
    '/srv/data:/data',
    '/srv/data:/data:rw',
    '/srv/data:/data:ro,z,rshared',
    ' /srv/data:/data ',
    '/srv/data:/data:',
    '/etc/iscsi:/etc/iscsi',
    '/srv/pods:/var/log/pods/extra',
    '/dev:/dev',
  ])('is accepted: %s', (bind) => {
    expect(found(withBinds('kubelet', bind))).toEqual([]);
  });

  it('is dropped without a warning if the container has the same bind', () => {
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

describe('the built-in binds of the rules are the binds of the plan', () => {
  it.each(versions.flatMap((version) => settings.map((setting) => [version, setting] as const)))(
    'in %s with %s',
    (version, setting) => {
      const dockerd = version.startsWith('v1.20') && setting.includes('cri') ? '' : setting;
      const spec = specOf(`${base.replace('v1.30.4-rancher1-1', version)}${dockerd}`);
      const facts = new Map([['10.10.0.11', debian]]);
      const [node] = planCluster({ spec, catalog }, facts, { certificates: {}, encryptionConfig: '' }).nodes;
      for (const component of componentsOf(spec)) {
        const container = node?.containers.find(({ name }) => name === component.name);
        expect([...builtInBinds(component, spec)].sort()).toEqual([...(container?.binds ?? [])].sort());
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
