import type { HookSpec, HookStage } from '../../config/hook-spec.js';
import { hookStages } from '../../config/hook-spec.js';
import { changeKinds } from '../description/change.js';
import type { HookNode } from '../kinds/hook-kinds.js';
import { isWork, type Operation } from '../operations.js';

/** The operations that a hook comes before or after. */
export interface HookScope {
  readonly hook: HookSpec;
  /** Of a hook for nodes. */
  readonly node?: HookNode;
  readonly isIn: (operation: Operation) => boolean;
}

/** What is prepared on all nodes side by side before the first one is changed, and interrupts nothing. */
const preparing: ReadonlySet<string> = new Set(['ports', 'images', 'snapshot', 'files', 'state']);

/**
 * The scopes of hooks in a plan, from the innermost to the outermost: a stage of a node, then a node, then a stage. Scopes in which
 * nothing is changed are left out.
 */
export function listHookScopes(
  operations: readonly Operation[],
  hooks: readonly HookSpec[],
  nodes: readonly HookNode[],
): HookScope[] {
  const stageOf = createStageOf(operations);
  const changed = listChanged(operations, stageOf);
  const scopes = hooks.flatMap((hook): HookScope[] => {
    const { stage } = hook;
    if (hook.for === 'stage') {
      const isIn = (one: Operation): boolean => stageOf(one) === stage && !isOfWholeNode(one);
      return stage !== undefined && changed.stages.has(stage) ? [{ hook, isIn }] : [];
    }
    return nodes.flatMap((node): HookScope[] => {
      const onNode = changed.nodes.get(node.address);
      const isChanged =
        onNode !== undefined &&
        (stage === undefined ? [...onNode].some((one) => !preparing.has(one)) : onNode.has(stage));
      if (!isSelected(hook, node) || !isChanged) return [];
      const isIn = (one: Operation): boolean =>
        one.host === node.address &&
        (stage === undefined ? !preparing.has(stageOf(one)) : stageOf(one) === stage);
      return [{ hook, node, isIn }];
    });
  });
  // Hooks before a scope run in the order of the file, so that the last of them is the innermost.
  const before = scopes.filter(({ hook }) => hook.when === 'before').toReversed();
  const after = scopes.filter(({ hook }) => hook.when === 'after');
  return [...before, ...after].toSorted((a, b) => sizeOf(a) - sizeOf(b));
}

const sizeOf = ({ hook }: HookScope): number => (hook.for === 'stage' ? 2 : hook.stage === undefined ? 1 : 0);

function isSelected({ nodes, roles }: HookSpec, { name, address, role }: HookNode): boolean {
  const isNamed =
    nodes === undefined || nodes.some((one) => one === address || one.toLowerCase() === name.toLowerCase());
  return isNamed && (roles === undefined || roles.some((one) => role.includes(one)));
}

/** A hook around all that is done to a node belongs to no stage. */
const isOfWholeNode = (one: Operation): boolean =>
  one.kind === 'run-hook' && one.about.node !== undefined && one.about.stage === undefined;

/** The stage of an operation for hooks: what is done to the node object belongs to its kubelet, or to its removal. */
function createStageOf(operations: readonly Operation[]): (operation: Operation) => string {
  const leaving = new Set(
    operations.flatMap(({ kind, host }) => (kind === 'delete-node' || kind === 'clean-host' ? [host] : [])),
  );
  return ({ stage, host }) => (stage !== 'nodes' ? stage : leaving.has(host) ? 'remove' : 'worker');
}

/** The stages in which something is changed, and those in which each node is: checks and waits alone need no hook. */
function listChanged(
  operations: readonly Operation[],
  stageOf: (operation: Operation) => string,
): {
  readonly stages: ReadonlySet<HookStage>;
  readonly nodes: ReadonlyMap<string, ReadonlySet<string>>;
} {
  const stages = new Set<HookStage>();
  const nodes = new Map<string, Set<string>>();
  for (const operation of operations) {
    if (!isWork(operation) || changeKinds[operation.kind] === undefined) continue;
    const stage = stageOf(operation);
    const known = hookStages.find((one) => one === stage);
    if (known !== undefined) stages.add(known);
    if (operation.host === undefined) continue;
    const own = nodes.get(operation.host) ?? new Set<string>();
    nodes.set(operation.host, own.add(stage));
  }
  return { stages, nodes };
}
