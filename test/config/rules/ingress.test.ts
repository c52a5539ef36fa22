import { describe, expect, it } from 'vitest';
import { withUnknownTemplates } from '../unknown-templates.js';
import { base, catalog, errorsOf, found, foundWhileRunning } from './found.js';

const withIngress = (ingress: string, version = 'v1.30.4-rancher1-1'): string =>
  base.replace('ingress: { provider: none }', `ingress: ${ingress}`).replace(/v1\.30\.4-rancher1-1/, version);
const retired = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('retired'));

describe('the retirement of ingress-nginx', () => {
  it('is a warning, once, whether the file chooses it or not', () => {
    expect(retired(found(withIngress('{ provider: nginx }')))).toEqual([
      expect.stringMatching(
        /^warning 5:22 ingress\.provider: ingress-nginx was retired upstream in March 2026/,
      ),
    ]);
    expect(retired(found(base.replace(/ingress: .*\n/, '')))).toEqual([
      expect.stringMatching(
        /^warning 0:0 ingress\.provider: is not set, .*default of RKE v1.*provider: traefik/,
      ),
    ]);
  });

  it('says in a running cluster what another provider removes', () => {
    expect(retired(foundWhileRunning(withIngress('{ provider: nginx }')))).toEqual([
      expect.stringContaining('read docs/ingress.md first, because both remove ingress-nginx'),
    ]);
  });

  it('is no matter where there is none, or where nothing is applied', () => {
    expect(found(base)).toEqual([]);
    expect(retired(found(withIngress('{ provider: nginx }'), { forChange: false }))).toEqual([]);
  });
});

describe('the options of ingress-nginx', () => {
  it.each([
    ['extra_args: { http-port: web }', 'ingress.extra_args.http-port: expected a port from 1 to 65535'],
    ['extra_envs: [{ name: A, value: 8080 }]', 'ingress.extra_envs[0].value: expected a string'],
    ['extra_envs: [A=b]', 'ingress.extra_envs[0]: expected a map of keys'],
    ['extra_volumes: [{ emptyDir: {} }]', 'ingress.extra_volumes[0]: name is required'],
    ['extra_volume_mounts: [{ name: a }]', 'ingress.extra_volume_mounts[0]: mountPath is required'],
    ['network_mode: hostport', 'ingress.network_mode: invalid network mode "hostport"'],
    ['http_port: 443', 'ingress.https_port: 443 is also http_port'],
  ])('%s is an error', (option, message) => {
    expect(errorsOf(found(withIngress(`{ provider: nginx, ${option} }`)))).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it.each([
    ['v1.17.5-rancher1-1', 'network_mode: hostPort', /ingress\.network_mode: has no effect in v1\.17\.5/],
    ['v1.16.9-rancher1-1', 'default_backend: false', /ingress\.default_backend: has no effect in v1\.16\.9/],
    ['v1.21.9-rancher1-1', 'options: { use-gzip: "true" }', /ingress\.options: has no effect in v1\.21\.9/],
    [
      'v1.21.14-rancher1-1',
      'default_ingress_class: false',
      /ingress\.default_ingress_class: has no effect .*default-ingress-class: "false"/,
    ],
  ])('in %s, %s has no effect, which is a warning', (version, option, message) => {
    const lines = found(withIngress(`{ provider: nginx, ${option} }`, version));
    expect(lines).toContainEqual(expect.stringMatching(message));
  });

  it('are refused for versions whose template is not planned here', () => {
    const lines = found(withIngress('{ provider: nginx }', 'v1.16.8-rancher1-1'), {
      catalog: withUnknownTemplates(catalog),
    });
    expect(errorsOf(lines).join('\n')).toMatch(
      /ingress\.provider: nginx is not supported with .*, use Kubernetes v1\.17\.6-rancher2-1 or later/,
    );
  });

  it('cannot work without RBAC', () => {
    const text = `${withIngress('{ provider: nginx }', 'v1.22.17-rancher1-2')}authorization: { mode: none }\n`;
    expect(errorsOf(found(text)).join('\n')).toContain('ingress-nginx does not start without RBAC');
    expect(errorsOf(foundWhileRunning(text)).join('\n')).not.toContain('ingress-nginx');
  });
});
