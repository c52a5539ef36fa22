import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, mistakes, node, oneNode, version } from './judge.js';

const one = (more: string): string => `nodes:\n  - ${node(more)}\n${version}`;

describe('subject alternative names of certificates', () => {
  const sans = (...names: string[]): string =>
    `${oneNode}authentication: { sans: ${JSON.stringify(names)} }\n`;

  it.each([
    'api.example.com',
    'api',
    '*.k8s.example.org',
    '10.0.0.1',
    'fd00::9',
    'FD00::9',
    'API.Example.com',
    'under_score.example.org',
    'xn--bcher-kva.example',
    '1.example.com',
    '::ffff:10.0.0.1',
  ])('are accepted: %s', (name) => {
    expect(judge(sans(name))).toEqual([]);
  });

  it.each<[string, string?]>([
    ['10.0.0.300'],
    ['10.0.0'],
    [''],
    [' '],
    ['https://api.example.com', 'api.example.com'],
    ['https://api.example.com:6443/', 'api.example.com'],
    ['api.example.com:443', 'api.example.com'],
    ['10.0.0.1:6443', '10.0.0.1'],
    ['[fd00::9]', 'fd00::9'],
    ['[fd00::9]:6443', 'fd00::9'],
    ['10.0.0.0/24', '10.0.0.0'],
    ['api.example.com.', 'api.example.com'],
    [' api.example.com', 'api.example.com'],
    ['api.example.com\n', 'api.example.com'],
    ['a.example,b.example'],
    ['a b'],
    ['*'],
    ['a.*.example.com'],
    ['**.example.com'],
    ['-a.example.com'],
    ['a..example.com'],
    ['bücher.example'],
    ['fe80::1%eth0'],
    ['ops@example.com'],
    [`${'a'.repeat(64)}.example.com`],
    [`${'a.'.repeat(127)}example`],
  ])('are refused: %j', (name, meant) => {
    const reported = mistakes(sans('ok.example', name));
    expect(reported).toEqual([
      expect.stringMatching(/^error 3 authentication\.sans\[1\]: expected a DNS name or an IP address, got/),
    ]);
    if (meant !== undefined) expect(reported[0]?.endsWith(`; write ${meant}`)).toBe(true);
  });

  it('of a kubelet do not contain the address that kube-apiserver uses if cluster.yml has a name for it', () => {
    const named = (more: string): string =>
      `nodes: [{ address: node-1.example.com, user: ops, role: [controlplane, etcd, worker]${more} }]\n${version}services: { kubelet: { generate_serving_certificate: true } }\n`;
    expect(judge(named(''))).toEqual([
      expect.stringMatching(/^warning 1 nodes\[0\]\.address: generate_serving_certificate: /),
    ]);
    expect(judge(named(', internal_address: node-1.internal'))).toContainEqual(
      expect.stringMatching(/^warning 1 nodes\[0\]\.internal_address: generate_serving_certificate/),
    );
    expect(judge(named(', internal_address: 10.10.0.11'))).toEqual([]);
    expect(judge(named('').replace('true', 'false'))).toEqual([]);
  });
});

describe('labels and taints', () => {
  const label = (name: string, value: string): string =>
    one(`labels: { ${JSON.stringify(name)}: ${JSON.stringify(value)} }`);
  const taint = (text: string): string => one(`taints: [{ ${text} }]`);

  it.each([
    ['disk', 'ssd'],
    ['example.com/disk', ''],
    ['Zone_1', 'A.b-c_D'],
    ['a', '1'],
    ['a'.repeat(63), 'b'.repeat(63)],
  ])('are accepted: %s=%s', (name, value) => {
    expect(judge(label(name, value))).toEqual([]);
    expect(
      judge(taint(`key: ${JSON.stringify(name)}, value: ${JSON.stringify(value)}, effect: NoSchedule`)),
    ).toEqual([]);
  });

  it('are reported without key and effect only as missing', () => {
    const text = one(
      'taints: [{}, ~, { key: a }, { key: a }, { effect: NoSchedule }, { effect: NoSchedule }]',
    );
    expect(judge(text).join('\n')).not.toMatch(/twice|undefined/);
  });

  it.each(['not valid', 'valid!', '-a', 'a-', '.', 'a/b', 'ä', ' a', 'a\n', 'b'.repeat(64)])(
    'are refused with the value %j',
    (value) => {
      expect(mistakes(label('a', value))).toEqual([
        expect.stringMatching(/^error 2 nodes\[0\]\.labels\.a: invalid value/),
      ]);
      expect(mistakes(taint(`key: a, value: ${JSON.stringify(value)}, effect: NoSchedule`))).toEqual([
        expect.stringMatching(/^error 2 nodes\[0\]\.taints\[0\]\.value: /),
      ]);
    },
  );

  it.each(['bad key', 'a/b/c', '/a', 'a/', 'Example.com/a', 'a..b/c', '-a', 'a'.repeat(64), 'ä'])(
    'are refused with the name %j',
    (name) => {
      expect(mistakes(label(name, 'x'))).toEqual([expect.stringMatching(/invalid label name/)]);
      expect(mistakes(taint(`key: ${JSON.stringify(name)}, effect: NoSchedule`))).toEqual([
        expect.stringMatching(/taints\[0\]\.key: invalid taint name/),
      ]);
    },
  );

  it('require a key and an effect in a taint', () => {
    expect(mistakes(taint('effect: NoExecute'))).toEqual([
      expect.stringMatching(/key is required in a taint/),
    ]);
    expect(mistakes(taint('key: a'))).toEqual([
      expect.stringMatching(/effect is required in a taint: one of NoSchedule/),
    ]);
    expect(mistakes(taint('key: a, effect: Noschedule'))).toEqual([
      expect.stringMatching(/did you mean "NoSchedule"\?/),
    ]);
  });

  it.each([
    ['kubernetes.io/hostname', 'other'],
    ['kubernetes.io/os', 'windows'],
    ['node-role.kubernetes.io/worker', 'false'],
  ])('are a warning if the kubelet or the role sets them: %s', (name, value) => {
    expect(judge(label(name, value))).toEqual([expect.stringMatching(/^warning 2 nodes\[0\]\.labels/)]);
  });

  it('are checked in node selectors and tolerations of add-ons', () => {
    const addon = (area: string, text: string): string[] => mistakes(`${oneNode}${area}: { ${text} }\n`);
    for (const area of ['dns', 'ingress', 'monitoring']) {
      expect(
        addon(
          area,
          'node_selector: { disk: ssd }, tolerations: [{ operator: Exists }, { key: a, value: b, effect: NoSchedule }]',
        ),
      ).toEqual([]);
      expect(addon(area, 'node_selector: { "a b": x }')).toHaveLength(1);
      expect(addon(area, 'node_selector: { a: "x y" }')).toHaveLength(1);
      expect(addon(area, 'tolerations: [{ key: a, operator: Exist }]')[0]).toMatch(/did you mean "Exists"\?/);
      expect(addon(area, 'tolerations: [{ key: a, operator: Exists, value: b }]')).toHaveLength(1);
      expect(addon(area, 'tolerations: [{ value: b }]')).toHaveLength(1);
      expect(addon(area, 'tolerations: [{ key: a, effect: Noexecute }]')).toHaveLength(1);
    }
  });
});

