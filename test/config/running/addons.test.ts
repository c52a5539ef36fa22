import { describe, expect, it } from 'vitest';
import { errorsOf, judge, node, version, yml } from './judge.js';

const host = node('10.10.0.11');
const file = (more: string): string =>
  `nodes:\n${host}kubernetes_version: ${version}\nnetwork: { plugin: flannel }\n${more}`;
const none = 'ingress: { provider: none }\n';
const addons = 'addons: |\n  apiVersion: v1\n  kind: Namespace\n  metadata: { name: mine }\n';

describe('a running cluster can remove add-ons that only RKE v1 supports', () => {
  it.each([
    ['an ingress controller', file('ingress: { provider: nginx }\n'), file(none)],
    ['kube-dns for CoreDNS', file(`${none}dns: { provider: kube-dns }\n`), file(none)],
    ['kube-dns', file(`${none}dns: { provider: kube-dns }\n`), file(`${none}dns: { provider: none }\n`)],
    ['metrics-server', yml([host]), yml([host], 'monitoring: { provider: none }\n')],
    ['`addons`', file(none + addons), file(none)],
    ['`addons_include`', file(`${none}addons_include: ["https://example.org/a.yml"]\n`), file(none)],
  ])('%s', (_, before, after) => {
    expect(errorsOf(judge(before, after))).toEqual([]);
  });
});

describe('a running cluster refuses changes that are not yet supported', () => {
  it.each([
    [
      'changed `addons`',
      file(none + addons),
      file(none + addons.replace('mine', 'yours')),
      /^addons: .*not yet/,
    ],
    [
      'the removal of the DNS cache',
      file(`${none}dns: { nodelocal: { ip_address: 169.254.20.10 } }\n`),
      file(none),
      /^dns\.nodelocal/,
    ],
  ])('%s', (_, before, after, told) => {
    expect(errorsOf(judge(before, after))).toEqual([expect.stringMatching(told) as string]);
  });
});

describe('a running cluster takes any change of its ingress', () => {
  const nginx = 'ingress: { provider: nginx }\n';

  it.each([
    ['a new controller', none, nginx],
    ['its removal', nginx, none],
    ['another network mode', nginx, 'ingress: { provider: nginx, network_mode: hostNetwork }\n'],
    ['options', nginx, 'ingress: { provider: nginx, options: { use-gzip: "true" } }\n'],
    ['a default backend', nginx, 'ingress: { provider: nginx, default_backend: true }\n'],
  ])('%s', (_, before, after) => {
    expect(errorsOf(judge(file(before), file(after)))).toEqual([]);
  });
});
