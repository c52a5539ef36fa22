import type { Change } from '../../reconcile/description/change.js';
import type { PlannedNode } from '../../reconcile/description/describe-operations.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';
import { count } from '../wording.js';
import { countedAs } from './change-text.js';

/** `1 node to add, 2 containers to replace`: what is done to new nodes, and to nodes that leave, is not counted on its own. */
export function countsText({ nodes, clusterChanges }: Pick<RunPlan, 'nodes' | 'clusterChanges'>): string {
  const having = (status: PlannedNode['status']): PlannedNode[] =>
    nodes.filter((node) => node.status === status);
  const nodeCounts = [
    ...countOf(having('new').length, 'node', 'add'),
    ...countOf(having('removed').length, 'node', 'remove'),
  ];
  const changes = [...having('changed').flatMap((node) => node.changes), ...clusterChanges];
  return [...nodeCounts, ...countChanges(changes)].join(', ');
}

/** The same for changes alone. */
export function countChanges(changes: readonly Change[]): string[] {
  const counts = new Map<string, number>();
  for (const { kind, details } of changes) {
    const key = countedAs[kind]?.join(' ');
    const number = kind === 'put-files' ? details.length : 1;
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + number);
  }
  return Object.values(countedAs).flatMap(([noun, verb]) =>
    countOf(counts.get(`${noun} ${verb}`) ?? 0, noun, verb),
  );
}

function countOf(number: number, noun: string, verb: string): string[] {
  return number === 0 ? [] : [`${count(number, noun)} to ${verb}`];
}
