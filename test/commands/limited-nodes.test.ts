import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideUp } from '../../src/commands/up/decide.js';
import type { UpDecision } from '../../src/commands/up/up-decision.js';
import { limitNodes, refuseUnnamed } from '../../src/commands/up/limited-nodes.js';
import type { ClusterSpec, NodeSpec } from '../../src/config/cluster-spec.js';
import { RkeError } from '../../src/core/errors.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { recordOf } from '../../src/plan/addons/addon-record.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { clusterPaths } from '../../src/state/paths.js';
import { a, b, c, catalog, d, node, specOf, yml } from '../config/running/judge.js';
import { observedFrom, sampleFacts } from '../fakes/cluster.js';
import { up as operationsOf } from '../reconcile/plane-helpers.js';

const nodes = [
  node(a, 'role: [controlplane, etcd], hostname_override: cp-1'),
  node(b, 'role: [etcd], hostname_override: etcd-1'),
  node(c, 'role: [worker], hostname_override: Worker-1'),
  node(d, 'role: [worker], hostname_override: Worker-2'),
];
const spec = specOf(yml(nodes));
const changed = (component: string): ClusterSpec =>
  specOf(yml(nodes, `services: { ${component}: { extra_args: { v: "4" } } }\n`));
const facts = new Map([a, b, c, d].map((address) => [address, sampleFacts]));
const planOf = (of: ClusterSpec): ClusterPlan =>
  planCluster({ spec: of, catalog }, facts, { certificates: {}, encryptionConfig: '' });
const without = (observed: ObservedCluster, out: ReadonlySet<string>): ObservedCluster => ({
  ...observed,
  hosts: new Map([...observed.hosts].filter(([address]) => !out.has(address))),
});

describe('the nodes that a run is limited to', () => {
  it('are named by address or by name in any case, and leave out only workers', () => {
    expect(limitNodes(spec, ['worker-1'], [])).toEqual({ named: new Set([c]), leftOut: new Set([d]) });
    expect(limitNodes(spec, [a, 'WORKER-2'], [])).toEqual({ named: new Set([a, d]), leftOut: new Set([c]) });
    expect(limitNodes(spec, undefined, [])).toBeUndefined();
  });

  it.each([
    ['worker-3', 'cluster.yml has no node worker-3; did you mean "worker-1" or "worker-2"?'],
    ['nobody', 'cluster.yml has no node nobody'],
  ])('must be in cluster.yml: %s', (name, message) => {
    const limit = (): unknown => limitNodes(spec, [a, name], []);
    expect(limit).toThrow(
      expect.objectContaining({ code: 'USAGE', message: `--nodes: ${message}` }) as Error,
    );
  });

  it('are refused while another node is to be removed', () => {
    const gone = { address: '10.9.9.9', hostnameOverride: 'old' } as NodeSpec;
    expect(() => limitNodes(spec, [c], [gone])).toThrow(
      'a run with --nodes removes no node, and cluster.yml no longer has old (10.9.9.9)',
    );
  });
});

describe('nodes that are not named', () => {
  const refusals = (wanted: ClusterPlan, names: readonly string[], observed = observedFrom(planOf(spec))) => {
    const limit = limitNodes(spec, names, []);
    const seen = without(observed, limit?.leftOut ?? new Set());
    return refuseUnnamed(limit, spec, operationsOf(wanted, seen)).map(({ error }) => ({
      message: error.message.replace(/ would be changed, too.*/, ''),
      fix: error instanceof RkeError ? error.fix : undefined,
    }));
  };

  it('are named in the refusal and in the command that includes them, if a worker depends on them', () => {
    expect(refusals(planOf(changed('kubelet')), [c])).toEqual([
      {
        message: `cp-1 (${a}), etcd-1 (${b})`,
        fix: `run \`rke up --nodes ${a},${b},${c}\`, or \`rke up\` for all nodes`,
      },
    ]);
    expect(refusals(planOf(changed('kube-api')), [d])[0]?.message).toBe(`cp-1 (${a})`);
    expect(refusals(planOf(changed('etcd')), [a])[0]?.message).toBe(`etcd-1 (${b})`);
  });

  it('do not matter if they are as planned, or if everything that differs is named', () => {
    expect(refusals(planOf(spec), [c])).toEqual([]);
    expect(refusals(planOf(changed('kubelet')), [a, b])).toEqual([]);
    expect(refusals(planOf(changed('kubelet')), [a, b, d])).toEqual([]);
  });

  it('include a control plane if add-ons differ, which belong to no node', () => {
    const plan = planOf(spec);
    const observed = observedFrom(plan);
    const addons = new Map(plan.addons.slice(1).map((addon) => [addon.name, recordOf(addon)]));
    const older = { ...observed, ...(observed.kube && { kube: { ...observed.kube, addons } }) };
    expect(refusals(plan, [c], older)).toEqual([
      {
        message: 'add-ons, Secrets or lost etcd members',
        fix: `run \`rke up --nodes ${a},${c}\`, or \`rke up\` for all nodes`,
      },
    ]);
    expect(refusals(plan, [a], older)).toEqual([]);
  });
});

describe('rke up --nodes', () => {
  const stateOf = (of: ClusterSpec, before?: ClusterState): ClusterState =>
    withDesired(before, of, { certificates: {}, encryptionConfig: '' });
  const before = withCurrent(stateOf(spec));

  function up(of: ClusterSpec, names: readonly string[] | undefined): UpDecision {
    const limit = limitNodes(of, names, []);
    const pair = { desired: '', current: '' };
    const plan = planOf(of);
    return decideUp({
      spec: of,
      state: before,
      certificates: {},
      encryption: { steps: [], text: '', before: pair, end: pair },
      limit,
      plan,
      planNodes: () => plan.nodes,
      observed: without(observedFrom(planOf(spec)), limit?.leftOut ?? new Set()),
      facts: new Map(),
      dockerFacts: new Map(),
      paths: clusterPaths('cluster.yml'),
      disablePortCheck: true,
      now: new Date('2026-01-01'),
    });
  }

  it('does not count as finished, and reports what it has left out', () => {
    const { isWhole, desired, warnings, stateAtEnd, operations } = up(changed('kubelet'), [a, b, c]);
    expect(isWhole).toBe(false);
    expect(desired.currentState).toEqual(before.currentState);
    expect(warnings).toContainEqual({
      message: `left out by --nodes and not looked at: worker-2 (${d}); \`rke up\` without --nodes completes them`,
    });
    const outcomes = new Map(operations.operations.map(({ id }) => [id, { status: 'done' as const }]));
    expect(stateAtEnd?.({ outcomes, isStopped: false }).change).toBeUndefined();
  });

  it('is a whole run if every node is named', () => {
    expect(up(changed('kubelet'), [a, b, c, d]).isWhole).toBe(true);
    expect(up(changed('kubelet'), undefined).isWhole).toBe(true);
  });

  it('changes nothing but named nodes, or is refused, whatever is named and differs', () => {
    const components = fc.constantFrom('kubelet', 'kubeproxy', 'kube-api', 'etcd', 'scheduler');
    fc.assert(
      fc.property(fc.subarray<string>([a, b, c, d], { minLength: 1 }), components, (names, component) => {
        const { refusals, changes } = up(changed(component), names);
        const outside = changes.filter(({ host }) => host !== undefined && !names.includes(host));
        const waits = outside.every(({ kind }) => kind.startsWith('await-'));
        expect(
          refusals.some(({ error }) => error instanceof RkeError && error.code === 'NODES_NOT_NAMED'),
        ).toBe(!waits);
      }),
      { numRuns: 40 },
    );
  });
});
