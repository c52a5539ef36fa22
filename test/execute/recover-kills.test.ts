import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EtcdApi } from '../../src/etcd/etcd.js';
import { recoverEtcd, setAsideEtcd } from '../../src/execute/handlers/recover-etcd.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { recoveryName } from '../../src/reconcile/diff/own-containers.js';
import { decideRecovery, type Recovery } from '../../src/reconcile/etcd-care/decide-recovery.js';
import { recoveryOperations } from '../../src/reconcile/etcd-care/recovery-operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { observedFrom, sampleContainer, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn, sampleStatus } from '../fakes/membership-model.js';
import { hostOf, listed, survey, surveyed, view } from '../reconcile/etcd-care/survey.js';

const etcd = {
  ...sampleContainer('etcd'),
  cmd: ['etcd', '--data-dir=/data/'],
  binds: ['/var/lib/etcd:/data/'],
};
const base = samplePlan([['etcd', 'controlplane'], ['etcd'], ['etcd'], ['etcd'], ['etcd']]);
const plan: ClusterPlan = {
  ...base,
  nodes: base.nodes.map((node) => ({ ...node, containers: [etcd] })),
  members: base.nodes.map(({ node }) => memberOn(node.address)),
  formerMembers: [],
};

/** The program is dead: nothing that it would still do happens. */
class Killed extends Error {}

/**
 * Five members of which a and b are left, and a has the newest data: hosts in memory whose helpers run their scripts in a real shell, on
 * directories of the test.
 */
let directory: string;
let hosts: Map<string, FakeHost>;
let context: RunContext;
/** The call of Docker after which the program is killed; none by default. */
let killedAfter: number;
let calls: number;
/** Runs of the command so far. */
let runs: number;

const letters = ['a', 'b'] as const;
const at = (letter: string, ...path: string[]): string => join(directory, letter, ...path);
const read = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
const membersOf = (letter: string): number => Number(read(at(letter, 'member/members')) ?? 0);
const isUp = (letter: string): boolean =>
  ['etcd', recoveryName].some((name) => hostNamed(letter).containers.get(name)?.running === true);

function hostNamed(letter: string): FakeHost {
  const host = hosts.get(hostOf(letter));
  if (host === undefined) throw new Error(`no host ${letter}`);
  return host;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-recover-'));
  mkdirSync(join(directory, 'bin'));
  writeFileSync(
    join(directory, 'bin/nsenter'),
    '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n',
  );
  chmodSync(join(directory, 'bin/nsenter'), 0o755);
  hosts = new Map();
  for (const letter of letters) {
    mkdirSync(at(letter, 'member'), { recursive: true });
    writeFileSync(at(letter, 'member/db'), `data of ${letter}`);
    writeFileSync(at(letter, 'member/members'), '5');
    const host = new FakeHost(hostOf(letter));
    host.run(etcd);
    for (const image of plan.nodes[0]?.images ?? []) host.images.add(image);
    host.images.add(etcd.image);
    hosts.set(host.address, host);
    for (const call of ['create', 'start', 'stop', 'remove', 'wait'] as const) intercept(letter, host, call);
  }
  [killedAfter, calls, runs] = [Number.POSITIVE_INFINITY, 0, 0];
  const api: Partial<EtcdApi> = {
    readStatus: () =>
      Promise.resolve({ ...sampleStatus, memberId: '1', leader: membersOf('a') === 1 ? '1' : '' }),
    readMembership: () =>
      Promise.resolve({
        ...{ clusterId: '1', clusterVersion: '3.5.0' },
        members: listed('abcde'.slice(0, membersOf('a'))),
      }),
  };
  context = fakeContext([...hosts.values()], { etcd: api as EtcdApi });
});
afterEach(() => rmSync(directory, { recursive: true }));

function intercept(
  letter: string,
  host: FakeHost,
  call: 'create' | 'start' | 'stop' | 'remove' | 'wait',
): void {
  const docker = host.docker as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>;
  const real = docker[call] as (...words: unknown[]) => Promise<unknown>;
  docker[call] = async (...words) => {
    if (calls >= killedAfter) throw new Killed();
    calls += 1;
    const result = call === 'wait' ? runScript(letter, host) : await real(...words);
    // What --force-new-cluster does.
    if (call === 'start' && words[0] === recoveryName) writeFileSync(at(letter, 'member/members'), '1');
    if (calls >= killedAfter) throw new Killed();
    return result;
  };
}

