import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { RunFailedError } from '../../src/core/hosts-error.js';
import type { CheckFacts } from '../../src/reconcile/checks/facts.js';
import type { ObservedHost } from '../../src/reconcile/observed.js';
import { refuseWipedMembers, listEtcdStarts } from '../../src/run/checks/wiped-members.js';
import type { Operation } from '../../src/reconcile/operations.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

type Data = CheckFacts['etcdData'];

interface Found {
  /** What is on the host: all containers, all but that of etcd, all with that of etcd stopped, or none. */
  readonly containers?: 'all' | 'no etcd' | 'stopped etcd' | 'old etcd' | 'none' | 'unreached';
  readonly data?: Data | undefined;
}

const runs: Found = { containers: 'all', data: 'data' };
const wiped: Found = { containers: 'none', data: 'none' };
const worker: Found = { containers: 'all', data: 'none' };

function refusalOf(
  members: readonly Found[],
  workers: readonly Found[] = [],
  isFinished = true,
  starting?: ReadonlySet<string>,
) {
  const roles: Role[][] = [
    ...members.map((): Role[] => ['etcd', 'controlplane']),
    ...workers.map((): Role[] => ['worker']),
  ];
  const plan = samplePlan(roles);
  const [full, empty] = [observedFrom(plan).hosts, observedEmpty(plan).hosts];
  const all = [...members, ...workers];
  const hosts = new Map(
    [...full].flatMap(([address, host], index): [string, ObservedHost][] => {
      const kind = all[index]?.containers ?? 'all';
      if (kind === 'unreached') return [];
      const bare = empty.get(address);
      if (kind === 'none') return bare === undefined ? [] : [[address, bare]];
      const containers = new Map(host.containers);
      const etcd = containers.get('etcd');
      if (kind === 'no etcd' || kind === 'old etcd') containers.delete('etcd');
      if (kind === 'stopped etcd' && etcd !== undefined) containers.set('etcd', { ...etcd, running: false });
      return [[address, { ...host, containers, leftovers: kind === 'old etcd' ? ['old-etcd'] : [] }]];
    }),
  );
  const facts = new Map(
    [...full.keys()].map((address, index): [string, CheckFacts] => {
      const data = all[index]?.data;
      return [address, { disks: {}, modules: new Map(), ...(data === undefined ? {} : { etcdData: data }) }];
    }),
  );
  const half = { rkeConfig: { nodes: plan.nodes.map(({ node }) => node) } };
  const state = { desiredState: half, currentState: isFinished ? half : {} } as unknown as ClusterState;
  const paths = new Map([...full.keys()].map((address) => [address, { etcdData: `/data/${address}` }]));
  try {
    refuseWipedMembers(state, { observed: { hosts }, facts, paths, ...(starting && { starting }) });
    return undefined;
  } catch (error) {
    const { exitCode, failures } = error as RunFailedError;
    return {
      exitCode,
      hosts: failures.map(({ host }) => host),
      codes: [...new Set(failures.map((one) => (one.error as { code?: string }).code))],
      fix: (failures[0]?.error as { fix?: string }).fix ?? '',
      message: failures[0]?.error.message ?? '',
    };
  }
}

