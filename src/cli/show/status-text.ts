import type { ClusterStatus, NodeStatus, StatusFinding } from '../../commands/status/cluster-status.js';
import { formatAge } from '../../reconcile/snapshots/snapshot-age.js';
import { fitTable } from '../../report/fit-table.js';
import { groupBy } from '../../core/group-by.js';
import { HostGroups } from '../../report/host-groups.js';
import { widest, type ScreenLook } from '../../report/screen-look.js';
import { oneLine, type Style } from '../../report/style.js';
import { count, fold, foldTo } from '../../report/wording.js';
import { wrap } from '../../report/wrap.js';

/** More would push the rest off the screen; `-v` prints all. */
const mostLines = 10;

/** Formats one cluster: its nodes, its parts, and what is wrong with the command that fixes it. Ends with a line break. */
export function formatStatus(status: ClusterStatus, look: ScreenLook): string {
  const { cluster, kubernetesVersion, nodes, warnings } = status;
  const title = `cluster ${cluster} · ${kubernetesVersion} · ${count(nodes.length, 'node')} · `;
  return [
    look.style.strong(title) + stateText(status, look.style),
    '',
    ...nodeLines(nodes, look),
    ...(status.state === 'not-created' ? [] : ['', ...partLines(status, look)]),
    ...findingLines(status.findings, look),
    ...warnings.flatMap((message) => ['', ...wrap(`note: ${oneLine(message)}`, look.width ?? widest, 6)]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** `healthy`, `not created`, or the number of findings. */
export function stateText({ state, findings }: ClusterStatus, style: Style): string {
  if (state === 'healthy') return style.good('healthy');
  if (state === 'not-created') return style.warn('not created');
  return style.bad(count(findings.length, 'finding'));
}

/** A line for each node; from the tenth node on, a line for all that are alike. */
function nodeLines(nodes: readonly NodeStatus[], { style, width = Infinity, verbose }: ScreenLook): string[] {
  const rows = nodes.map((node) => ({ name: node.name, cells: cellsOf(node) }));
  const groups =
    verbose === true || rows.length <= mostLines
      ? rows.map((row) => [row])
      : [...groupBy(rows, ({ cells }) => cells.join('\n')).values()];
  const shown = verbose === true || groups.length <= 2 * mostLines ? groups : groups.slice(0, 2 * mostLines);
  const isOneVersion = new Set(nodes.map(({ version }) => version)).size === 1;
  const lines = fitTable(
    [
      ['NODE', 'ROLES', 'VERSION', 'READY', 'CONTAINERS', 'NOTE'],
      ...shown.map((alike) => [namesOf(alike.map(({ name }) => name)), ...(alike[0]?.cells ?? [])]),
    ],
    width,
    [...(isOneVersion ? ['VERSION'] : []), 'ROLES'],
  );
  const rest = groups.slice(shown.length).flat().length;
  return [
    ...lines.map((line, index) => (index === 0 ? style.dim(line) : line)),
    ...(rest === 0 ? [] : [`… ${count(rest, 'node')} more (-v)`]),
  ];
}

function namesOf(names: readonly string[]): string {
  const [first = '', last = ''] = [names[0], names.at(-1)];
  return names.length === 1
    ? first
    : names.length === 2
      ? `${first}, ${last}`
      : `${first} … ${last} (${names.length})`;
}

const notes: Readonly<Partial<Record<NodeStatus['state'], string>>> = {
  'to-add': 'not in the cluster',
  'to-remove': 'left cluster.yml',
  unknown: 'not in cluster.yml',
};

function cellsOf(node: NodeStatus): string[] {
  const { roles, version, ready, containers, cordoned, pressure, state, host } = node;
  const drift = containers?.drift.length ?? 0;
  const note = [
    ...(host === 'unreachable' ? ['not reached'] : []),
    ...(notes[state] === undefined ? [] : [notes[state]]),
    ...(cordoned ? ['cordoned'] : []),
    ...pressure,
    ...(drift === 0 ? [] : [`${count(drift, 'change')} pending`]),
  ];
  return [
    roles.join(','),
    version ?? '-',
    ready === undefined || version === undefined ? '-' : ready ? 'yes' : 'no',
    containers === undefined ? '-' : `${containers.running} of ${containers.planned}`,
    note.join(', '),
  ];
}

function partLines(status: ClusterStatus, { width = widest }: ScreenLook): string[] {
  const parts: (readonly [string, string])[] = [
    ['etcd', etcdText(status)],
    ['certificates', certificatesText(status)],
    ['backup', backupText(status)],
    ['add-ons', addonsText(status)],
    ['pending', pendingText(status)],
  ];
  return parts.flatMap(([name, text]) => wrap(`${name.padEnd(labelWidth)}${text}`, width, labelWidth));
}

const labelWidth = 14;

function etcdText({ etcd }: ClusterStatus): string {
  if (etcd === undefined) return 'external';
  const leader = etcd.members.find(({ state }) => state === 'leader')?.name;
  const led = leader === undefined ? '' : `, leader ${leader}`;
  const advice = etcd.advice.length === 0 ? '' : `; ${etcd.advice.length} with advice: rke etcd status`;
  return `${etcd.healthyVoters} of ${etcd.voters} members healthy${led}${advice}`;
}

function certificatesText({ certificates }: ClusterStatus): string {
  if (certificates === undefined) return 'unknown';
  const { name, host, expires, daysLeft } = certificates;
  return `${name}${host === undefined ? '' : ` on ${host}`} is the first to expire, on ${expires.slice(0, 10)} (${daysLeft} days)`;
}

function backupText({ backup }: ClusterStatus): string {
  if (backup === undefined) return 'no snapshot is known';
  const { name, ageSeconds, hosts, inS3, verified, intervalSeconds } = backup;
  const every =
    intervalSeconds === undefined ? 'none are scheduled' : `one every ${formatAge(intervalSeconds)}`;
  const where = fold([...hosts, ...(inS3 ? ['S3'] : [])]);
  return `${formatAge(ageSeconds)} old (${every}): ${name} on ${where}, ${verified ? 'verified' : 'not verified'}`;
}

function addonsText({ addons }: ClusterStatus): string {
  if (addons.length === 0) return 'unknown';
  const texts = {
    'up-to-date': 'up to date',
    changed: 'to change',
    missing: 'missing',
    'not-in-cluster-yml': 'to remove',
  };
  const counts = [...groupBy([...addons], ({ state }) => state)].map(
    ([state, alike]) => `${alike.length} ${texts[state as keyof typeof texts]}`,
  );
  const broken = addons.filter(({ troubles }) => troubles.length > 0).map(({ name }) => name);
  return [counts.join(', '), ...(broken.length === 0 ? [] : [`not available: ${fold(broken)}`])].join('; ');
}

function pendingText({ pending }: ClusterStatus): string {
  if (pending === undefined) return 'unknown';
  const { hasChanges, summary, problems, unchanged } = pending;
  if (hasChanges) return summary;
  if (problems.length > 0) return 'rke up would stop, see below';
  const { containers, files, addons } = unchanged;
  return `nothing: ${count(containers, 'container')}, ${count(files, 'file')} and ${count(addons, 'add-on')} are as planned`;
}

/** What is wrong: the same of several nodes is printed once. Begins with an empty line. */
export function findingLines(
  findings: readonly StatusFinding[],
  { style, width = widest, verbose }: ScreenLook,
): string[] {
  const groups = new HostGroups<Pick<StatusFinding, 'message' | 'fix'>>();
  for (const { subject = '', message, fix } of findings)
    groups.add(subject, { message, ...(fix === undefined ? {} : { fix: generalise(fix, subject) }) });
  const shown = verbose === true ? groups.all : groups.all.slice(0, mostLines);
  const rest = groups.size - shown.length;
  const lines = shown.flatMap(({ line: { message, fix }, hosts }) => {
    const names = hosts.filter((host) => host !== '');
    const who = names.length === 0 ? '' : `${foldTo(width / 3, names)}: `;
    const [first = '', ...others] = wrap(`✗ ${who}${oneLine(message)}`, width, 2);
    const [only = ''] = names.length === 1 ? names : [];
    const advice = fix === undefined ? [] : wrap(`    fix  ${specialise(oneLine(fix), only)}`, width, 9);
    return [style.bad(first), ...others, ...advice];
  });
  return [
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(rest > 0 ? [`… ${count(rest, 'finding')} more (-v)`] : []),
  ];
}

const placeholder = 'NODE';

/** A fix that names its node, so that equal ones of several nodes are one. */
const generalise = (fix: string, subject: string): string =>
  subject === '' ? fix : fix.replaceAll(` ${subject}\``, ` ${placeholder}\``);
const specialise = (fix: string, subject: string): string =>
  subject === '' ? fix : fix.replaceAll(` ${placeholder}\``, ` ${subject}\``);
