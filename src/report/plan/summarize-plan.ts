import type { Change } from '../../reconcile/description/change.js';
import type { PlannedNode } from '../../reconcile/description/describe-operations.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';
import { fold } from '../wording.js';
import { countsText } from './plan-counts.js';
import { detailsOf, headOf, markOf } from './change-text.js';
import { groupBy } from '../../core/group-by.js';

/** More lines than these would push what is going on off the screen. */
const mostLines = 10;
const mostDetails = 2;

/**
 * Lines that say what a run changes, before it starts: alike changes of several nodes are one line. `rke plan` prints everything.
 *
 * @returns none if nothing is changed
 */
export function summarizePlan(
  plan: Pick<RunPlan, 'nodes' | 'clusterChanges' | 'unfinished' | 'destructive'>,
): string[] {
  const { nodes, clusterChanges, unfinished, destructive } = plan;
  const counts = countsText(plan);
  const lines = [
    ...nodesLines(nodes, 'new', '+ add'),
    ...nodesLines(nodes, 'removed', '- remove'),
    ...changeLines(nodes.filter(({ status }) => status === 'changed')),
    ...clusterChanges.filter(({ kind }) => kind !== 'copy-state').map((change) => lineOf(change)),
  ];
  const shown = lines.length <= mostLines ? lines : lines.slice(0, mostLines - 1);
  return [
    ...(unfinished.length === 0 ? [] : [`completing an earlier run: ${fold(unfinished)}`]),
    ...(counts === '' ? [] : [counts]),
    ...shown.map((line) => `  ${line}`),
    ...(shown.length === lines.length
      ? []
      : [`  … ${lines.length - shown.length} more (rke plan prints them)`]),
    ...destructive.map((text) => `! ${text}`),
  ];
}

/** Lines for a run that changes nothing and waits, e.g. for what an earlier run has changed. @param waits their titles */
export function summarizeWaits(waits: readonly string[]): string[] {
  return waits.length === 0 ? [] : [`nothing to change; waiting for: ${fold([...new Set(waits)])}`];
}

/** `+ add node-d, node-e (worker)`, a line for each set of roles. */
function nodesLines(nodes: readonly PlannedNode[], status: PlannedNode['status'], verb: string): string[] {
  const byRole = groupBy(
    nodes.filter((node) => node.status === status),
    ({ role }) => role.join(', '),
  );
  return [...byRole].map(([role, alike]) => `${verb} ${fold(alike.map(({ name }) => name))} (${role})`);
}

function changeLines(nodes: readonly PlannedNode[]): string[] {
  const changes = nodes.flatMap(({ name, changes: own }) => own.map((change) => ({ name, change })));
  return [...groupBy(changes, ({ change }) => lineOf(change))].flatMap(([, alike]) => {
    const [first] = alike;
    return first === undefined ? [] : [lineOf(first.change, fold(alike.map(({ name }) => name)))];
  });
}

/** `~ replace kubelet on a, b: args: --v=2 → 4` */
function lineOf(change: Change, on?: string): string {
  const texts = change.kind === 'put-files' || change.kind === 'apply-addon' ? [] : detailsOf(change);
  const more = texts.length - mostDetails;
  const shown = [...texts.slice(0, mostDetails), ...(more > 0 ? [`… ${more} more`] : [])].join('; ');
  const where = on === undefined ? '' : ` on ${on}`;
  return `${markOf(change)} ${headOf(change)}${where}${shown === '' ? '' : `: ${shown}`}`;
}
