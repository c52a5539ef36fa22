import type { Change } from '../../reconcile/description/change.js';
import type { PlannedNode } from '../../reconcile/description/describe-operations.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';
import { displayWidth, pad, type Style } from '../style.js';
import { count, fold, foldLines, foldTo } from '../wording.js';
import { countChanges, countsText } from './plan-counts.js';
import { detailsOf, headOf, markOf, notesOf } from './change-text.js';
import { groupBy } from '../../core/group-by.js';

/** How a plan is printed. */
export interface PlanLook {
  readonly style: Style;
  /** Columns of the terminal, by which lines are folded; nothing is cut, because a plan is read in full. */
  readonly width?: number | undefined;
}

/** Formats a plan for people: a block for each node, or for all nodes to which the same is done; ends with a line break. */
export function formatRunPlan(plan: RunPlan, look: PlanLook): string {
  const { cluster, unfinished, destructive, unchanged, hasChanges, nodes, clusterChanges, problems } = plan;
  const { containers, files, addons } = unchanged;
  const same = `${count(containers, 'container')}, ${count(files, 'file')} and ${count(addons, 'add-on')} are as planned`;
  const counts = countsText(plan);
  const title = !hasChanges
    ? `no change: ${same}`
    : counts === ''
      ? 'only the copy of the state differs'
      : counts;
  const namesOf = (wanted: PlannedNode['status']): string[] =>
    nodes.filter(({ status }) => status === wanted).map(({ name }) => name);
  const [unreachable, leftOut] = [namesOf('unreachable'), namesOf('left-out')];
  const lines = [
    look.style.strong(`cluster ${cluster}: ${title}`),
    ...unfinished.map((text) => `completing an earlier run: ${text}`),
    ...groupAlike(nodes, look).flatMap((alike) => ['', ...nodeBlock(alike, look)]),
    ...(clusterChanges.length === 0
      ? []
      : ['', '  cluster', ...clusterChanges.flatMap((change) => changeLines(change, look))]),
    ...(unreachable.length === 0 ? [] : ['', `not reachable, nothing is planned: ${fold(unreachable)}`]),
    ...(leftOut.length === 0 ? [] : ['', `left out, not looked at: ${fold(leftOut)}`]),
    ...(hasChanges && counts !== '' ? ['', `unchanged: ${same}`] : []),
    ...destructive.map((text) => look.style.bad(`! destructive: ${text}`)),
    ...(hasChanges && problems.length === 0
      ? ['', `Apply with: rke up${sameFlags(plan)}        Save with: rke plan --out plan.json`]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The flags without which `rke up` would do something else. */
function sameFlags({ nodes, clusterChanges }: RunPlan): string {
  const changes = [...nodes.flatMap((node) => node.changes), ...clusterChanges];
  const flags = [
    ...(nodes.some(({ status }) => status === 'left-out') ? ['--nodes'] : []),
    ...(changes.some(({ kind }) => kind === 'run-hook') ? ['--hooks'] : []),
  ];
  return flags.length === 0 ? '' : ` and the same ${flags.join(' and ')}`;
}

/** Nodes with changes, those with the same ones together. */
function groupAlike(nodes: readonly PlannedNode[], look: PlanLook): PlannedNode[][] {
  const changed = nodes.filter(({ changes }) => changes.length > 0);
  const keyOf = ({ role, status, changes }: PlannedNode): string =>
    [role.join(), status, ...bodyOf(status, changes, look)].join('\n');
  return [...groupBy(changed, keyOf).values()];
}

const statusTexts: Readonly<Partial<Record<PlannedNode['status'], string>>> = {
  new: '+ add',
  changed: '~ change',
  removed: '- remove',
};

const headWidth = 60;
/** What a head has besides names and roles. */
const headRest = 30;
/** Of lines that are not printed on a terminal. */
const widest = 200;

function nodeBlock(alike: readonly PlannedNode[], look: PlanLook): string[] {
  const [first] = alike;
  if (first === undefined) return [];
  const { style, width = widest } = look;
  const [{ name, address }, role] = [first, first.role.join(', ')];
  const names = alike.map((node) => node.name);
  const who =
    alike.length > 1
      ? `${alike.length} nodes: ${foldTo(width - headRest - role.length, names)}`
      : name === address
        ? name
        : `${name} (${address})`;
  const text = statusTexts[first.status] ?? '';
  const colour = first.status === 'removed' ? style.bad : first.status === 'new' ? style.good : style.warn;
  return [
    `${pad(`  ${who}  ${role}`, headWidth)}  ${colour(text)}`,
    ...bodyOf(first.status, first.changes, look),
  ];
}

/** A new node needs everything, so only numbers and names are of interest. */
function bodyOf(status: PlannedNode['status'], changes: readonly Change[], look: PlanLook): string[] {
  if (status !== 'new') return changes.flatMap((change) => changeLines(change, look));
  const containers = changes.flatMap(({ kind, target }) => (kind === 'create-container' ? [target] : []));
  const others = changes.filter(({ kind }) => kind !== 'create-container');
  const counts = countChanges(others).map((text) => `+ ${text}`);
  return [
    ...(counts.length === 0 ? [] : [`    ${counts.join('   ')}`]),
    ...(containers.length === 0 ? [] : [`    + ${containers.join(', ')}`]),
  ];
}

/** One line, or more if there are several values or the line would not fit. */
function changeLines(change: Change, { width = widest }: PlanLook): string[] {
  const details = detailsOf(change);
  const notes = notesOf(change);
  const head = `    ${markOf(change)} ${headOf(change)}`;
  const [only] = details.length === 1 ? details : [];
  const line = [head, ...(only === undefined ? [] : [only]), ...notes].join('   ');
  if (displayWidth(line) <= width)
    return [line, ...(only === undefined ? foldLines(details) : []).map(indent)];
  return [head, ...notes.map(indent), ...foldLines(details).map(indent)];
}

const indent = (line: string): string => `        ${line}`;
