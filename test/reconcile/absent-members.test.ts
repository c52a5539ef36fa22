import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { address, changed, up } from './plane-helpers.js';

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

const situations = fc
  .record({ role: fc.constantFrom<Role>('etcd', 'controlplane'), count: fc.integer({ min: 1, max: 7 }) })
  .chain(({ role, count }) =>
    fc.record({
      role: fc.constant(role),
      count: fc.constant(count),
      away: fc.subarray(
        Array.from({ length: count }, (_, index) => index + 1),
        { maxLength: count - 1 },
      ),
    }),
  );

it('a member is interrupted only if a majority of all is healthy without it, however many are unreachable', () => {
  fc.assert(
    fc.property(situations, ({ role, count, away }) => {
      const container = role === 'etcd' ? 'etcd' : 'kube-apiserver';
      const sample = samplePlan(Array.from({ length: count }, () => [role]));
      const isAway = (host: string): boolean => away.map(address).includes(host);
      const plan = changed(sample, [container]);
      const reached = {
        ...plan,
        nodes: plan.nodes.filter(({ node }) => !isAway(node.address)),
        unplanned: plan.nodes.filter(({ node }) => isAway(node.address)),
      };
      const full = observedFrom(sample);
      const hosts = new Map([...full.hosts].filter(([host]) => !isAway(host)));
      const operations = up(reached, { ...full, hosts });
      const interrupting = operations.filter(({ kind }) => kind === 'replace-container');
      expect(interrupting).toHaveLength(count - away.length);
      for (const { host, after } of interrupting) {
        const guard = operations.find(({ id }) => after.includes(id) && id.startsWith('others:'));
        if (count === 1) {
          expect(guard).toBeUndefined();
          continue;
        }
        if (guard?.kind !== 'await-members') throw new Error(`nothing guards ${host ?? ''}`);
        // Of two, neither has a majority without the other.
        expect(guard.need).toBe(count === 2 ? 1 : majorityOf(count));
        expect(guard.members.some((member) => member.host === host || isAway(member.host))).toBe(false);
        expect(guard.members).toHaveLength(count - away.length - 1);
      }
    }),
    { numRuns: 200 },
  );
});
