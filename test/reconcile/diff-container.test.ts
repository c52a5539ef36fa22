import { describe, expect, it } from 'vitest';
import type { ObservedContainer } from '../../src/host/host.js';
import type { ContainerSpec } from '../../src/plan/cluster-plan-types.js';
import { diffContainer } from '../../src/reconcile/diff/diff-container.js';
import { asJoined } from '../../src/reconcile/diff/etcd-start-flags.js';

const planned: ContainerSpec = {
  name: 'kubelet',
  image: 'rancher/hyperkube:v1.30.4-rancher1',
  entrypoint: ['/opt/rke-tools/entrypoint.sh', 'kubelet', '--v=2', '--address=0.0.0.0'],
  cmd: [],
  env: ['RKE_KUBELET_CRIDOCKERD=true'],
  binds: ['/etc/kubernetes:/etc/kubernetes', '/run:/run:rprivate'],
  volumesFrom: ['service-sidekick'],
  networkMode: 'host',
  pidMode: 'host',
  privileged: true,
  restartPolicy: 'always',
  labels: { 'io.rancher.rke.container.name': 'kubelet' },
  securityOpt: [],
  started: true,
};

const running: ObservedContainer = {
  id: 'abc',
  name: 'kubelet',
  image: planned.image,
  entrypoint: planned.entrypoint.toReversed(),
  cmd: ['the image’s own'],
  env: ['PATH=/usr/bin', ...planned.env],
  binds: planned.binds.toReversed(),
  securityOpt: [],
  user: '',
  running: true,
  restarting: false,
  restartCount: 0,
  exitCode: 0,
  error: '',
};
const image = { id: 'sha256:1', env: ['PATH=/usr/bin'] };

describe('diffContainer', () => {
  it('finds nothing if only order and the image’s own values differ', () => {
    expect(diffContainer(planned, running, image)).toEqual([]);
  });

  it.each<[string, Partial<ObservedContainer>, string]>([
    ['another image', { image: 'rancher/hyperkube:v1.29.0-rancher1' }, 'image'],
    ['another argument', { entrypoint: [...planned.entrypoint.slice(0, 3), '--address=::'] }, 'entrypoint'],
    ['a missing variable', { env: ['PATH=/usr/bin'] }, 'env'],
    ['a surplus variable', { env: [...running.env, 'EXTRA=1'] }, 'env'],
    ['another bind', { binds: ['/etc/kubernetes:/etc/kubernetes'] }, 'binds'],
    ['another user', { user: '1000:1000' }, 'user'],
    ['another security option', { securityOpt: ['label=type:rke_container_t'] }, 'securityOpt'],
  ])('finds %s', (_what, change, field) => {
    expect(diffContainer(planned, { ...running, ...change }, image).map((entry) => entry.field)).toEqual([
      field,
    ]);
  });

  it('takes the id of the planned image for its name, and no other', () => {
    expect(diffContainer(planned, { ...running, image: image.id }, image)).toEqual([]);
    expect(diffContainer(planned, { ...running, image: 'sha256:2' }, image)).toHaveLength(1);
    expect(diffContainer(planned, { ...running, image: image.id }, undefined)).toHaveLength(1);
  });

  it('ignores label=disable, which Docker adds to privileged containers', () => {
    expect(diffContainer(planned, { ...running, securityOpt: ['label=disable'] }, image)).toEqual([]);
  });

  it('does not take an unknown image environment for a difference', () => {
    expect(
      diffContainer(planned, { ...running, env: ['PATH=/opt/bin', 'TINI=1', ...planned.env] }, undefined),
    ).toEqual([]);
    expect(diffContainer(planned, { ...running, env: ['PATH=/opt/bin'] }, undefined)).toHaveLength(1);
  });

  it('finds a user that was added, changed or removed, and takes root by any name for root', () => {
    const field = (user: string | undefined, found: string): unknown =>
      diffContainer(user === undefined ? planned : { ...planned, user }, { ...running, user: found }, image);
    expect(field('52034:52034', '')).toEqual([{ field: 'user', removed: [], added: ['52034:52034'] }]);
    expect(field('52034:52034', '16:16')).toEqual([
      { field: 'user', removed: ['16:16'], added: ['52034:52034'] },
    ]);
    expect(field(undefined, '52034:52034')).toEqual([{ field: 'user', removed: ['52034:52034'], added: [] }]);
    for (const root of ['', 'root', '0', '0:0']) expect(field(undefined, root), root).toEqual([]);
  });

  it('takes the user of the image for the container’s, and concludes nothing without the image', () => {
    const found = { ...running, user: 'etcd' };
    expect(diffContainer(planned, found, { ...image, user: 'etcd' })).toEqual([]);
    expect(diffContainer(planned, { ...found, image: planned.image }, undefined)).toEqual([]);
  });

  describe('of etcd', () => {
    const flags = (state: string, cluster: string, token = 'etcd-cluster-1'): string[] => [
      '/usr/local/bin/etcd',
      '--name=etcd-one',
      `--initial-cluster=${cluster}`,
      `--initial-cluster-state=${state}`,
      `--initial-cluster-token=${token}`,
      '--initial-advertise-peer-urls=https://10.0.0.1:2380',
    ];
    const etcd = { ...planned, name: 'etcd', entrypoint: [], cmd: flags('new', 'one,two,three') };
    const fields = (cmd: readonly string[], hasStarted: boolean): string[] =>
      diffContainer(etcd, { ...running, name: 'etcd', cmd }, image, { hasStarted }).map(({ field }) => field);

    it.each([
      ['how it got its cluster', flags('existing', 'one,two,three')],
      ['the members of that time', flags('new', 'one')],
      ['another token', flags('new', 'one,two,three', 'mine')],
      ['all of it', flags('existing', 'two', 'mine')],
      ['none of it', ['/usr/local/bin/etcd', '--name=etcd-one']],
    ])('ignores what a member reads before it has data, once it has started: %s', (_what, cmd) => {
      expect(fields(cmd, true)).toEqual([]);
    });

    it('compares it before: a member must find the cluster of the plan', () => {
      expect(fields(flags('new', 'one'), false)).toEqual(['cmd']);
      expect(fields(flags('new', 'one,two,three', 'mine'), false)).toEqual(['cmd']);
    });

    it('lets a member that was made to join a cluster join it, and found none', () => {
      expect(fields(flags('existing', 'one,two,three'), false)).toEqual([]);
      const found = { ...running, name: 'etcd', cmd: flags('existing', 'one') };
      expect(asJoined(etcd, found).cmd).toEqual(flags('existing', 'one,two,three'));
      expect(asJoined(etcd, { ...found, cmd: flags('new', 'one') })).toBe(etcd);
    });

    it('finds every other argument', () => {
      expect(fields([...flags('existing', 'one'), '--quota-backend-bytes=1'], true)).toEqual(['cmd']);
    });
  });

  it('shows registry credentials by their hash alone', () => {
    const secret = 'RKE_KUBELET_DOCKER_CONFIG=eyJhdXRocyI6e319';
    const [change] = diffContainer({ ...planned, env: [...planned.env, secret] }, running, image);
    expect(JSON.stringify(change)).not.toContain('eyJhdXRocyI6e319');
    expect(change?.added[0]).toMatch(/^RKE_KUBELET_DOCKER_CONFIG=sha256:[0-9a-f]{12}$/);
  });
});
