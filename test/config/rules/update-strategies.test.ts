import { describe, expect, it } from 'vitest';
import { base, found, foundWhileRunning } from './found.js';

const nodelocal = 'dns: { nodelocal: { ip_address: 169.254.20.10, update_strategy: STRATEGY } }';
/** How the file gives each add-on a strategy. */
const places = {
  network: (strategy: string) =>
    base.replace('{ plugin: flannel }', `{ plugin: flannel, update_strategy: ${strategy} }`),
  ingress: (strategy: string) =>
    base.replace('{ provider: none }', `{ provider: traefik, update_strategy: ${strategy} }`),
  dns: (strategy: string) => `${base}dns: { update_strategy: ${strategy} }\n`,
  nodelocal: (strategy: string) => `${base}${nodelocal.replace('STRATEGY', strategy)}\n`,
  monitoring: (strategy: string) => `${base}monitoring: { update_strategy: ${strategy} }\n`,
};
type Area = keyof typeof places;

const daemonSets: readonly Area[] = ['network', 'ingress', 'nodelocal'];
const deployments: readonly Area[] = ['dns', 'monitoring'];

const inAll = (areas: readonly Area[], strategies: readonly string[]): (readonly [Area, string])[] =>
  areas.flatMap((area) => strategies.map((strategy) => [area, strategy] as const));

const rolling = (limits: string): string => `{ strategy: RollingUpdate, rollingUpdate: { ${limits} } }`;
const shown = (area: Area, strategy: string): string[] =>
  found(places[area](strategy)).filter((line) => line.includes('update_strategy'));

// What a kube-apiserver 1.31 accepted and refused, with the same values.
describe('update_strategy', () => {
  it.each([
    ...inAll(
      [...daemonSets, ...deployments],
      [
        rolling('maxUnavailable: 2'),
        rolling('maxUnavailable: 100%'),
        rolling('maxUnavailable: 0, maxSurge: 1'),
        rolling('maxUnavailable: 20%, maxSurge: 0%'),
      ],
    ),
    ...inAll(daemonSets, [
      '{ strategy: OnDelete }',
      '{ strategy: OnDelete, rollingUpdate: { maxUnavailable: "2" } }',
    ]),
    ...inAll(deployments, ['{ strategy: Recreate }', rolling('maxUnavailable: 1, maxSurge: 150%')]),
  ])('of %s may be %s', (area, strategy) => {
    expect(shown(area, strategy)).toEqual([]);
  });

  it.each([
    ...inAll([...daemonSets, ...deployments], [rolling('maxUnavailable: "2"')]).map(
      (one) =>
        [
          ...one,
          /maxUnavailable: expected a number of pods.* got the string "2"; remove the quotes$/,
        ] as const,
    ),
    ...inAll(['network', 'dns'], [rolling('maxUnavailable: two')]).map(
      (one) => [...one, /expected a number of pods, or a percentage such as 25%, got "two"$/] as const,
    ),
    ...inAll(['ingress', 'monitoring'], [rolling('maxUnavailable: -1')]).map(
      (one) => [...one, /expected a number of pods, or a percentage such as 25%, got -1$/] as const,
    ),
    ...inAll(['network', 'monitoring'], [rolling('maxUnavailable: 150%')]).map(
      (one) => [...one, /maxUnavailable: expected at most 100%, got 150%$/] as const,
    ),
    ...inAll(['network', 'monitoring'], [rolling('maxUnavailable: 0%, maxSurge: 0')]).map(
      (one) => [...one, /maxUnavailable: no pod could be replaced: .* both 0; set one of them$/] as const,
    ),
    ...inAll(daemonSets, [rolling('maxUnavailable: 1, maxSurge: 1')]).map(
      (one) => [...one, /maxSurge: only with maxUnavailable 0; set one of them to 0$/] as const,
    ),
    ['nodelocal', rolling('maxSurge: 1'), /maxSurge: only with maxUnavailable 0/] as const,
    ...inAll(daemonSets, ['{ strategy: Recreate }']).map(
      (one) => [...one, /strategy: invalid update strategy "Recreate"; .*RollingUpdate, OnDelete$/] as const,
    ),
    ...inAll(deployments, ['{ strategy: OnDelete }']).map(
      (one) => [...one, /strategy: invalid update strategy "OnDelete"; .*RollingUpdate, Recreate$/] as const,
    ),
    ...inAll(deployments, ['{ strategy: Recreate, rollingUpdate: { maxSurge: 1 } }']).map(
      (one) => [...one, /rollingUpdate: Recreate stops all pods at once; remove rollingUpdate$/] as const,
    ),
  ])('of %s must not be %s', (area, strategy, message) => {
    expect(shown(area, strategy)).toEqual([expect.stringMatching(message)]);
    expect(shown(area, strategy)).toEqual([expect.stringMatching(/^error /)]);
  });

  it('is a warning when the cluster runs with it', () => {
    const lines = foundWhileRunning(places.network(rolling('maxUnavailable: "2"')));
    expect(lines).toEqual([expect.stringMatching(/^warning .*remove the quotes$/)]);
  });

  it('of an add-on that the cluster does not have is not judged', () => {
    const unused = places.ingress(rolling('maxUnavailable: "2"')).replace('traefik', 'none');
    expect(found(unused)).toEqual([]);
  });
});
