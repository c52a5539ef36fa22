import type { ObservedContainer } from '../../host/host.js';
import type { ContainerSpec, NodePlan } from '../../plan/cluster-plan-types.js';
import { conditionOf, type Condition } from '../diff/condition.js';
import { diffContainer } from '../diff/diff-container.js';
import { planReown } from '../diff/etcd-owner.js';
import { asJoined } from '../diff/etcd-start-flags.js';
import { isRestartedTogether, newerFiles, type Rollout } from '../diff/file-readers.js';
import { beforeContainers, beforeInsteadOf } from './leftovers.js';
import type { ObservedHost } from '../observed.js';
import { containerId, filesId, pullId, renewId } from '../operation-ids.js';
import type { Operation, OperationHead, Stage } from '../operations.js';
import { sharePorts } from '../../core/ports.js';

export interface ContainerOperation {
  readonly operation: Operation;
  readonly container: ContainerSpec;
  readonly condition: Condition;
  /** It is done on all hosts at one time, when the new files are everywhere. */
  readonly isTogether: boolean;
}

/** A container of which nothing differs, but that does not do its work. */
export interface BrokenContainer {
  readonly container: ContainerSpec;
  readonly condition: Condition;
}

/** What a container needs so that it runs as planned: nothing, a start, a restart, or another generation. */
export function planContainer(
  container: ContainerSpec,
  node: NodePlan,
  { observed, rollout }: { readonly observed: ObservedHost; readonly rollout: Rollout },
): ContainerOperation[] {
  const found = observed.containers.get(container.name);
  const { name } = container;
  const reown = planReown(container, node, observed);
  const owned = reown === undefined ? {} : { reown };
  const head = headOf(container, node.node.address, reown?.image);
  const isTogether = isRestartedTogether(container, node.files, rollout);
  const condition = conditionOf(container, observed, !isTogether);
  if (found === undefined) {
    const title = `${container.started ? 'start' : 'create'} ${name}`;
    const insteadOf = [...observed.runningLeftovers].filter((other) => sharePorts(name, other));
    const after = [...head.after, ...beforeInsteadOf(insteadOf)];
    const replacing = insteadOf.length === 0 ? {} : { insteadOf };
    const create = { ...head, after, title, kind: 'create-container', container, ...owned } as const;
    const operation: Operation = { ...create, ...replacing };
    return [{ container, operation, condition, isTogether: false }];
  }
  const hasStarted = condition.state !== 'down';
  const changes = diffContainer(container, found, observed.images.get(container.image), { hasStarted });
  if (changes.length === 0) return planRunning(container, node, { found, observed, rollout });
  const next = asJoined(container, found);
  const title = `replace ${name}`;
  const replace: Operation = {
    ...head,
    title,
    kind: 'replace-container',
    container: next,
    changes,
    ...owned,
  };
  const renew =
    isTogether && hasStarted ? planRunning(container, node, { found, observed, rollout }).map(asRenewal) : [];
  const after = [...replace.after, ...renew.map(({ operation }) => operation.id)];
  return [...renew, { container, operation: { ...replace, after }, condition, isTogether: false }];
}

/**
 * The restart with the new certificates before a replacement: replacements go host by host, which needs the members to
 * trust each other.
 */
function asRenewal(one: ContainerOperation): ContainerOperation {
  const { host = '' } = one.operation;
  return { ...one, operation: { ...one.operation, id: renewId(one.container.name, host) } };
}

/** What a container that is as planned needs: a start if it is stopped, a restart if it has read older files. */
export function planRunning(
  container: ContainerSpec,
  node: NodePlan,
  {
    found,
    observed,
    rollout,
  }: { readonly found: ObservedContainer; readonly observed: ObservedHost; readonly rollout: Rollout },
): ContainerOperation[] {
  const { name } = container;
  if (!container.started) return [];
  const head = headOf(container, node.node.address);
  const isTogether = isRestartedTogether(container, node.files, rollout);
  const condition = conditionOf(container, observed, !isTogether);
  if (!found.running) {
    const operation: Operation = { ...head, title: `start ${name}`, kind: 'start-container', name };
    return [{ container, operation, condition, isTogether }];
  }
  const files = newerFiles(container, node.files, { observed, rollout });
  // Docker restarts a failing container less and less often: a restart shows at once whether it still fails.
  if (files.length === 0 && !(found.restarting && condition.state === 'down')) return [];
  const operation: Operation = { ...head, title: `restart ${name}`, kind: 'restart-container', name, files };
  return [{ container, operation, condition, isTogether }];
}

/** Containers that nothing is done to, but that are down or sick: they are waited for. */
export function brokenContainers(
  node: NodePlan,
  containers: readonly ContainerOperation[],
  { observed, rollout }: { readonly observed: ObservedHost; readonly rollout: Rollout },
): BrokenContainer[] {
  const touched = new Set(containers.map(({ container }) => container.name));
  return node.containers.flatMap((container) => {
    if (touched.has(container.name) || !observed.containers.has(container.name)) return [];
    const useHealth = !isRestartedTogether(container, node.files, rollout);
    const condition = conditionOf(container, observed, useHealth);
    return condition.state === 'well' ? [] : [{ container, condition }];
  });
}

function headOf(container: ContainerSpec, host: string, helperImage = container.image): OperationHead {
  return {
    id: containerId(container.name, host),
    stage: stageOf(container.name),
    title: container.name,
    host,
    after: [
      filesId(host),
      pullId(container.image, host),
      pullId(helperImage, host),
      ...beforeContainers(host),
      ...container.volumesFrom.map((source) => containerId(source, host)),
    ],
  };
}

/** The part of a run that a container is counted with. */
export function stageOf(container: string): Stage {
  if (container.startsWith('etcd')) return 'etcd';
  return container.startsWith('kube-') && container !== 'kube-proxy' ? 'controlplane' : 'worker';
}
