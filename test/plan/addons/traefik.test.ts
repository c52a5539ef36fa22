import { describe, expect, it } from 'vitest';
import { recordAt } from '../../../src/core/fields.js';
import { loadCluster } from '../../../src/config/validate.js';
import type { IngressSpec } from '../../../src/config/cluster-spec.js';
import { describeRef, objectRef } from '../../../src/plan/addons/object-ref.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import { objectIn, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

function specWith(ingress: Partial<IngressSpec> = {}) {
  const spec = sampleSpec({ ingress: { provider: 'traefik', ...ingress } });
  return { ...spec, systemImages: { ...spec.systemImages, traefik: 'mirror/traefik:v3' } };
}
const daemonSet = 'DaemonSet ingress-traefik/traefik-ingress-controller';
const pod = (ingress: Partial<IngressSpec> = {}) => podSpec(objectIn(specWith(ingress), daemonSet));
function container(ingress: Partial<IngressSpec> = {}) {
  const [found] = pod(ingress)['containers'] as Record<string, unknown>[];
  return found ?? {};
}
const args = (ingress: Partial<IngressSpec> = {}) => container(ingress)['args'] as string[];
const namesOf = (ingress: Partial<IngressSpec> = {}): string[] =>
  (
    planAddons(specWith(ingress), catalog).find(({ name }) => name === 'rke-ingress-traefik')?.objects ?? []
  ).map((object) => describeRef(objectRef(object)));

describe('traefik', () => {
  it('has a namespace, an account, a role, both classes and a DaemonSet', () => {
    expect(namesOf()).toEqual([
      'Namespace ingress-traefik',
      'ServiceAccount ingress-traefik/traefik-ingress-controller',
      'ClusterRole ingress-traefik',
      'ClusterRoleBinding ingress-traefik',
      'IngressClass nginx',
      'IngressClass traefik',
      daemonSet,
    ]);
  });

  it('serves the class nginx with the annotations of ingress-nginx unless that provider is off', () => {
    expect(args()).toContain('--providers.kubernetesingressnginx.watchingresswithoutclass=true');
    const off = { extraArgs: { 'providers.kubernetesIngressNGINX': 'false' } };
    expect(args(off).filter((one) => one.includes('kubernetesingressnginx'))).toEqual([]);
    expect(namesOf(off)).not.toContain('IngressClass nginx');
  });

  it('makes the class traefik the default one, unless the file turns it off', () => {
    const marks = (ingress: Partial<IngressSpec>) =>
      ['nginx', 'traefik'].map((name) =>
        recordAt(recordAt(objectIn(specWith(ingress), `IngressClass ${name}`), 'metadata'), 'annotations'),
      );
    expect(marks({})).toEqual([{}, { 'ingressclass.kubernetes.io/is-default-class': 'true' }]);
    expect(marks({ defaultIngressClass: false })).toEqual([{}, {}]);
  });

  it('sends no telemetry, has no dashboard, and takes the flags of the file', () => {
    expect(args()).toEqual(
      expect.arrayContaining(['--global.checknewversion=false', '--global.sendanonymoususage=false']),
    );
    expect(args().filter((one) => /api|dashboard|metrics/.test(one))).toEqual([]);
    const given = args({
      extraArgs: { 'global.sendAnonymousUsage': 'true', 'log.level': 'DEBUG', accesslog: '' },
    });
    expect(given).toEqual(
      expect.arrayContaining(['--global.sendanonymoususage=true', '--log.level=DEBUG', '--accesslog']),
    );
    expect(given).not.toContain('--global.sendanonymoususage=false');
  });

  it.each([
    ['hostPort', { httpPort: 8080 }, [8000, 8443], [8080, 443], false],
    ['none', {}, [8000, 8443], [undefined, undefined], false],
    ['hostNetwork', {}, [80, 443], [undefined, undefined], true],
    ['hostNetwork', { httpPort: 8080, httpsPort: 8444 }, [8080, 8444], [undefined, undefined], false],
  ])(
    'opens the ports of %s %j, as root only where Linux asks for it',
    (networkMode, more, inPod, onNode, isRoot) => {
      const ingress = { networkMode, ...more };
      const ports = container(ingress)['ports'] as Record<string, unknown>[];
      expect(ports.slice(0, 2).map((port) => port['containerPort'])).toEqual(inPod);
      expect(ports.slice(0, 2).map((port) => port['hostPort'])).toEqual(onNode);
      expect(args(ingress)).toContain(`--entrypoints.web.address=:${inPod[0]}/tcp`);
      expect(pod(ingress)['hostNetwork']).toBe(networkMode === 'hostNetwork' ? true : undefined);
      expect(recordAt(pod(ingress), 'securityContext')['runAsUser']).toBe(isRoot ? 0 : 65_532);
      expect(container(ingress)['securityContext']).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'], ...(isRoot ? { add: ['NET_BIND_SERVICE'] } : {}) },
      });
    },
  );

  it('takes the pod settings of the file, and leaves /tmp to it', () => {
    const ingress = {
      tolerations: [{ key: 'edge', operator: 'Exists' }],
      nodeSelector: { edge: 'true' },
      dnsPolicy: 'Default',
      nginxIngressControllerPriorityClassName: 'high',
      extraEnvs: [{ name: 'TZ', value: 'UTC' }],
      extraVolumes: [{ name: 'scratch', emptyDir: {} }],
      extraVolumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
    };
    expect(pod(ingress)).toMatchObject({
      tolerations: ingress.tolerations,
      nodeSelector: ingress.nodeSelector,
      dnsPolicy: 'Default',
      priorityClassName: 'high',
      volumes: ingress.extraVolumes,
    });
    expect(container(ingress)).toMatchObject({
      env: ingress.extraEnvs,
      volumeMounts: ingress.extraVolumeMounts,
    });
  });

  it('is pulled from the default registry, and an own image is possible', () => {
    const image = (more: string): string | undefined => {
      const text = `
nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]
kubernetes_version: v1.30.4-rancher1-1
network: { plugin: canal }
ingress: { provider: traefik }
${more}`;
      const result = loadCluster(text, { catalog });
      if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
      return result.value.systemImages['traefik'];
    };
    expect(image('')).toBe('traefik:v3.6.12');
    expect(image('private_registries: [{ url: reg.example.org, is_default: true }]')).toBe(
      'reg.example.org/traefik:v3.6.12',
    );
    expect(image('system_images: { traefik: "reg.example.org/own:v3" }')).toBe('reg.example.org/own:v3');
  });

  it('adds no image to a cluster that does not use it', () => {
    const text = `
nodes: [{ address: 10.0.0.1, user: ops, role: [controlplane, etcd, worker] }]
private_registries: [{ url: reg.example.org, is_default: true }]
`;
    const result = loadCluster(text, { catalog });
    expect(result.ok && 'traefik' in result.value.systemImages).toBe(false);
  });
});
