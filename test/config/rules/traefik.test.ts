import { describe, expect, it } from 'vitest';
import { base, errorsOf, found } from './found.js';

const withIngress = (ingress: string, version = 'v1.30.4-rancher1-1'): string =>
  base.replace('ingress: { provider: none }', `ingress: ${ingress}`).replace(/v1\.30\.4-rancher1-1/, version);
const withTraefik = (more: string): string[] => found(withIngress(`{ provider: traefik, ${more} }`));

describe('ingress.provider traefik', () => {
  it('is accepted without a warning, with all keys that it has a meaning for', () => {
    expect(found(withIngress('{ provider: traefik }'))).toEqual([]);
    expect(
      withTraefik(
        'network_mode: hostNetwork, http_port: 8080, https_port: 8443, node_selector: { edge: "true" }, ' +
          'tolerations: [{ operator: Exists }], extra_args: { log.level: DEBUG, entryPoints.web.forwardedHeaders.trustedIPs: 10.0.0.0/8 }, ' +
          'extra_envs: [{ name: TZ, value: UTC }], default_ingress_class: false, dns_policy: Default, ' +
          'update_strategy: { strategy: OnDelete }, nginx_ingress_controller_priority_class_name: high',
      ),
    ).toEqual([]);
  });

  it('needs EndpointSlices, so Kubernetes 1.21', () => {
    const lines = found(withIngress('{ provider: traefik }', 'v1.20.15-rancher2-2'));
    expect(errorsOf(lines)).toEqual([
      expect.stringMatching(/ingress\.provider: traefik needs Kubernetes 1\.21 or newer/),
    ]);
    expect(errorsOf(found(withIngress('{ provider: traefik }', 'v1.21.14-rancher1-1')))).toEqual([]);
  });

  it.each([
    ['options: { use-forwarded-headers: "true" }', /options\.use-forwarded-headers: .*trustedips/],
    ['options: { some-setting: "1" }', /options\.some-setting: a setting of ingress-nginx.*remove it/],
    ['extra_args: { enable-ssl-passthrough: "" }', /no such flag and would not start; remove it: traefik/],
    [
      'extra_args: { watch-ingress-without-class: "false" }',
      /write providers\.kubernetesingressnginx\.watchingresswithoutclass/,
    ],
    ['extra_args: { http-port: "8080" }', /write ingress: \{http_port: PORT\}/],
    ['extra_args: { configfile: /etc/traefik.yml }', /configfile: traefik has no such flag/],
    ['extra_args: { entryPoints.web.address: ":80" }', /cannot be changed: .*http_port: PORT/],
    ['extra_args: { ping.entryPoint: web }', /cannot be changed: the health checks/],
    ['network_mode: hostNetwork, http_port: 443', /443 is also http_port/],
    ['extra_volumes: [{ emptyDir: {} }]', /extra_volumes\[0\]: name is required/],
  ])('refuses %s and names the alternative', (option, message) => {
    expect(errorsOf(withTraefik(option))).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['default_backend: true', /default_backend: has no effect with traefik, which answers 404/],
    ['default_http_backend_priority_class_name: high', /has no effect with traefik/],
    ['network_mode: none, http_port: 8080', /http_port: has no effect with network_mode none/],
    ['extra_envs: [{ name: TRAEFIK_LOG_LEVEL, value: DEBUG }]', /traefik ignores TRAEFIK_LOG_LEVEL/],
  ])('warns that %s has no effect', (option, message) => {
    expect(withTraefik(option)).toEqual([expect.stringMatching(message)]);
  });

  it('survives entries of lists that are no maps', () => {
    expect(errorsOf(withTraefik('extra_envs: [A=b, null]')).join('\n')).toContain('expected a map of keys');
  });
});
