import type { KubeObject, NodePlan, Rolling } from '../../plan/cluster-plan-types.js';
import { isNodeReady } from '../intents/node-operations.js';
import { apiAnswers, cordonId, drainId, readyId, uncordonId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { neededBy, type ContainerWork } from './planes.js';

/** A node of which containers are interrupted. */
export interface InterruptedNode {
  readonly plan: NodePlan;
  /** The node object; undefined if there is none, or if the API was not read. */
  readonly found: KubeObject | undefined;
  readonly isApiRead: boolean;
  /** The host has no container of a cluster yet. */
  readonly isNew: boolean;
}

/** What goes before and after the containers of a turn. */
export interface Frame {
  readonly before: readonly Operation[];
  /** What the first operations of the containers wait for. */
  readonly entry: readonly OperationId[];
  readonly uncordon: (after: readonly OperationId[]) => Operation;
}

/** What pods and their connections depend on. The kubelet of a node reaches the API again a moment after nginx-proxy is replaced. */
const servesPods = new Set(['kubelet', 'kube-proxy']);

/**
 * Cordons a node, and drains it if cluster.yml wants that, before what serves its pods is replaced (RKE services/workerplane.go
 * upgradeWorkerHost). A node that is not Ready has no pods to lose, and its kubelet ends none.
 *
 * @returns undefined if the turn needs neither
 */
export function frameTurn(
  step: readonly ContainerWork[],
  { plan, found, isApiRead }: InterruptedNode,
  { after, rolling }: { readonly after: readonly OperationId[]; readonly rolling: Rolling | undefined },
): Frame | undefined {
  const { address: host, hostnameOverride: name } = plan.node;
  const replaces = step.some(
    ({ container, operations }) =>
      servesPods.has(container) && operations.some(({ kind }) => kind === 'replace-container'),
  );
  if (!replaces || (isApiRead && !isNodeReady(found))) return undefined;
  const head = { stage: 'nodes', host, node: plan.identity } as const;
  const cordon: Operation = {
    ...head,
    id: cordonId(host),
    title: `cordon node ${name}`,
    after: [...after, apiAnswers, ...neededBy(step)],
    kind: 'cordon-node',
  };
  const drain: Operation[] =
    rolling?.drains === true
      ? [
          {
            ...head,
            id: drainId(host),
            title: `drain node ${name}`,
            after: [cordon.id],
            kind: 'drain-node',
            options: rolling.drain,
          },
        ]
      : [];
  const before = [cordon, ...drain];
  return {
    before,
    entry: [(drain[0] ?? cordon).id],
    uncordon: (done) => ({ ...head, ...uncordonHead(plan), after: done, kind: 'uncordon-node' }),
  };
}

/** Uncordons a node that an interrupted run has left cordoned, when it is Ready and its repairs are done. */
export function uncordonLeftover({ plan }: InterruptedNode, after: readonly OperationId[]): Operation {
  const { address: host } = plan.node;
  return {
    ...uncordonHead(plan),
    stage: 'nodes',
    host,
    node: plan.identity,
    after: [apiAnswers, readyId(host), ...after],
    kind: 'uncordon-node',
  };
}

function uncordonHead({ node: { address, hostnameOverride } }: NodePlan): Pick<Operation, 'id' | 'title'> {
  return { id: uncordonId(address), title: `uncordon node ${hostnameOverride}` };
}
