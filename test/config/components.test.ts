import { describe, expect, it } from 'vitest';
import { rkeBundle } from '../pki/takeover.js';
import { judge, mistakes, oneNode } from './judge.js';

const service = (name: string, block: object): string =>
  `${oneNode}services: { ${name}: ${JSON.stringify(block)} }\n`;
const one = (pattern: RegExp): unknown => [expect.stringMatching(pattern) as string];

describe('the environment of a component', () => {
  it.each(['A=1', 'HTTP_PROXY=http://proxy:3128', 'A=', 'A=b=c', 'A.b-c=1', ' A=1 ', '', 'A=two\nlines'])(
    'may have %j',
    (text) => {
      expect(judge(service('kube-api', { extra_env: [text] }))).toEqual([]);
    },
  );
  it.each<[string, RegExp]>([
    ['=1', /a variable without a name/],
    ['A B=1', /"A B" cannot be the name of a variable/],
    ['export A=1', /cannot be the name/],
    ['A =1', /cannot be the name/],
    ['HTTP_PROXY: http://proxy', /expected HTTP_PROXY=value, got HTTP_PROXY: and a value/],
    ['A=1\nB=2', /several variables in one item \(the first is A\)/],
  ])('may not have %j', (text, told) => {
    for (const name of ['etcd', 'kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy']) {
      const found = mistakes(service(name, { extra_env: ['OK=1', text] }));
      expect(found).toEqual(one(told));
      expect(found[0]).toMatch(new RegExp(`^error 3 services\\.${name}\\.extra_env\\[1\\]`));
    }
  });
  it('warns of a name alone, and never shows a value', () => {
    expect(judge(service('kubelet', { win_extra_env: ['A'] }))).toEqual(
      one(/^warning 3 services\.kubelet\.win_extra_env\[0\]: no value/),
    );
    expect(mistakes(service('kubelet', { extra_env: ['A B=pass'] })).join()).not.toContain('pass');
  });
});

describe('flags with which a component does not start', () => {
  const flag = (name: string, value: string, component = 'kubelet'): string =>
    service(component, { extra_args: { [name]: value } });

  it.each([
    ['feature-gates', 'A=true,B=false'],
    ['feature-gates', 'AllAlpha=false'],
    ['node-labels', 'disk=ssd,example.com/a=b'],
    ['node-labels', 'node.kubernetes.io/pool=a,topology.kubernetes.io/zone=z,x.kubelet.kubernetes.io/y=1'],
    ['register-with-taints', 'a=b:NoSchedule,c:NoExecute,d=:PreferNoSchedule'],
  ])('%s=%s is accepted', (name, value) => {
    expect(judge(flag(name, value))).toEqual([]);
  });
  it.each([
    ['feature-gates', 'A'],
    ['feature-gates', 'A=yes'],
    ['feature-gates', 'A: true'],
    ['node-labels', 'a b=c'],
    ['node-labels', 'a=b c'],
    ['node-labels', 'node-role.kubernetes.io/gpu=true'],
    ['node-labels', 'foo.k8s.io/gpu=true'],
    ['register-with-taints', 'a=b'],
    ['register-with-taints', 'a=b:Noschedule'],
    ['register-with-taints', 'a b:NoSchedule'],
  ])('%s=%s is refused', (name, value) => {
    expect(mistakes(flag(name, value))).toEqual(
      one(new RegExp(`^error 3 services\\.kubelet\\.extra_args\\.${name}: `)),
    );
    expect(mistakes(service('kubelet', { extra_args_array: { [name]: [value] } }))).toEqual(
      one(/extra_args_array/),
    );
  });

  it('knows which program has a flag', () => {
    expect(judge(flag('feature-gates', 'x', 'etcd'))).toEqual([]);
    for (const name of ['kube-api', 'kube-controller', 'scheduler', 'kubeproxy'])
      expect(mistakes(flag('feature-gates', 'x', name))).toHaveLength(1);
    expect(judge(flag('node-labels', 'x y', 'kube-api'))).toEqual([]);
  });
});