describe('an etcd member without its data', () => {
  it.each([
    ['one of three reinstalled', [wiped, runs, runs], ['10.0.0.1']],
    ['two of three reinstalled', [wiped, runs, wiped], ['10.0.0.1', '10.0.0.3']],
    ['its container is stopped', [{ containers: 'stopped etcd', data: 'none' }, runs, runs], ['10.0.0.1']],
    ['the others are down, but have data', [wiped, { containers: 'none', data: 'data' }], ['10.0.0.1']],
    ['all data deleted, but kubelets left', [{ containers: 'no etcd', data: 'none' }], ['10.0.0.1']],
  ] as [string, Found[], string[]][])('is refused with its host: %s', (_name, members, hosts) => {
    expect(refusalOf(members)).toMatchObject({ exitCode: 8, hosts, codes: ['ETCD_DATA_GONE'] });
  });

  it('is refused as the only member while workers run, or may run', () => {
    expect(refusalOf([wiped], [worker])).toMatchObject({ exitCode: 8, hosts: ['10.0.0.1'] });
    expect(refusalOf([wiped], [wiped])).toBeUndefined();
    expect(refusalOf([wiped], [{ containers: 'unreached' }])).toMatchObject({ hosts: ['10.0.0.1'] });
  });

  it('is reported with the fix that suits its cluster', () => {
    const one = refusalOf([wiped, runs, runs]);
    expect(one?.message).toContain('/data/10.0.0.1 has no data');
    expect(one?.fix).toContain('run `rke node remove 10.0.0.1`, add the host to cluster.yml again');
    expect(refusalOf([wiped, runs, wiped])?.fix).toContain('snapshot-restore');
    expect(refusalOf([wiped], [worker])?.fix).toContain('`rke remove`');
    // With 2 of 5 members, the third one is needed; `rke remove` would delete what it has.
    const away: Found = { containers: 'unreached' };
    expect(refusalOf([wiped, runs, runs, away, wiped])?.fix).toContain('make 10.0.0.4 reachable');
  });
});

describe('an etcd member with data', () => {
  it.each([
    ['runs', runs],
    ['runs, and its data cannot be read', { containers: 'all' }],
    ['runs with its data elsewhere', { containers: 'all', data: 'none' }],
    ['has lost only its container', { containers: 'no etcd', data: 'data' }],
    ['has lost only its container, and its data is not readable', { containers: 'no etcd', data: 'closed' }],
    ['is stopped', { containers: 'stopped etcd', data: 'data' }],
    ['is stopped, and its data cannot be read', { containers: 'stopped etcd' }],
    ['was being replaced', { containers: 'old etcd' }],
  ] as [string, Found][])('is started as before if it %s', (_name, member) => {
    expect(refusalOf([member, runs, runs])).toBeUndefined();
  });

  it('is not started if it has no container and its data cannot be checked', () => {
    const refusal = refusalOf([{ containers: 'none' }, runs, runs]);
    expect(refusal).toMatchObject({ exitCode: 8, hosts: ['10.0.0.1'], codes: ['ETCD_DATA_UNKNOWN'] });
    expect(refusal?.fix).toContain('sudo chmod o+x /data/10.0.0.1');
  });
});

it('a run that starts no etcd on the host, such as a rotation, continues', () => {
  const [one, two] = ['10.0.0.1', '10.0.0.2'];
  const start = {
    id: 's',
    stage: 'etcd',
    title: 's',
    after: [],
    kind: 'start-container',
    host: one,
  } as const;
  const operations: Operation[] = [
    { ...start, name: 'etcd' },
    { ...start, host: two, name: 'kubelet' },
  ];
  expect([...listEtcdStarts({ operations })]).toEqual([one]);
  const members: Found[] = [{ containers: 'stopped etcd', data: 'none' }, wiped, runs];
  expect(refusalOf(members, [], true, listEtcdStarts({ operations }))?.hosts).toEqual([one]);
});

it('a cluster that was wiped as a whole is created again', () => {
  expect(refusalOf([wiped, wiped, wiped], [wiped])).toBeUndefined();
});

it('an unfinished first run continues', () => {
  expect(refusalOf([wiped, runs, runs], [], false)).toBeUndefined();
});

it('no member starts empty beside another part of its cluster', () => {
  const member = fc.record({
    containers: fc.constantFrom<NonNullable<Found['containers']>>(
      'all',
      'no etcd',
      'stopped etcd',
      'old etcd',
      'none',
    ),
    data: fc.constantFrom<Data>('data', 'closed', 'none', undefined),
  });
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 5 }), (members) => {
      const refused = refusalOf(members)?.hosts ?? [];
      const startsEmpty = members.map(({ containers, data }) => containers !== 'all' && data === 'none');
      const isMadeAgain = members.every(({ containers, data }) => containers === 'none' && data === 'none');
      startsEmpty.forEach((isEmpty, index) => {
        if (isEmpty && !isMadeAgain) expect(refused).toContain(`10.0.0.${index + 1}`);
      });
    }),
  );
});
