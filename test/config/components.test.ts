import { describe, expect, it } from 'vitest';
import { rkeBundle } from '../pki/takeover.js';
import { judge, mistakes, oneNode } from './judge.js';

const service = (name: string, block: object): string =>
  `${oneNode}services: { ${name}: ${JSON.stringify(block)} }\n`;
const one = (pattern: RegExp): unknown => [expect.stringMatching(pattern) as string];

describe('the environment of a component', () => {
  it.each(['A=1', 'HTTP_PROXY=http://proxy:3128', 'A=', 'A=b=c', 'A.b-c=1', ' A=1 ', '', 'A=two\nlines'])(
    'is accepted: %j',
    (text) => {
      expect(judge(service('kube-api', { extra_env: [text] }))).toEqual([]);
    },
  );
  it.each<[string, RegExp]>([
    ['=1', /missing variable name/],
    ['A B=1', /invalid variable name "A B"/],
    ['export A=1', /invalid variable name/],
    ['A =1', /invalid variable name/],
    ['HTTP_PROXY: http://proxy', /expected HTTP_PROXY=value, got "HTTP_PROXY: …"/],
    ['A=1\nB=2', /several variables in one list item \(the first is A\)/],
  ])('is refused: %j', (text, told) => {
    for (const name of ['etcd', 'kube-api', 'kube-controller', 'scheduler', 'kubelet', 'kubeproxy']) {
      const found = mistakes(service(name, { extra_env: ['OK=1', text] }));
      expect(found).toEqual(one(told));
      expect(found[0]).toMatch(new RegExp(`^error 3 services\\.${name}\\.extra_env\\[1\\]`));
    }
  });
  it('is a warning for a name without a value, and never shows a value', () => {
    expect(judge(service('kubelet', { win_extra_env: ['A'] }))).toEqual(
      one(/^warning 3 services\.kubelet\.win_extra_env\[0\]: missing value/),
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
  ])('are not reported for %s=%s', (name, value) => {
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
  ])('are refused: %s=%s', (name, value) => {
    expect(mistakes(flag(name, value))).toEqual(
      one(new RegExp(`^error 3 services\\.kubelet\\.extra_args\\.${name}: `)),
    );
    expect(mistakes(service('kubelet', { extra_args_array: { [name]: [value] } }))).toEqual(
      one(/extra_args_array/),
    );
  });

  it('are checked only for components that have the flag', () => {
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

  it('require positive intervals', () => {
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
      one(/backup_config\.interval_hours: expected a positive number, got -1;/),
    );
    expect(mistakes(backup({ enabled: false }))).toHaveLength(2);
    expect(mistakes(backup({ retention: -2 }))).toHaveLength(1);
  });

  it('require the host of an S3 service', () => {
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
    expect(judge(s3({ access_key: 'a' }))).toEqual(one(/^warning .*secret_key is not set/));
  });

  it('accept valid user and group IDs of etcd', () => {
    expect(mistakes(service('etcd', { uid: 52034, gid: 52034 }))).toEqual([]);
    expect(mistakes(service('etcd', { uid: -1, gid: 4294967296 }))).toHaveLength(2);
  });
});

describe('the token authentication webhook', () => {
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

  it('is accepted with its default, and with a valid kubeconfig', () => {
    expect(judge(`${oneNode}authentication: { strategy: x509|webhook }\n`)).toEqual([]);
    expect(judge(webhook(JSON.stringify(kubeconfig())))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a path', '/etc/kubernetes/webhook.yaml', /got a path \(\/etc/],
    ['a relative path', 'webhook.yaml', /got a path/],
    ['a word', 'webhook', /got invalid content/],
    ['broken YAML', 'clusters: [', /got invalid content: invalid YAML/],
    [
      'no context',
      JSON.stringify(kubeconfig(undefined, { 'current-context': 'y' })),
      /current-context is not one of contexts/,
    ],
    ['no server', JSON.stringify(kubeconfig({})), /or has no server/],
    ['no such cluster', JSON.stringify(kubeconfig(undefined, { clusters: [] })), /is not one of clusters/],
    [
      'PEM without base64 encoding',
      JSON.stringify(
        kubeconfig({
          server: 'https://a',
          'certificate-authority-data': rkeBundle['kube-ca']?.certificatePEM,
        }),
      ),
      /got PEM without base64 encoding/,
    ],
    [
      'an invalid CA',
      JSON.stringify(kubeconfig({ server: 'https://a', 'certificate-authority-data': 'YWJj' })),
      /certificate-authority-data: expected a certificate in PEM format, encoded in base64/,
    ],
    [
      'both a CA and insecure-skip-tls-verify',
      JSON.stringify(
        kubeconfig({
          server: 'https://a',
          'certificate-authority-data': ca,
          'insecure-skip-tls-verify': true,
        }),
      ),
      /mutually exclusive/,
    ],
    [
      'an invalid key',
      JSON.stringify(kubeconfig(undefined, { users: [{ name: 'u', user: { 'client-key-data': 'YWJj' } }] })),
      /client-key-data: expected a private key/,
    ],
  ])('is refused with %s', (_, text, told) => {
    expect(mistakes(webhook(text))).toEqual(one(told));
    expect(mistakes(webhook(text))[0]).toMatch(/^error 3 authentication\.webhook\.config_file/);
  });

  it('requires a duration as cache_timeout', () => {
    expect(mistakes(webhook(JSON.stringify(kubeconfig()), '5'))).toEqual(
      one(/cache_timeout: expected a duration/),
    );
    expect(mistakes(webhook(JSON.stringify(kubeconfig()), '5 min'))).toHaveLength(1);
  });
});

describe('the admission configuration', () => {
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

  it('accepts event rate limits that kube-apiserver accepts', () => {
    const good = { type: 'Namespace', qps: 50, burst: 100, cacheSize: 2000 };
    expect(judge(limited(limits(good)))).toEqual([]);
    expect(judge(plugin('EventRateLimit', limits(good)))).toEqual([]);
    for (const bad of [{ type: 'namespace' }, { qps: 0 }, { burst: -1 }, { cacheSize: -1 }]) {
      expect(mistakes(limited(limits({ ...good, ...bad })))).toHaveLength(1);
      expect(mistakes(plugin('EventRateLimit', limits({ ...good, ...bad })))).toHaveLength(1);
    }
    expect(mistakes(limited(limits()))).toEqual(one(/limits is required/));
    expect(mistakes(limited({ ...limits(good), apiVersion: 'v1' }))).toHaveLength(1);
    expect(
      mistakes(service('kube-api', { event_rate_limit: { enabled: false, configuration: limits() } })),
    ).toEqual([]);
  });

  it('accepts only existing pod security levels', () => {
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

describe('other values with which a component does not start', () => {
  it('include a kubelet of 1.24 without cri-dockerd', () => {
    expect(mistakes(`${oneNode}enable_cri_dockerd: false\n`)).toEqual(
      one(/^error 3 enable_cri_dockerd: Kubernetes 1\.24 and later/),
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

  it.each(['127.0.0.1', '0.0.0.0', 'localhost', '"[::1]"'])(
    'do not include the stream address %s of cri-dockerd',
    (address) => {
      expect(judge(`${oneNode}cri_dockerd_stream_server_address: ${address}\n`)).toEqual([]);
    },
  );
  it.each(['"::1"', '127.0.0.1:10010', 'http://x', '"a b"', '127.0.0.300'])(
    'include the stream address %s of cri-dockerd',
    (address) => {
      expect(mistakes(`${oneNode}cri_dockerd_stream_server_address: ${address}\n`)).toEqual(
        one(/expected an address such as 127\.0\.0\.1/),
      );
    },
  );

  it('include an unknown flannel backend', () => {
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
