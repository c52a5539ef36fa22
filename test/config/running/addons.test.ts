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
    ['an object of `addons`', file(none + addons), file(none + addons.replace('mine', 'yours'))],
    ['`addons_include`', file(`${none}addons_include: ["https://example.org/a.yml"]\n`), file(none)],
  ])('%s', (_, before, after) => {
    expect(errorsOf(judge(before, after))).toEqual([]);
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

describe('the DNS cache of a running cluster', () => {
  const cache = (address: string, more = ''): string =>
    file(`${none}dns: { nodelocal: { ip_address: ${address}${more} } }\n`);
  const running = cache('169.254.20.10');

  it.each([
    ['can be added', file(none), running],
    ['can get another node selector', running, cache('169.254.20.10', ', node_selector: { a: b }')],
    [
      'can get another update strategy',
      running,
      cache('169.254.20.10', ', update_strategy: { strategy: OnDelete }'),
    ],
    [
      'can get another priority class',
      running,
      cache('169.254.20.10', ', node_local_dns_priority_class_name: mine'),
    ],
    [
      'stays if the DNS provider becomes none',
      running,
      running.replace('nodelocal:', 'provider: none, nodelocal:'),
    ],
  ])('%s', (_, before, after) => {
    expect(errorsOf(judge(before, after))).toEqual([]);
  });

  const why = 'running pods keep 169.254.20.10 as their DNS server, and nothing would answer there';

  it.each([
    [
      'another address',
      cache('169.254.25.10'),
      `cannot be changed from 169.254.20.10 to 169.254.25.10 on a running cluster: ${why}; set it back to 169.254.20.10`,
    ],
    [
      'an empty address',
      cache('""'),
      `cannot be changed from 169.254.20.10 to no value on a running cluster: ${why}; set it back to 169.254.20.10`,
    ],
    [
      'its removal',
      file(none),
      `not set, but the cluster runs with 169.254.20.10, which cannot be changed: ${why}; set it to 169.254.20.10`,
    ],
  ])('refuses %s, with the reason and the way out', (_, after, told) => {
    expect(errorsOf(judge(running, after))).toEqual([`dns.nodelocal.ip_address: ${told}`]);
  });
});