function runScript(letter: string, host: FakeHost): number {
  const script = host.created.get('kube-cleaner')?.at(-1)?.cmd[0] ?? 'exit 1';
  const env = { PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}` };
  return spawnSync('sh', ['-c', script.replaceAll('/var/lib/etcd', at(letter))], { env }).status ?? 1;
}

function observe(): ObservedCluster {
  const all = observedFrom(plan);
  const reached = letters.map((letter): [string, NonNullable<ReturnType<typeof all.hosts.get>>] => {
    const found = all.hosts.get(hostOf(letter));
    const own = hostNamed(letter).containers;
    if (found === undefined) throw new Error('the plan has no such host');
    const containers = new Map([...found.containers].filter(([name]) => own.has(name)));
    return [hostOf(letter), { ...found, containers, leftovers: own.has(recoveryName) ? [recoveryName] : [] }];
  });
  return { ...all, hosts: new Map(reached) };
}

/** What `rke etcd recover-quorum` does until members join again. */
async function recover(): Promise<Recovery> {
  runs += 1;
  const isAlone = membersOf('a') === 1;
  const members = [
    isUp('a') ? surveyed('a', { revision: 9, leader: isAlone ? '1' : '' }) : surveyed('a', 'down'),
    isUp('b') ? surveyed('b', { revision: 5, leader: '' }) : surveyed('b', 'down'),
    ...['c', 'd', 'e'].map((letter) => surveyed(letter, 'down')),
  ];
  const views = isUp('a') && isAlone ? [view('a', 'a')] : [];
  const observed = observe();
  const recovery = decideRecovery(survey(members, { views }), observed);
  if (recovery.kind === 'refuse') return recovery;
  const stamp = `T${runs}`;
  const operations = recoveryOperations({ plan, observed, recovery, mayJoin: new Set(), stamp });
  for (const operation of operations) {
    const host = hosts.get(operation.host ?? '');
    if (host === undefined) continue;
    if (operation.kind === 'recover-etcd') await recoverEtcd(host, operation, context, () => undefined);
    if (operation.kind === 'set-aside-etcd') await setAsideEtcd(host, operation, context);
  }
  return recovery;
}

const asides = (letter: string): string[] =>
  readdirSync(at(letter)).filter((name) => name.startsWith('member.before-recovery-'));

function expectRecovered(): void {
  expect([read(at('a', 'member/db')), membersOf('a')]).toEqual(['data of a', 1]);
  expect(
    asides('a').map((name) => [read(at('a', name, 'db')), read(at('a', name, 'members'))]),
  ).toContainEqual(['data of a', '5']);
  expect(existsSync(at('b', 'member'))).toBe(false);
  expect(asides('b').map((name) => read(at('b', name, 'db')))).toEqual(['data of b']);
  expect([...letters].flatMap(asides).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(hostNamed('a').containers.get('etcd')?.running).toBe(true);
  expect([...hostNamed('a').containers.keys(), ...hostNamed('b').containers.keys()]).toEqual(['etcd']);
}

/** More than a recovery makes. */
const boundaries = Array.from({ length: 24 }, (_, index) => index + 1);

describe('a recovery of a lost majority', () => {
  it('makes fewer calls of Docker than the boundaries at which it is killed', async () => {
    await recover();
    expectRecovered();
    expect(calls).toBeLessThanOrEqual(boundaries.length);
    expect(calls).toBeGreaterThan(15);
  });

  it.each(boundaries)(
    'that is killed after call %i is completed by the next run, with the same survivor and no data lost',
    async (boundary) => {
      killedAfter = boundary;
      await recover().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      expect(read(at('a', 'member/db'))).toBe('data of a');
      killedAfter = Number.POSITIVE_INFINITY;
      const next = await recover();
      if (next.kind === 'recover') expect(next.survivor.name).toBe('etcd-a');
      else expect(next.kind === 'rejoin' || next.code === 'ETCD_MAJORITY').toBe(true);
      expectRecovered();
      expect(await recover()).toMatchObject({ kind: 'refuse', code: 'ETCD_MAJORITY' });
    },
  );

  const twice = [4, 8, 11].flatMap((first) => [1, 2, 3, 4, 5, 6].map((second) => [first, second] as const));
  it.each(twice)(
    'that is killed after call %i, and again after call %i of the next run, keeps its survivor',
    async (first, second) => {
      for (const boundary of [first, second]) {
        [calls, killedAfter] = [0, boundary];
        await recover().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      }
      killedAfter = Number.POSITIVE_INFINITY;
      const next = await recover();
      if (next.kind === 'recover') expect(next.survivor.name).toBe('etcd-a');
      expectRecovered();
    },
  );

  it('that was killed while it copied leaves no part of a copy', async () => {
    mkdirSync(at('a', 'member.before-recovery-T0.part'));
    await recover();
    expectRecovered();
  });
});
