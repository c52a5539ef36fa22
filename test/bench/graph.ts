import type { Role } from '../../src/config/cluster-spec.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { addPortCheck } from '../../src/reconcile/order/port-check.js';
import { addStateCopies } from '../../src/reconcile/intents/state-copy.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { systemClock } from '../../src/run/system-clock.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

/** The cost of planning a run and of scheduling its operations, without performing them. */
export interface GraphTimes {
  readonly hosts: number;
  readonly what: string;
  readonly operations: number;
  /** Total number of prerequisites of all operations. */
  readonly edges: number;
  readonly planSeconds: number;
  readonly runSeconds: number;
}

const everything: Role[] = ['controlplane', 'etcd', 'worker'];

/**
 * Three hosts with all roles, the others workers: a new cluster, no change, another argument of all kubelets, and another
 * image of every component with the Kubernetes version.
 */
export async function measureGraph(hosts: number): Promise<GraphTimes[]> {
  const plan = samplePlan(
    Array.from({ length: hosts }, (_, index): Role[] => (index < 3 ? everything : ['worker'])),
  );
  const running = observedFrom(plan);
  const cases: readonly (readonly [what: string, plan: ClusterPlan, observed: ObservedCluster])[] = [
    ['fresh', plan, observedEmpty(plan)],
    ['no change', plan, running],
    ['all kubelets', withNewKubelets(plan), running],
    ['upgrade', withNewImage(plan), running],
  ];
  const times: GraphTimes[] = [];
  for (const [what, wanted, observed] of cases) {
    const started = performance.now();
    const operations = planOperations(wanted, observed);
    const planned = performance.now();
    await runIdle(operations);
    times.push({
      hosts,
      what,
      operations: operations.length,
      edges: operations.reduce(
        (count, { after, afterSome }) => count + after.length + (afterSome?.of.length ?? 0),
        0,
      ),
      planSeconds: (planned - started) / 1000,
      runSeconds: (performance.now() - planned) / 1000,
    });
  }
  return times;
}

function withNewKubelets(plan: ClusterPlan): ClusterPlan {
  const nodes = plan.nodes.map((node) => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name === 'kubelet' ? { ...one, entrypoint: [...one.entrypoint, '--max-pods=200'] } : one,
    ),
  }));
  return { ...plan, nodes };
}

function withNewImage(plan: ClusterPlan): ClusterPlan {
  const nodes = plan.nodes.map((node) => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name.startsWith('kube') ? { ...one, image: 'newer' } : one,
    ),
    images: [...node.images, 'newer'],
  }));
  return { ...plan, nodes };
}

/** All operations of `rke up`: its changes, the copies of the state, and the port check before them. */
function planOperations(plan: ClusterPlan, observed: ObservedCluster): readonly Operation[] {
  const changes = planUp(plan, observed, { addonTimeoutSeconds: 180 });
  const texts = { before: '{"before":true}', after: '{"after":true}' };
  return addPortCheck(addStateCopies(changes, texts, observed), plan, observed).operations;
}

async function runIdle(operations: readonly Operation[]): Promise<void> {
  const outcomes = await runGraph(operations, {
    events: { emit: () => undefined },
    clock: systemClock,
    signal: new AbortController().signal,
    perform: () => Promise.resolve(),
  });
  const lost = [...outcomes.values()].filter(({ status }) => status !== 'done');
  if (lost.length > 0) throw new Error(`${lost.length} operations were not done`);
}