describe('the Docker socket', () => {
  const socket = (path: string): string[] => mistakes(one(`docker_socket: ${JSON.stringify(path)}`));

  it.each([
    '/var/run/docker.sock',
    '/run/user/1000/docker.sock',
    '/a.sock',
    '/var/snap/docker/common/docker.sock',
    '/run/my docker.sock',
  ])('is accepted: %s', (path) => {
    expect(socket(path)).toEqual([]);
  });

  it.each<[string, string]>([
    ['unix:///var/run/docker.sock', '; write /var/run/docker.sock'],
    ['UNIX:///run/docker.sock', '; write /run/docker.sock'],
    ['unix://run/docker.sock', '; write /run/docker.sock'],
    ['unix:/run/docker.sock', '; write /run/docker.sock'],
    ['tcp://10.0.0.1:2375', 'not over tcp'],
    ['10.0.0.1:2375', 'not over tcp'],
    ['docker-1.example.org:2376', 'not over tcp'],
    ['2375', 'not over tcp'],
    ['ssh://ops@host', 'not over ssh'],
    ['npipe:////./pipe/docker_engine', 'not over npipe'],
    ['~/docker.sock', '~ and variables are not expanded'],
    ['$XDG_RUNTIME_DIR/docker.sock', '~ and variables are not expanded'],
    ['/run/user/$UID/docker.sock', '~ and variables are not expanded'],
    ['/run/${UID}/docker.sock', '~ and variables are not expanded'],
    ['var/run/docker.sock', 'did you mean "/var/run/docker.sock"?'],
    ['./docker.sock', 'did you mean "/docker.sock"?'],
    ['docker.sock', 'did you mean "/docker.sock"?'],
    [' /run/docker.sock', '; write /run/docker.sock'],
    ['/run/docker.sock\n', '; write /run/docker.sock'],
    ['/run/\ndocker.sock', 'control character'],
    ['/run/docker/', '(a directory)'],
    [`/${'a'.repeat(107)}`, 'longer than 107 bytes'],
  ])('is refused: %j', (path, why) => {
    const reported = socket(path);
    expect(reported).toHaveLength(1);
    expect(reported[0]).toMatch(/^error 2 nodes\[0\]\.docker_socket: expected the absolute path/);
    expect(reported[0]).toContain(why);
  });

  it('is refused with advice that is then accepted', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(unix:|unix:\/\/|\.\/| )?[/a-z.]{1,12}$/), (path) => {
        const meant = /(?:; write |did you mean ")(\/[^"]*)/.exec(socket(path)[0] ?? '')?.[1];
        if (meant !== undefined && !meant.endsWith('/')) expect(socket(meant)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('ports', () => {
  it.each(['22', '2222', '022', '"22"'])('are accepted: %s', (port) => {
    expect(mistakes(one(`port: ${port}`))).toEqual([]);
  });
  it.each(['0', '65536', '-1', '"22 "', '"0x16"', '22.5', '1e3', 'ssh', '"2222222"'])(
    'are refused: %s',
    (port) => {
      expect(mistakes(one(`port: ${port}`))).toEqual([expect.stringMatching(/^error 2 nodes\[0\]\.port: /)]);
      expect(mistakes(`${oneNode}bastion_host: { address: 10.0.0.1, port: ${port} }\n`)).toEqual([
        expect.stringMatching(/^error 3 bastion_host\.port: /),
      ]);
      expect(mistakes(`${oneNode}cri_dockerd_stream_server_port: ${port}\n`)).toHaveLength(1);
    },
  );
});
