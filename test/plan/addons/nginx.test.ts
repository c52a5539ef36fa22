import { describe, expect, it } from 'vitest';
import { recordAt } from '../../../src/core/fields.js';
import { planAddons, unchangedAddons } from '../../../src/plan/addons/plan-addons.js';
import { describeRef } from '../../../src/plan/addons/object-ref.js';
import { vectorNames } from '../vector.js';
import { compareAddons, ownAddonVectors } from './addon-vector.js';
import { objectIn, podSpec } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

const daemonSet = 'DaemonSet ingress-nginx/nginx-ingress-controller';
const controller = (ingress: Parameters<typeof sampleSpec>[0] = {}) => {
  const spec = sampleSpec(ingress);
  const [container] = podSpec(objectIn(spec, daemonSet))['containers'] as Record<string, unknown>[];
  return container ?? {};
};

describe('ingress-nginx', () => {
  it('has the objects of RKE v1 in every revision, with every option', () => {
    const compared = vectorNames(ownAddonVectors).flatMap((name) =>
      compareAddons(ownAddonVectors, name, catalog)
        .filter(({ addon }) => addon === 'nginx')
        .map(({ differences }) => ({ name, differences })),
    );
    expect(compared.length).toBeGreaterThan(40);
    expect(compared.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });

  it('passes options with quotes, backslashes and line breaks on as they are', () => {
    const options = { 'log-format-upstream': '{"host": "$host", "path": "\\d"}\nnext' };
    const spec = sampleSpec({ ingress: { provider: 'nginx', options } });
    const config = objectIn(spec, 'ConfigMap ingress-nginx/ingress-nginx-controller');
    expect(recordAt(config, 'data')).toEqual(options);
  });

  it('leaves the ConfigMaps of TCP and UDP services to the user', () => {
    const spec = sampleSpec({ ingress: { provider: 'nginx' } });
    expect(objectIn(spec, 'ConfigMap ingress-nginx/tcp-services')).not.toHaveProperty('data');
  });

  it.each([
    ['rancher/nginx-ingress-controller:nginx-1.11.2-rancher1', true],
    ['rancher/nginx-ingress-controller:0.35.0-rancher2', false],
    ['registry.example.org/ingress/controller:v1.11.5', true],
    ['registry.example.org/ingress/controller@sha256:0123', true],
    ['registry.example.org:5000/ingress', true],
    ['registry.example.org/ingress/controller', false],
  ])('watches Ingresses without a class with %s: %s', (ingress, isWatching) => {
    const spec = sampleSpec({ ingress: { provider: 'nginx' } });
    const image = { ...spec, systemImages: { ...spec.systemImages, ingress } };
    const [container] = podSpec(objectIn(image, daemonSet))['containers'] as { args: string[] }[];
    expect(container?.args.includes('--watch-ingress-without-class=true')).toBe(isWatching);
  });

  it('is unchanged in a cluster of RKE v1, which adds an argument to its state when it deploys it', () => {
    const ingress = { provider: 'nginx', extraArgs: { v: '2' } };
    const spec = sampleSpec({ ingress });
    const running = (extraArgs: Record<string, string>) =>
      unchangedAddons(spec, sampleSpec({ ingress: { ...ingress, extraArgs } })).includes(
        'rke-ingress-controller',
      );
    expect(running({ v: '2', 'watch-ingress-without-class': 'true' })).toBe(true);
    expect(running({ v: '2', 'watch-ingress-without-class': 'false' })).toBe(false);
    const without = sampleSpec({ ingress: { provider: 'nginx' } });
    const added = { provider: 'nginx', extraArgs: { 'watch-ingress-without-class': 'true' } };
    expect(unchangedAddons(without, sampleSpec({ ingress: added }))).toContain('rke-ingress-controller');
  });

  it('opens the ports of the mode', () => {
    const ports = (networkMode: string) =>
      controller({ ingress: { provider: 'nginx', networkMode, httpPort: 8080 } })['ports'];
    expect(ports('hostPort')).toContainEqual({
      name: 'http',
      containerPort: 80,
      hostPort: 8080,
      protocol: 'TCP',
    });
    expect(ports('none')).toContainEqual({ name: 'http', containerPort: 80, protocol: 'TCP' });
  });

  it('deletes the default backend that RKE left if the file turns it off', () => {
    const absent = (defaultBackend: boolean) =>
      planAddons(sampleSpec({ ingress: { provider: 'nginx', defaultBackend } }), catalog)
        .find(({ name }) => name === 'rke-ingress-controller')
        ?.absent?.map(describeRef);
    expect(absent(false)).toEqual([
      'Deployment ingress-nginx/default-http-backend',
      'Service ingress-nginx/default-http-backend',
    ]);
    expect(absent(true)).toEqual([]);
  });

  it('is waited for with the CA of its webhook, without which no Ingress can be created', () => {
    const planned = planAddons(sampleSpec({ ingress: { provider: 'nginx' } }), catalog);
    expect(planned.at(-1)?.awaits.map(describeRef)).toEqual([
      daemonSet,
      'ValidatingWebhookConfiguration ingress-nginx-admission',
    ]);
  });
});