describe('recurring snapshots', () => {
  const backup = (block: object): string => service('etcd', { backup_config: block });
  const s3 = (block: object): string =>
    backup({ s3backupconfig: { endpoint: 's3.example.com', bucket_name: 'snapshots', ...block } });

  it('need positive times', () => {
    expect(judge(service('etcd', { creation: '90m', retention: '1h30m' }))).toEqual([]);
    for (const key of ['creation', 'retention']) {
      expect(mistakes(service('etcd', { [key]: '0s' }))).toEqual(
        one(new RegExp(`services\\.etcd\\.${key}: expected a positive duration`)),
      );
      expect(mistakes(service('etcd', { [key]: '-1h' }))).toHaveLength(1);
      expect(mistakes(service('etcd', { [key]: '1d' }))).toHaveLength(1);
      expect(mistakes(service('etcd', { [key]: '0s', snapshot: false }))).toEqual([]);
    }
    expect(judge(backup({ interval_hours: 6, retention: 3, timeout: 60 }))).toEqual([]);
    expect(mistakes(backup({ interval_hours: -1 }))).toEqual(
      one(/backup_config\.interval_hours: expected a positive number, got -1/),
    );
    expect(mistakes(backup({ enabled: false }))).toHaveLength(2);
    expect(mistakes(backup({ retention: -2 }))).toHaveLength(1);
  });

  it('go to the host of an S3 service', () => {
    for (const endpoint of [
      's3.example.com',
      's3.example.com:9000',
      '10.0.0.1:9000',
      '[fd00::1]:9000',
      'minio',
    ])
      expect(judge(s3({ endpoint }))).toEqual([]);
    expect(mistakes(s3({ endpoint: 'https://s3.example.com' }))).toEqual(
      one(/without scheme and path, got "https:\/\/s3\.example\.com"; write s3\.example\.com$/),
    );
    for (const endpoint of ['s3.example.com/bucket', 's3 example', 's3.example.com:port', ' s3.example.com'])
      expect(mistakes(s3({ endpoint }))).toHaveLength(1);
    for (const bucket of ['a/b', 'with space', '-x-', 'b'.repeat(64)])
      expect(mistakes(s3({ bucket_name: bucket }))).toHaveLength(1);
    expect(judge(s3({ access_key: 'a' }))).toEqual(one(/^warning .*without secret_key/));
  });

  it('and etcd belong to a user that can be', () => {
    expect(mistakes(service('etcd', { uid: 52034, gid: 52034 }))).toEqual([]);
    expect(mistakes(service('etcd', { uid: -1, gid: 4294967296 }))).toHaveLength(2);
  });
});

