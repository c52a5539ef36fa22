import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, mistakes, node, oneNode, version } from './judge.js';

const one = (more: string): string => `nodes:\n  - ${node(more)}\n${version}`;

describe('names in the certificate of kube-apiserver', () => {
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
  ])('may be %s', (name) => {
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
  ])('may not be %j', (name, meant) => {
    const told = mistakes(sans('ok.example', name));
    expect(told).toEqual([
      expect.stringMatching(/^error 3 authentication\.sans\[1\]: expected a DNS name or an address, got/),
    ]);
    if (meant !== undefined) expect(told[0]?.endsWith(`; write ${meant}`)).toBe(true);
  });

  it('of a kubelet lack the address that kube-apiserver calls, where cluster.yml has a name for it', () => {
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
  ])('may be %s=%s', (name, value) => {
    expect(judge(label(name, value))).toEqual([]);
    expect(
      judge(taint(`key: ${JSON.stringify(name)}, value: ${JSON.stringify(value)}, effect: NoSchedule`)),
    ).toEqual([]);
  });

  it('says of a taint without key and effect only that they are missing', () => {
    const text = one(
      'taints: [{}, ~, { key: a }, { key: a }, { effect: NoSchedule }, { effect: NoSchedule }]',
    );
    expect(judge(text).join('\n')).not.toMatch(/twice|undefined/);
  });

  it.each(['not valid', 'valid!', '-a', 'a-', '.', 'a/b', 'ä', ' a', 'a\n', 'b'.repeat(64)])(
    'a value may not be %j',
    (value) => {
      expect(mistakes(label('a', value))).toEqual([
        expect.stringMatching(/^error 2 nodes\[0\]\.labels\.a: .* cannot be the value/),
      ]);
      expect(mistakes(taint(`key: a, value: ${JSON.stringify(value)}, effect: NoSchedule`))).toEqual([
        expect.stringMatching(/^error 2 nodes\[0\]\.taints\[0\]\.value: /),
      ]);
    },
  );

  it.each(['bad key', 'a/b/c', '/a', 'a/', 'Example.com/a', 'a..b/c', '-a', 'a'.repeat(64), 'ä'])(
    'a name may not be %j',
    (name) => {
      expect(mistakes(label(name, 'x'))).toEqual([expect.stringMatching(/cannot be the name of a label/)]);
      expect(mistakes(taint(`key: ${JSON.stringify(name)}, effect: NoSchedule`))).toEqual([
        expect.stringMatching(/taints\[0\]\.key: .* cannot be the name of a taint/),
      ]);
    },
  );

  it('a taint has a key and an effect', () => {
    expect(mistakes(taint('effect: NoExecute'))).toEqual([expect.stringMatching(/a taint needs a key/)]);
    expect(mistakes(taint('key: a'))).toEqual([expect.stringMatching(/a taint needs an effect: NoSchedule/)]);
    expect(mistakes(taint('key: a, effect: Noschedule'))).toEqual([
      expect.stringMatching(/did you mean "NoSchedule"\?/),
    ]);
  });

  it.each([
    ['kubernetes.io/hostname', 'other'],
    ['kubernetes.io/os', 'windows'],
    ['node-role.kubernetes.io/worker', 'false'],
  ])("warns of %s, which is not the user's to set", (name, value) => {
    expect(judge(label(name, value))).toEqual([expect.stringMatching(/^warning 2 nodes\[0\]\.labels/)]);
  });

  it('are those by which add-ons choose nodes, too', () => {
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

describe('the socket of Docker', () => {
  const socket = (path: string): string[] => mistakes(one(`docker_socket: ${JSON.stringify(path)}`));

  it.each([
    '/var/run/docker.sock',
    '/run/user/1000/docker.sock',
    '/a.sock',
    '/var/snap/docker/common/docker.sock',
    '/run/my docker.sock',
  ])('may be %s', (path) => {
    expect(socket(path)).toEqual([]);
  });

  it.each<[string, string]>([
    ['unix:///var/run/docker.sock', '; write /var/run/docker.sock'],
    ['UNIX:///run/docker.sock', '; write /run/docker.sock'],
    ['unix://run/docker.sock', '; write /run/docker.sock'],
    ['unix:/run/docker.sock', '; write /run/docker.sock'],
    ['tcp://10.0.0.1:2375', 'not by tcp'],
    ['10.0.0.1:2375', 'not by TCP'],
    ['docker-1.example.org:2376', 'not by TCP'],
    ['2375', 'not by TCP'],
    ['ssh://ops@host', 'not by ssh'],
    ['npipe:////./pipe/docker_engine', 'not by npipe'],
    ['~/docker.sock', 'no shell replaces'],
    ['$XDG_RUNTIME_DIR/docker.sock', 'no shell replaces'],
    ['/run/user/$UID/docker.sock', 'no shell replaces'],
    ['/run/${UID}/docker.sock', 'no shell replaces'],
    ['var/run/docker.sock', 'did you mean "/var/run/docker.sock"?'],
    ['./docker.sock', 'did you mean "/docker.sock"?'],
    ['docker.sock', 'did you mean "/docker.sock"?'],
    [' /run/docker.sock', '; write /run/docker.sock'],
    ['/run/docker.sock\n', '; write /run/docker.sock'],
    ['/run/\ndocker.sock', 'control character'],
    ['/run/docker/', 'it is a directory'],
    [`/${'a'.repeat(107)}`, 'longer than 107 bytes'],
  ])('may not be %j', (path, why) => {
    const told = socket(path);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^error 2 nodes\[0\]\.docker_socket: expected the absolute path/);
    expect(told[0]).toContain(why);
  });

  it('is refused with a form that is then accepted', () => {
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
  it.each(['22', '2222', '022', '"22"'])('may be %s', (port) => {
    expect(mistakes(one(`port: ${port}`))).toEqual([]);
  });
  it.each(['0', '65536', '-1', '"22 "', '"0x16"', '22.5', '1e3', 'ssh', '"2222222"'])(
    'may not be %s',
    (port) => {
      expect(mistakes(one(`port: ${port}`))).toEqual([expect.stringMatching(/^error 2 nodes\[0\]\.port: /)]);
      expect(mistakes(`${oneNode}bastion_host: { address: 10.0.0.1, port: ${port} }\n`)).toEqual([
        expect.stringMatching(/^error 3 bastion_host\.port: /),
      ]);
      expect(mistakes(`${oneNode}cri_dockerd_stream_server_port: ${port}\n`)).toHaveLength(1);
    },
  );
});
