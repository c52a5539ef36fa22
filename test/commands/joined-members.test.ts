import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { CheckFacts } from '../../src/reconcile/checks/facts.js';
import { findJoinedMembers } from '../../src/commands/up/joined-members.js';
import { refuseWipedMembers } from '../../src/run/checks/wiped-members.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';

const [a, b, c] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
const roles: Role[] = ['controlplane', 'etcd', 'worker'];
const plan = samplePlan([roles, roles, roles]);
const half = { rkeConfig: { nodes: plan.nodes.map(({ node }) => node) } };

/** The words of etcd 3.5.12 of a cluster whose members with client URLs have started. */
const answer = (started: readonly string[]): string =>
  JSON.stringify(
    [a, b, c].map((address, id) => ({
      ...{ id, peerURLs: [`https://${address}:2380`], name: `etcd-${address}` },
      ...(started.includes(address) ? { clientURLs: [`https://${address}:2379`] } : {}),
    })),
  );

/** Hosts of which some were wiped, or never got as far as etcd. */
async function joined(wiped: readonly string[], body: string, isFinished = false) {
  const empty = observedEmpty(plan).hosts;
  const full = observedFrom(plan).hosts;
  const of = (address: string) => (wiped.includes(address) ? empty : full).get(address);
  const observed = {
    hosts: new Map([...full].map(([address, host]) => [address, of(address) ?? host])),
  };
  const facts = new Map(
    [...full.keys()].map((address): [string, CheckFacts] => [
      address,
      { disks: {}, modules: new Map(), etcdData: wiped.includes(address) ? 'none' : 'data' },
    ]),
  );
  const state = { desiredState: half, currentState: isFinished ? half : {} } as unknown as ClusterState;
  const asked: string[] = [];
  const found = await findJoinedMembers(state, {
    ...{ observed, facts, signal: new AbortController().signal },
    hosts: new Map([a, b, c].map((address) => [address, new FakeHost(address)])),
    probe: (_host, { url }) => {
      asked.push(url);
      return Promise.resolve({ status: 200, body });
    },
  });
  const refuse = (): void => refuseWipedMembers(state, { observed, facts, paths: new Map(), joined: found });
  return { asked, found: [...found], refuse };
}

describe('after an unfinished first run', () => {
  it('members that have run and were wiped are refused', async () => {
    const { asked, refuse } = await joined([b, c], answer([a, b, c]));
    expect(asked).toEqual([`https://${a}:2380/members`]);
    expect(refuse).toThrow(
      expect.objectContaining({
        exitCode: 8,
        failures: [b, c].map((host): unknown => expect.objectContaining({ host })),
      }),
    );
  });

  it.each([
    ['a member that has never run', [c], answer([a, b])],
    ['members that have never run', [b, c], answer([])],
    ['a member of which the others say nothing', [c], '404 page not found'],
    ['every host, if all are empty', [a, b, c], answer([a, b, c])],
  ])('the next one starts %s', async (_what, wiped, body) => {
    expect((await joined(wiped, body)).refuse).not.toThrow();
  });
});

it('no member is asked if none lacks its data, or if a run has finished', async () => {
  expect((await joined([], answer([a, b, c]))).asked).toEqual([]);
  const finished = await joined([c], answer([a, b]), true);
  expect(finished.asked).toEqual([]);
  expect(finished.refuse).toThrow();
});