describe('the webhook that is asked for tokens', () => {
  const ca = Buffer.from(rkeBundle['kube-ca']?.certificatePEM ?? '').toString('base64');
  const kubeconfig = (
    cluster: object = { server: 'https://10.0.0.1', 'certificate-authority-data': ca },
    more: object = {},
  ): object => ({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
    ...more,
  });
  const webhook = (text: string, timeout = '30s'): string =>
    `${oneNode}authentication: { strategy: x509|webhook, webhook: { config_file: ${JSON.stringify(text)}, cache_timeout: ${timeout} } }\n`;

  it('has a default that is accepted', () => {
    expect(judge(`${oneNode}authentication: { strategy: x509|webhook }\n`)).toEqual([]);
    expect(judge(webhook(JSON.stringify(kubeconfig())))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a path', '/etc/kubernetes/webhook.yaml', /got a path \(\/etc/],
    ['a relative path', 'webhook.yaml', /got a path/],
    ['a word', 'webhook', /got another text/],
    ['broken YAML', 'clusters: [', /got another text: invalid YAML/],
    [
      'no context',
      JSON.stringify(kubeconfig(undefined, { 'current-context': 'y' })),
      /whose current-context is one of its contexts/,
    ],
    ['no server', JSON.stringify(kubeconfig({})), /with a server/],
    ['no such cluster', JSON.stringify(kubeconfig(undefined, { clusters: [] })), /one of its clusters/],
    [
      'PEM that is not encoded',
      JSON.stringify(
        kubeconfig({
          server: 'https://a',
          'certificate-authority-data': rkeBundle['kube-ca']?.certificatePEM,
        }),
      ),
      /got PEM that is not encoded/,
    ],
    [
      'a CA that is none',
      JSON.stringify(kubeconfig({ server: 'https://a', 'certificate-authority-data': 'YWJj' })),
      /certificate-authority-data: expected a certificate in PEM form, encoded in base64/,
    ],
    [
      'both kinds of trust',
      JSON.stringify(
        kubeconfig({
          server: 'https://a',
          'certificate-authority-data': ca,
          'insecure-skip-tls-verify': true,
        }),
      ),
      /exclude each other/,
    ],
    [
      'a key that is none',
      JSON.stringify(kubeconfig(undefined, { users: [{ name: 'u', user: { 'client-key-data': 'YWJj' } }] })),
      /client-key-data: expected a private key/,
    ],
  ])('is refused with %s', (_, text, told) => {
    expect(mistakes(webhook(text))).toEqual(one(told));
    expect(mistakes(webhook(text))[0]).toMatch(/^error 3 authentication\.webhook\.config_file/);
  });

  it('keeps answers for a duration', () => {
    expect(mistakes(webhook(JSON.stringify(kubeconfig()), '5'))).toEqual(
      one(/cache_timeout: expected a duration/),
    );
    expect(mistakes(webhook(JSON.stringify(kubeconfig()), '5 min'))).toHaveLength(1);
  });
});

describe('admission', () => {
  const limits = (...list: object[]): object => ({
    apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
    kind: 'Configuration',
    limits: list,
  });
  const limited = (configuration: object): string =>
    service('kube-api', { event_rate_limit: { enabled: true, configuration } });
  const plugin = (name: string, configuration: object): string =>
    service('kube-api', {
      admission_configuration: {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AdmissionConfiguration',
        plugins: [{ name, configuration }],
      },
    });

  it('limits events as kube-apiserver reads it', () => {
    const good = { type: 'Namespace', qps: 50, burst: 100, cacheSize: 2000 };
    expect(judge(limited(limits(good)))).toEqual([]);
    expect(judge(plugin('EventRateLimit', limits(good)))).toEqual([]);
    for (const bad of [{ type: 'namespace' }, { qps: 0 }, { burst: -1 }, { cacheSize: -1 }]) {
      expect(mistakes(limited(limits({ ...good, ...bad })))).toHaveLength(1);
      expect(mistakes(plugin('EventRateLimit', limits({ ...good, ...bad })))).toHaveLength(1);
    }
    expect(mistakes(limited(limits()))).toEqual(one(/expected limits/));
    expect(mistakes(limited({ ...limits(good), apiVersion: 'v1' }))).toHaveLength(1);
    expect(
      mistakes(service('kube-api', { event_rate_limit: { enabled: false, configuration: limits() } })),
    ).toEqual([]);
  });

  it('sets levels of pod security that there are', () => {
    const config = (defaults: object): object => ({
      apiVersion: 'pod-security.admission.config.k8s.io/v1',
      kind: 'PodSecurityConfiguration',
      defaults,
    });
    expect(
      judge(
        plugin(
          'PodSecurity',
          config({
            enforce: 'baseline',
            'enforce-version': 'latest',
            warn: 'restricted',
            'warn-version': 'v1.30',
          }),
        ),
      ),
    ).toEqual([]);
    for (const bad of [{ enforce: 'basline' }, { 'audit-version': '1.30' }, { enfroce: 'baseline' }])
      expect(mistakes(plugin('PodSecurity', config(bad)))).toHaveLength(1);
    expect(mistakes(plugin('PodSecurity', { defaults: {} }))).toHaveLength(2);
    expect(judge(plugin('Other', { defaults: 1 }))).toEqual([]);
  });
});

describe('what else a component would end with', () => {
  it('a kubelet of 1.24 without cri-dockerd', () => {
    expect(mistakes(`${oneNode}enable_cri_dockerd: false\n`)).toEqual(
      one(/^error 3 enable_cri_dockerd: from Kubernetes 1\.24 on/),
    );
    expect(mistakes(`${oneNode}enable_cri_dockerd: true\n`)).toEqual([]);
    expect(
      mistakes(
        `${oneNode.replace('v1.30.4', 'v1.23.16')}enable_cri_dockerd: false\n`.replace(
          'rancher1-1',
          'rancher2-3',
        ),
      ),
    ).toEqual([]);
  });

  it.each(['127.0.0.1', '0.0.0.0', 'localhost', '"[::1]"'])('cri-dockerd may stream at %s', (address) => {
    expect(judge(`${oneNode}cri_dockerd_stream_server_address: ${address}\n`)).toEqual([]);
  });
  it.each(['"::1"', '127.0.0.1:10010', 'http://x', '"a b"', '127.0.0.300'])(
    'cri-dockerd may not stream at %s',
    (address) => {
      expect(mistakes(`${oneNode}cri_dockerd_stream_server_address: ${address}\n`)).toEqual(
        one(/expected an address such as 127\.0\.0\.1/),
      );
    },
  );

  it('a backend that flannel does not know', () => {
    const network = (plugin: string, option: string, type: string): string =>
      `${oneNode}network: { plugin: ${plugin}, options: { ${option}: ${type} } }\n`;
    expect(mistakes(network('flannel', 'flannel_backend_type', 'host-gw'))).toEqual([]);
    expect(mistakes(network('flannel', 'flannel_backend_type', 'vxlna'))).toEqual(
      one(/did you mean "vxlan"\?/),
    );
    expect(mistakes(network('canal', 'canal_flannel_backend_type', 'hostgw'))).toEqual(
      one(/did you mean "host-gw"\?/),
    );
    expect(mistakes(network('calico', 'flannel_backend_type', 'x'))).toEqual([]);
  });
});
