import { describe, expect, it } from 'vitest';
import { planCluster } from '../../../src/run/plan-cluster.js';
import { base, catalog, errorsOf, found, foundWhileRunning, specOf } from './found.js';

const withFlag = (service: string, flag: string, key = 'extra_args'): string =>
  `${base}services:\n  ${service}:\n    ${key}:\n      ${flag}\n`;

describe('an invalid flag name under extra_args', () => {
  it.each<[service: string, flag: string, told: RegExp]>([
    ['kube-api', '--v: 4', /invalid flag name "--v"; write v \(/],
    ['kubelet', '-v: 4', /write v \(/],
    ['scheduler', '"---profiling": "false"', /write profiling/],
    ['kube-api', '"feature-gates ": "A=true"', /write feature-gates$/],
    ['kube-api', '" v": 4', /write v$/],
    ['kube-controller', 'node monitor period: 5s', /write node-monitor-period/],
    ['kube-api', '"v=4": ""', /write v: "4"/],
    ['kubeproxy', '"--proxy-mode=ipvs": ""', /write proxy-mode: "ipvs"/],
    ['kubelet', '"max-pods=200": true', /write max-pods: "200"/],
    ['kubelet', '"v:4": ~', /write v: "4" \(with a space/],
    ['kubelet', '"": 4', /missing flag name/],
    ['kubelet', '"--": 4', /missing flag name/],
    ['kube-api', '"v: 4": x', /write v: "4" \(with a space/],
    ['kubelet', '"max/pods": 4', /expected letters, digits/],
    ['etcd', 'heartbeat_interval: 500', /etcd has no flag "heartbeat_interval"; write heartbeat-interval/],
  ])('is refused under %s: %s', (service, flag, told) => {
    for (const key of ['extra_args', 'win_extra_args']) {
      const text = withFlag(service, flag, key);
      expect(found(text)).toEqual([
        expect.stringMatching(new RegExp(`^error 9:\\d+ services\\.${service}\\.${key}.*${told.source}`)),
      ]);
      expect(errorsOf(foundWhileRunning(text))).toEqual([]);
    }
    const array = withFlag(service, flag.replace(/: [^:]*$/, ': ["x"]'), 'extra_args_array');
    expect(errorsOf(found(array))).toHaveLength(1);
  });

  it('is refused if both spellings of a flag are set', () => {
    expect(errorsOf(found(withFlag('kubelet', 'max-pods: 100\n      max_pods: 200')))).toEqual([
      expect.stringMatching(/^error 10:\d+ .*kubelet reads "max_pods" as max-pods, which is also set/),
    ]);
  });

  it('is a warning for the spelling with underscores, which Kubernetes accepts', () => {
    expect(found(withFlag('kubelet', 'max_pods: 200'))).toEqual([
      expect.stringMatching(/^warning 9:\d+ .*write max-pods/),
    ]);
  });

  it.each(['v: 4', 'feature-gates: "A=true,B=false"', 'vmodule: "a=1"', 'node-labels: a=b'])(
    'is not reported for %s',
    (flag) => {
      expect(found(withFlag('kubelet', flag))).toEqual([]);
    },
  );
});

describe('a misspelled service or map', () => {
  it.each<[text: string, told: RegExp]>([
    ['services: { kube_api: { extra_args: { v: 4 } } }', /kube_api: unknown key; did you mean "kube-api"\?/],
    ['services: { kube-apiserver: {} }', /kube-apiserver: unknown key; did you mean "kube-api"\?/],
    ['services: { kube-controller-manager: {} }', /did you mean "kube-controller"\?/],
    ['services: { kube-scheduler: {} }', /did you mean "scheduler"\?/],
    ['services: { kube-proxy: {} }', /did you mean "kubeproxy"\?/],
    ['auth: { strategy: x509 }', /auth: unknown key; did you mean "authorization" or "authentication"\?/],
    ['services: { kube-let: {} }', /did you mean "kubelet"\?/],
    ['services: { kubelet: { extra_args: { v:4 } } }', /invalid flag name "v:4"; write v: "4"/],
    ['services: { kubelet: { extra_args: v:4 } }', /add a space after the colon: v: 4/],
    ['services:\n  kubelet:\n    extra_args:\n      v:4', /add a space after the colon: v: 4/],
    ['services:\n  kubelet:\n    extra_args:\n      - v=4', /extra_args/],
    ['services: { kubelet: { extra-args: { v: 4 } } }', /did you mean "extra_args"\?/],
    ['services:\n  kubelet:extra_args', /add a space after the colon: kubelet: extra_args/],
    ['services: { kubelet: { fail_swap_on:true } }', /space after the colon: fail_swap_on: true/],
    ['services:\n  kubelet:\n    fail_swap_on:true', /space after the colon: fail_swap_on: true/],
    ['cluster_name:prod', /space after the colon on line \d: cluster_name: prod/],
    ['cluster_name:prod\nprefix_path: /x', /space after the colon on line \d: cluster_name: prod/],
  ])('is reported with the right spelling: %s', (text, told) => {
    expect(errorsOf(found(`${base}${text}\n`)).filter((line) => told.test(line))).toHaveLength(1);
  });
});

describe('a flag of RKE that the file sets', () => {
  it.each<[service: string, container: string, flags: Readonly<Record<string, string>>]>([
    ['kube-api', 'kube-apiserver', { 'etcd-certfile': '/x.pem', 'etcd-keyfile': '/y.pem', v: '4' }],
    ['kube-api', 'kube-apiserver', { 'service-node-port-range': '31000-32000' }],
    ['kubelet', 'kubelet', { 'max-pods': '200', 'root-dir': '/srv/kubelet' }],
    ['etcd', 'etcd', { 'heartbeat-interval': '100' }],
    ['kubeproxy', 'kube-proxy', { 'proxy-mode': 'ipvs' }],
  ])('is passed once to %s, with the value of the file', (service, container, flags) => {
    const spec = specOf(`${base}services: { ${service}: { extra_args: ${JSON.stringify(flags)} } }\n`);
    const [node] = planCluster({ spec, catalog }, new Map([['10.10.0.11', debian]]), {
      certificates: {},
      encryptionConfig: '',
    }).nodes;
    const planned = node?.containers.find(({ name }) => name === container);
    const words = [...(planned?.entrypoint ?? []), ...(planned?.cmd ?? [])];
    for (const [flag, value] of Object.entries(flags))
      expect(words.filter((word) => word.startsWith(`--${flag}=`))).toEqual([`--${flag}=${value}`]);
  });
});

const debian = {
  rootDir: '/var/lib/docker',
  osType: 'linux',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'x86_64',
  securityOptions: [],
};
